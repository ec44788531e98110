import Digest
import JobModel
import JobStore
import JSON
import Wire

// What the store says, in the words of the wire.

extension JobsAPI.Job {
  /// - Parameters:
  ///   - waiting: how many of its tasks wait for something else than others; `nil` where nobody has looked.
  ///   - kinds: those that it was submitted for, when there are several.
  init(_ job: JobSummary, waiting: Int? = nil, kinds: [String] = []) {
    self.init(
      job: Int(job.id.value), kind: job.kind, title: job.title, state: JobsAPI.JobState(job.state), reason: job.reason,
      owner: Int(job.owner.value), project: job.project, priority: job.priority, labels: storedLabels(job.labels),
      sealed: job.isSealed, createdMs: Int(job.createdMs), startedMs: job.startedMs.map { Int($0) },
      endedMs: job.endedMs.map { Int($0) }, counts: JobsAPI.Counts(job.counts), files: Int(job.files),
      bytes: Int(job.bytes), outputsDeclared: Int(job.outputsDeclared), outputsPresent: Int(job.outputsPresent),
      reused: Int(job.reused), models: job.models, waiting: waiting,
      kinds: kinds.isEmpty ? nil : kinds)
  }
}

/// The store has written the labels itself; text that is none of its own shows as no labels.
private func storedLabels(_ json: [UInt8]) -> [String: String] {
  guard let members = try? JSONDocument(json).root.members else { return [:] }
  return Dictionary(members.map { ($0.key, $0.value.string ?? "") }) { first, _ in first }
}

extension JobsAPI.JobState {
  init(_ state: JobModel.JobState) {
    switch state {
    case .pending: self = .pending
    case .running: self = .running
    case .paused: self = .paused
    case .succeeded: self = .succeeded
    case .failed: self = .failed
    case .cancelled: self = .cancelled
    }
  }
}

extension JobsAPI.TaskState {
  init(_ state: JobModel.TaskState) {
    switch state {
    case .blocked: self = .blocked
    case .ready: self = .ready
    case .leased: self = .leased
    case .succeeded: self = .succeeded
    case .failed: self = .failed
    case .skipped: self = .skipped
    case .cancelled: self = .cancelled
    }
  }
}

extension JobsAPI.Counts {
  init(_ counts: TaskCounts) {
    self.init(
      blocked: counts[.blocked], ready: counts[.ready], leased: counts[.leased], succeeded: counts[.succeeded],
      failed: counts[.failed], skipped: counts[.skipped], cancelled: counts[.cancelled])
  }
}

extension JobsAPI.Phase {
  init(_ phase: PhaseSummary) {
    self.init(phase: phase.name, counts: JobsAPI.Counts(phase.counts))
  }
}

extension JobsAPI.Task {
  init(_ task: TaskSummary) {
    self.init(
      key: task.key, kind: task.kind, op: task.op, title: task.title ?? task.key, phase: task.phase,
      state: JobsAPI.TaskState(task.state), attempts: task.attempts, crashes: task.crashes,
      notBeforeMs: task.notBeforeMs.map { Int($0) }, startedMs: task.startedMs.map { Int($0) },
      endedMs: task.endedMs.map { Int($0) }, files: task.files, error: task.error)
  }
}

extension JobsAPI.EstimateGroup {
  init(_ group: EstimateGroup) {
    self.init(
      kind: group.kind, op: group.op, reused: group.reused, toRun: group.toRun, open: group.open,
      pastTasks: group.past.tasks, pastModel: group.past.model, callsMilli: group.past.callsMilli,
      inputTokens: group.past.inputTokens, outputTokens: group.past.outputTokens, picoUsd: group.past.picoUSD)
  }
}

extension JobsAPI.Event {
  init(_ event: EventRecord) {
    self.init(
      number: Int(event.number), atMs: Int(event.atMs), job: Int(event.job.value), type: event.type, task: event.task,
      detail: event.detail.flatMap(storedJSON))
  }
}

extension JobsAPI.LogLine {
  init(_ line: LogRecord) {
    self.init(
      number: Int(line.number), atMs: Int(line.atMs), task: line.task, lease: Int(line.lease.value), text: line.text)
  }
}

extension JobsAPI.TaskError {
  init(_ error: ErrorRecord) {
    self.init(
      atMs: Int(error.atMs), job: Int(error.job.value), task: error.task, lease: Int(error.lease.value),
      attempt: error.attempt, class: error.class, message: error.message, crash: error.isCrash)
  }
}

extension FilesAPI.File {
  init(_ file: FileRecord) {
    self.init(
      path: file.path, version: Int(file.version), head: file.standing == .head, late: file.standing == .late,
      size: Int(file.size),
      sha256: file.sha256.hex, mediaType: file.mediaType, atMs: Int(file.atMs), job: Int(file.job.value),
      task: file.task, meta: file.meta.flatMap(storedJSON), columns: wireColumns(file.columns),
      archivedMs: file.archivedMs.map { Int($0) })
  }
}

extension FilesAPI.Version {
  init(_ version: FileVersion) {
    self.init(
      file: FilesAPI.File(version.file), standing: FilesAPI.Standing(version.file.standing),
      owner: Int(version.owner.value), reused: version.isReused, restored: version.restored.map { Int($0) },
      by: version.madeBy.map { Int($0.value) }, why: version.why, worker: version.worker, attempt: version.attempt,
      credits: version.credits.map { Int($0) },
      calls: version.calls.map(FilesAPI.VersionCall.init))
  }
}

extension FilesAPI.Rollback.Reply {
  init(_ files: [RolledBackFile]) {
    let retired = files.count { $0.version == nil }
    let told = files.prefix(WireLimits.pageItemsMax).map {
      FilesAPI.RolledBack(
        path: $0.path, version: $0.version.map { Int($0) }, restored: $0.restored.map { Int($0) })
    }
    self.init(
      files: Array(told.prefix(Page.count(of: told, bytesMax: Broker.pageBytesMax))), restored: files.count - retired,
      retired: retired)
  }
}

extension FilesAPI.VersionCall {
  init(_ call: FileVersion.Call) {
    let record = call.record
    self.init(
      call: Int(record.id.value), provider: record.provider, model: record.model, state: record.state.rawValue,
      request: call.request.hex, picoUsd: record.picoUSD.map { Int($0) },
      atMostPicoUsd: record.atMostPicoUSD.map { Int($0) })
  }
}

extension FilesAPI.Standing {
  init(_ standing: FileRecord.Standing) {
    switch standing {
    case .head: self = .current
    case .past: self = .older
    case .retired: self = .retired
    case .late: self = .late
    }
  }
}

extension WorkerAPI.Lease {
  /// What could make the message too long is cut; the worker reads the rest.
  init(_ grant: LeaseGrant) {
    let items = grant.done.map(WorkerAPI.DoneItem.init)
    let done = items.prefix(Page.count(of: items, bytesMax: WireLimits.doneBytesPerLeaseMax))
    let missing = grant.missingNeeds.prefix(
      Page.count(of: grant.missingNeeds, bytesMax: WireLimits.missingNeedsBytesPerLeaseMax))
    self.init(
      lease: Int(grant.lease.value), job: Int(grant.job.value), key: grant.key, kind: grant.kind, op: grant.op,
      title: grant.title, payload: storedJSON(grant.payload) ?? .emptyObject,
      options: storedJSON(grant.options) ?? .emptyObject, attempt: grant.attempt,
      timeoutMs: grant.timeoutMs.map { Int($0) }, outputs: grant.outputs, done: Array(done),
      doneMore: grant.hasMoreDone || done.count < items.count, missingNeeds: Array(missing),
      models: grant.models, sample: Int(grant.sample))
  }
}

extension WorkerAPI.DoneItem {
  init(_ file: DoneFile) {
    self.init(path: file.path, sha256: file.sha256.hex, size: Int(file.size))
  }
}

extension WorkerAPI.Readable {
  init(_ item: ReadableRecord) {
    self.init(
      name: item.name, task: item.task, sha256: item.sha256.hex, size: Int(item.size), mediaType: item.mediaType,
      meta: item.meta.flatMap(storedJSON))
  }
}

/// JSON that was checked when it came in. A store that somebody has edited by hand may hold something else: that shows
/// as absent.
func storedJSON(_ bytes: [UInt8]) -> RawJSON? {
  try? RawJSON(parsing: bytes)
}
