import FileSystem
package import JobModel
import SQLite

/// Why the store did not do what it was asked.
package enum StoreError: Error, Sendable {
  /// The caller's mistake: nothing was changed. Others are not concerned.
  case refused(Refusal)
  /// The file cannot be used at all.
  case unusable(String, remedy: String)
  /// The disk is full: nothing was changed.
  case full
  /// So few bytes are left on the disk that they are kept for the work that is there already: nothing was changed.
  case nearlyFull(bytesLeft: Int64)
  /// The process or the file system lacks something for the moment: nothing was changed. In the system's words.
  case unavailable(String)
  /// SQLite or the disk failed: nothing was changed, or it is not known what was, and then nobody is answered.
  case failed(String)

  /// Whether the same command may succeed later.
  package var isPassing: Bool {
    switch self {
    case .full, .nearlyFull, .unavailable: true
    case .refused, .unusable, .failed: false
    }
  }

  /// Turns any error of a command into one of these.
  package init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as Refusal: self = .refused(error)
    case let error as SQLiteError where error.isDiskFull: self = .full
    case let error as SQLiteError where error.code.isBusy: self = .unavailable("another program holds the store's lock")
    case let error as SQLiteError where error.code.isOutOfMemory: self = .unavailable(error.description)
    case let error as FileError: self.init(error)
    default: self = .failed(String(describing: error))
    }
  }

  private init(_ error: FileError) {
    if error.isDiskFull {
      self = .full
    } else if error.isShortage {
      self = .unavailable(error.description)
    } else {
      self = .failed(error.description)
    }
  }
}

/// A call that breaks a rule: what is wrong, and what to do.
package struct Refusal: Error, Sendable, Equatable {
  /// Which rule; the socket protocol has an error for each.
  package enum Code: Sendable, Equatable {
    case noSuchJob
    case noSuchTask
    case noSuchSession
    case noSuchInput
    case noSuchFile
    case noSuchCollection
    case noSuchCall
    case noSuchAccount
    case staleLease
    case conflict
    case invalid
  }

  package let code: Code
  package let message: String
  package let remedy: String

  package init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  package static func noSuchJob(_ job: JobID) -> Refusal {
    Refusal(.noSuchJob, "there is no job \(job)", remedy: "'genbroker list' shows your jobs")
  }

  package static func noSuchCall(_ call: CallID) -> Refusal {
    Refusal(.noSuchCall, "there is no model call \(call)", remedy: "'genbroker calls' shows those of your jobs")
  }

  /// What is to be done to a job has to wait for the end of its tasks.
  static func notDone(_ job: JobRow) -> Refusal {
    Refusal(
      .conflict, "job \(job.id) is \(job.state.rawValue), and \(job.counts.live) of its tasks are not done",
      remedy: "wait for its end, or end it: 'genbroker cancel \(job.id)'")
  }

  static func noSuchFile(_ path: String, version: Int64?, of job: JobID) -> Refusal {
    Refusal(
      .noSuchFile, "job \(job) has no file '\(visible(path))'" + (version.map { " in version \($0)" } ?? ""),
      remedy: version == nil
        ? "'genbroker files \(job)' lists its files" : "'genbroker history \(job) PATH' lists its versions")
  }

  static func tainted(_ lease: LeaseID) -> Refusal {
    Refusal(.conflict, "a write under lease \(lease) was refused before", remedy: "end it with Fail or Release")
  }

  package static func staleLease(_ lease: LeaseID) -> Refusal {
    Refusal(
      .staleLease, "lease \(lease) is over", remedy: "stop working on this task; nothing more is accepted for it")
  }
}
