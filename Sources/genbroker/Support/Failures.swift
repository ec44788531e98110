import BrokerClient
import CommandLine
import EventLoop
import FileSystem
import Wire

/// What to tell the user about an error that a command met; nil for what nobody expected.
func describe(_ error: any Error) -> UserError? {
  switch error {
  case let error as BrokerError:
    UserError(error.problem, remedy: error.remedy, exitCode: exitCode(of: error))
  case let error as ConnectionFailure:
    UserError(error.problem, remedy: error.remedy, exitCode: exitCode(of: .connection(error)))
  case let error as FileChanged:
    UserError(error.description, remedy: "try again when nobody writes to it", exitCode: .internalError)
  case let error as IOError:
    UserError(withoutStop(error.problem), remedy: error.remedy, exitCode: .internalError)
  case let error as FileError:
    UserError(
      error.description, remedy: error.isDiskFull ? "make room on the disk" : "look at the path and its permissions",
      exitCode: .internalError)
  default: nil
  }
}

/// How a process ends that met this error of the broker.
private func exitCode(of error: BrokerError) -> ExitCode {
  switch error {
  case .connection(let failure):
    switch failure.kind {
    case .noBroker, .ended: .noBroker
    case .unreachable: .refused
    case .notUnderstood: .internalError
    }
  case .call(let failure):
    switch failure.name {
    case AdminAPI.Failed.name, FilesAPI.Damaged.name: .internalError
    // The command line names what is not there.
    case JobsAPI.NoSuchJob.name, JobsAPI.NoSuchTask.name, JobsAPI.NoSuchCall.name, FilesAPI.NoSuchJob.name,
      FilesAPI.NoSuchFile.name, FilesAPI.NoSuchTask.name, FilesAPI.NoSuchCollection.name, AdminAPI.NoSuchJob.name,
      AdminAPI.NoSuchWorker.name, AdminAPI.NoSuchAccount.name:
      .usage
    default: .refused
    }
  }
}

extension BrokerError {
  /// Whether the broker is gone for now, and may come back.
  var isLoss: Bool {
    switch self {
    case .connection(let failure): failure.kind == .noBroker || failure.kind == .ended
    case .call: self.is(JobsAPI.Draining.self)
    }
  }
}

/// A message of the event loop, in the form of this program's errors.
func withoutStop(_ sentence: String) -> String {
  sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
}
