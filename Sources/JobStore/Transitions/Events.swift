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
  case resultLate = "result.late"
  case taskSucceeded = "task.succeeded"
  case taskRetry = "task.retry"
  case taskFailed = "task.failed"
  case taskSkipped = "task.skipped"
  case taskReleased = "task.released"
  case taskReset = "task.reset"
  case leaseLost = "lease.lost"
}

/// Writes the detail of an event, member by member.
struct EventDetail {
  fileprivate var writer: JSONWriter

  mutating func member(_ name: String, _ value: String?) {
    guard let value else { return }
    writer.key(name)
    writer.string(value)
  }

  mutating func member(_ name: String, _ value: some BinaryInteger) {
    writer.key(name)
    writer.int(value)
  }

  mutating func member(_ name: String, _ value: Bool) {
    writer.key(name)
    writer.bool(value)
  }
}

extension JobStore {
  /// Appends a line to the history. Its number comes from the transaction, so there are no gaps.
  func record(
    _ type: EventType, job: JobID, task: String? = nil, now: Int64, detail: ((inout EventDetail) -> Void)? = nil
  ) throws {
    eventHigh += 1
    try sql.events.insert.run(eventHigh, job.value, now, type.rawValue, task, detail.map(detailJSON))
  }

  private func detailJSON(_ body: (inout EventDetail) -> Void) -> TextBytes {
    var writer = JSONWriter()
    writer.object { inner in
      var detail = EventDetail(writer: inner)
      body(&detail)
      inner = detail.writer
    }
    return TextBytes(writer.bytes)
  }
}
