import CommandLine
import JSON
import JobModel
import Wire

/// One line of the history for people: when, which task, what happened.
///
/// - parameters:
///   - namesJob: where the lines of several jobs are mixed.
///   - title: what people call the task, in the place of its key.
///   - place: how many tasks are done, behind the time.
func eventLine(
  _ event: JobsAPI.Event, namesJob: Bool, place: String = "", title: String? = nil
) -> StyledText {
  let (words, paint) = eventWords(event)
  let subject = [namesJob ? "job \(event.job)" : nil, title ?? event.task].compactMap { $0 }.joined(separator: " ")
  return StyledText(TimeText.clock(Int64(event.atMs)) + " " + (place.isEmpty ? "" : place + " "), .dim)
    + StyledText(subject.isEmpty ? "" : subject + ": ", .cyan) + StyledText(words, paint)
}

/// What happened, in words, by type; a type that this program does not know is shown as it came.
func eventWords(_ event: JobsAPI.Event) -> (words: String, paint: Paint?) {
  let detail = EventDetail(event)
  switch event.type {
  case "job.submitted": return ("submitted: \(detail.text("title") ?? "") (\(detail.text("kind") ?? "?"))", nil)
  case "job.sealed": return ("all tasks are added", nil)
  case "job.state": return stateWords(detail)
  case "tasks.added": return ("\(Human.count(detail.number("count") ?? 0, "task")) added", nil)
  case "task.leased":
    let attempt = detail.number("attempt") ?? 1
    return ("started by \(detail.text("worker") ?? "a worker")" + (attempt > 1 ? ", attempt \(attempt)" : ""), nil)
  case "result.committed":
    return ("wrote \(detail.text("path") ?? "?") (\(Human.bytes(Int64(detail.number("size") ?? 0))))", nil)
  case "result.restored":
    let versions = "version \(detail.number("restored") ?? 0) again, as version \(detail.number("version") ?? 0)"
    return ("\(detail.text("path") ?? "?") is \(versions)\(detail.because)", .yellow)
  case "result.put":
    let version = detail.number("version") ?? 0
    return ("\(detail.text("path") ?? "?") was put by hand, as version \(version)\(detail.because)", .yellow)
  case "record.committed":
    let record = detail.text("path").flatMap { try? RecordName(path: $0) }
    return ("wrote the record \(record.map { "\($0.set)/\($0.key)" } ?? "?")", nil)
  case "result.archived": return ("\(detail.text("path") ?? "?") was archived\(detail.because)", .yellow)
  case "result.unarchived":
    return ("\(detail.text("path") ?? "?") was brought back from the archive\(detail.because)", nil)
  case "result.removed": return ("\(detail.text("path") ?? "?") was archived, and is removed for good", .yellow)
  case "result.retired": return ("\(detail.text("path") ?? "?") is no file any more\(detail.because)", .yellow)
  case "result.late": return ("brought \(detail.text("path") ?? "?") too late; it is not the current file", .yellow)
  case "task.succeeded": return ("succeeded, \(Human.count(detail.number("files") ?? 0, "file"))", .green)
  case "task.reused":
    let source = [detail.number("from_job").map { "job \($0)" }, detail.text("from_task")].compactMap { $0 }
    return ("taken from \(source.joined(separator: ", ")): \(Human.count(detail.number("files") ?? 0, "file"))", .green)
  case "task.retry": return ("failed and will be tried again: \(detail.trouble)", .yellow)
  case "task.failed": return ("failed: \(detail.trouble)", .red)
  case "task.skipped": return ("skipped" + (detail.text("need").map { ": it needs \($0)" } ?? ""), .yellow)
  case "task.released":
    return detail.whatItWaitsFor.map { ("has to wait: \($0)", .yellow) } ?? ("given back" + detail.reason, nil)
  case "task.reset":
    return ("put back to be \(detail.number("generation") == nil ? "tried" : "made") again", nil)
  case "call.settled", "call.failed", "call.unknown": return callWords(detail)
  case "account.parked": return (parkingWords(detail), .yellow)
  case "lease.lost": return ("lost by its worker" + detail.reason, .yellow)
  default: return (event.type + (event.detail.map { " " + String(decoding: $0.bytes, as: UTF8.self) } ?? ""), nil)
  }
}

private func stateWords(_ detail: EventDetail) -> (String, Paint?) {
  let state = detail.text("state") ?? "?"
  let retried = (detail.number("retried") ?? detail.number("regenerated")).map {
    "; \(Human.count($0, "task")) put back"
  }
  return ("now \(state)" + detail.reason + (retried ?? ""), JobsAPI.JobState(rawValue: state)?.paint)
}

/// How a model call has ended, by what it is now.
private func callWords(_ detail: EventDetail) -> (String, Paint?) {
  let call = "model call \(detail.number("call").map(String.init) ?? "?")"
  let model = detail.text("model") ?? "?"
  let why = detail.text("class").map { " (\($0))" } ?? ""
  let price = detail.number("pico_usd").map { ", \(dollars($0))" } ?? ", cost unknown"
  let tokens = detail.number("tokens").map { ", \(Human.count($0, "token"))" } ?? ""
  switch detail.text("state") {
  case "settled": return ("\(call) answered by \(model)\(price)\(tokens)", nil)
  case "wasted": return ("\(call) answered by \(model), which another call had done before\(price)\(tokens)", .yellow)
  case "rejected": return ("\(call): the answer of \(model) cannot be used\(why)\(price)\(tokens)", .yellow)
  case "unknown": return ("\(call) to \(model): nobody knows how it ended\(why); it may have been paid for", .yellow)
  default: return ("\(call) to \(model) failed\(why)", .yellow)
  }
}

private func parkingWords(_ detail: EventDetail) -> String {
  let until = detail.number("until_ms").map { " before \(TimeText.clock(Int64($0)))" } ?? " for now"
  let account = detail.text("account").map { " (account \($0))" } ?? ""
  return "\(detail.text("provider") ?? "a provider") is not asked again\(until)\(account)"
}

/// Reads the detail of an event; a member that is missing or of another type is as if it were not there.
struct EventDetail {
  private let value: JSONValue?

  init(_ event: JobsAPI.Event) {
    value = event.detail?.value
  }

  func text(_ name: String) -> String? { value?[name]?.string }

  func number(_ name: String) -> Int? { value?[name]?.int.map { Int($0) } }

  /// `: the reason`, or nothing.
  var reason: String { text("reason").map { ": \($0)" } ?? "" }

  /// `: why somebody has done it`, or nothing.
  var because: String { text("why").map { ": \($0)" } ?? "" }

  /// Of a task that was given back because a provider or a limit wants it to wait; `nil` for any other.
  var whatItWaitsFor: String? { number("not_before_ms") == nil ? nil : text("message") }

  /// `timeout: no answer after 30 s`.
  var trouble: String {
    [text("class"), text("message")].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
