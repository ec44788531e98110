import JSON
import JobModel
import SQLite

/// The kinds of lines in the history; the words are part of the socket protocol.
enum EventType: String {
  case jobSubmitted = "job.submitted"
  case jobSealed = "job.sealed"
  case jobState = "job.state"
  case tasksAdded = "tasks.added"
  case taskLeased = "task.leased"
  case resultCommitted = "result.committed"
  case recordCommitted = "record.committed"
  case resultLate = "result.late"
  case resultRestored = "result.restored"
  case resultPut = "result.put"
  case resultRetired = "result.retired"
  case resultArchived = "result.archived"
  case resultUnarchived = "result.unarchived"
  case resultRemoved = "result.removed"
  case taskSucceeded = "task.succeeded"
  case taskRetry = "task.retry"
  case taskFailed = "task.failed"
  case taskSkipped = "task.skipped"
  case taskReleased = "task.released"
  case taskReset = "task.reset"
  case taskReused = "task.reused"
  case leaseLost = "lease.lost"
  case callSettled = "call.settled"
  case callFailed = "call.failed"
  case callUnknown = "call.unknown"
  case accountParked = "account.parked"
}

/// The detail of an event is written member by member.
extension JSONWriter {
  mutating func member(_ name: String, _ value: String?) {
    guard let value else { return }
    key(name)
    string(value)
  }

  mutating func member(_ name: String, _ value: some BinaryInteger) {
    key(name)
    int(value)
  }

  mutating func member(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }
}

extension JobStore {
  /// Appends a line to the history. Its number comes from the transaction, so there are no gaps.
  func record(
    _ type: EventType, job: JobID, task: String? = nil, now: Int64, detail: ((inout JSONWriter) -> Void)? = nil
  ) throws {
    eventHigh += 1
    try sql.events.insert.run(eventHigh, job.value, now, type.rawValue, task, detail.map(detailJSON))
  }

  private func detailJSON(_ body: (inout JSONWriter) -> Void) -> TextBytes {
    var writer = JSONWriter()
    writer.object(body)
    return TextBytes(writer.bytes)
  }
}
