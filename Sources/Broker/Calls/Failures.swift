import JobModel
import JobStore
import Wire

/// A store error in words for a caller who cannot see the store.
struct Explained {
  let message: String
  let remedy: String

  init(_ error: StoreError) {
    switch error {
    case .refused(let refusal): (message, remedy) = (refusal.message, refusal.remedy)
    case .unusable(let message, let remedy): (self.message, self.remedy) = (message, remedy)
    case .full:
      message = "the disk of the job store is full; nothing was changed"
      remedy = "free some space, then send the call again"
    case .nearlyFull(let bytes):
      message = "the disk of the job store is nearly full (\(bytes) bytes are left), and no new work is taken"
      remedy = "free some space, or remove finished jobs with 'genbroker prune'; then send the call again"
    case .unavailable(let reason):
      message = "the job store cannot do it now: \(reason); nothing was changed"
      remedy = "send the call again after a while; the user of the broker has to look at its limits and its disk"
    case .failed(let reason):
      message = "the job store failed: \(reason)"
      remedy = "look at the broker's own log, and run 'genbroker check'"
    }
  }
}

extension StoreError {
  fileprivate var code: Refusal.Code? {
    if case .refused(let refusal) = self { refusal.code } else { nil }
  }
}

extension ReplyHandle {
  /// Answers the outcome of a command or query of `org.genbroker.Jobs`.
  func finish<Outcome>(
    jobs result: Result<Outcome, StoreError>, job: Int = 0, _ reply: (Outcome) -> some WireObject
  ) {
    switch result {
    case .success(let outcome): done(reply(outcome))
    case .failure(let error): fail(jobs: error, job: job)
    }
  }

  func fail(jobs error: StoreError, job: Int = 0, task: String = "", call: Int = 0) {
    let text = explained(error)
    switch error.code {
    case .noSuchJob: fail(JobsAPI.NoSuchJob(job: job, message: text.message, remedy: text.remedy))
    case .noSuchTask:
      fail(JobsAPI.NoSuchTask(job: job, task: task, message: text.message, remedy: text.remedy))
    case .noSuchCall: fail(JobsAPI.NoSuchCall(call: call, message: text.message, remedy: text.remedy))
    case .conflict: fail(JobsAPI.Conflict(message: text.message, remedy: text.remedy))
    case .noSuchSession, .noSuchInput, .noSuchFile, .noSuchCollection, .noSuchAccount, .staleLease, .invalid, nil:
      fail(JobsAPI.Refused(message: text.message, remedy: text.remedy))
    }
  }

  func fail(files error: StoreError, job: Int, path: String) {
    let text = explained(error)
    switch error.code {
    case .noSuchJob: fail(FilesAPI.NoSuchJob(job: job, message: text.message, remedy: text.remedy))
    case .noSuchFile: fail(FilesAPI.NoSuchFile(path: path, message: text.message, remedy: text.remedy))
    case .noSuchCollection:
      fail(FilesAPI.NoSuchCollection(collection: path, message: text.message, remedy: text.remedy))
    case .conflict: fail(FilesAPI.Conflict(message: text.message, remedy: text.remedy))
    case nil where error.isPassing: fail(FilesAPI.Refused(message: text.message, remedy: text.remedy))
    case .noSuchTask: fail(FilesAPI.NoSuchTask(job: job, message: text.message, remedy: text.remedy))
    case .noSuchSession, .noSuchInput, .noSuchCall, .noSuchAccount, .staleLease, .invalid:
      fail(FilesAPI.Refused(message: text.message, remedy: text.remedy))
    // What was committed cannot be read: that is damage, not the caller's mistake.
    case nil:
      let why = if case .failed(let reason) = error { reason } else { text.message }
      fail(
        FilesAPI.Damaged(
          path: path, message: "'\(visible(path))' cannot be read: \(why)", remedy: Broker.damageRemedy))
    }
  }

  /// Answers the outcome of a command or query of `org.genbroker.Worker`.
  func finish<Outcome>(
    worker result: Result<Outcome, StoreError>, lease: Int, _ reply: (Outcome) -> some WireObject
  ) {
    switch result {
    case .success(let outcome): done(reply(outcome))
    case .failure(let error): fail(worker: error, lease: lease)
    }
  }

  func fail(worker error: StoreError, lease: Int, name: String = "", call: Int = 0) {
    let text = explained(error)
    switch error.code {
    case .staleLease: fail(WorkerAPI.StaleLease(lease: lease, message: text.message, remedy: text.remedy))
    case .noSuchSession: fail(WorkerAPI.NoSuchSession(message: text.message, remedy: text.remedy))
    case .conflict: fail(WorkerAPI.Conflict(message: text.message, remedy: text.remedy))
    case .noSuchInput: fail(WorkerAPI.NoSuchInput(name: name, message: text.message, remedy: text.remedy))
    case .noSuchCall: fail(WorkerAPI.NoSuchCall(call: call, message: text.message, remedy: text.remedy))
    case nil where error.isPassing: fail(WorkerAPI.StoreBusy(message: text.message, remedy: text.remedy))
    case .noSuchJob, .noSuchTask, .noSuchFile, .noSuchCollection, .noSuchAccount, .invalid, nil:
      fail(WorkerAPI.Refused(message: text.message, remedy: text.remedy))
    }
  }

  func fail(admin error: StoreError, job: Int = 0, account: String = "") {
    let text = explained(error)
    switch error.code {
    case .noSuchJob: fail(AdminAPI.NoSuchJob(job: job, message: text.message, remedy: text.remedy))
    case .noSuchAccount:
      fail(AdminAPI.NoSuchAccount(account: account, message: text.message, remedy: text.remedy))
    case nil: fail(AdminAPI.Failed(message: text.message, remedy: text.remedy))
    case .some: fail(AdminAPI.Refused(message: text.message, remedy: text.remedy))
    }
  }

  /// What is no caller's fault is told in the broker's own log, too.
  private func explained(_ error: StoreError) -> Explained {
    let text = Explained(error)
    if error.code == nil { session.logTrouble(text.message) }
    return text
  }
}
