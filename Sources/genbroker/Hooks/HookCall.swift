import CommandLine
import JSON
import Wire

/// One end of a job that a hook is told of, with what is known of the job.
struct HookCall: Sendable {
  /// Of the hook.
  var hook: String
  /// The same at every attempt, and no other call's.
  var delivery: String
  /// The number of the event; absent when the call is only tried.
  var event: Int?
  /// When the job ended.
  var atMs: Int
  /// How it ended. What the job is now may be something else.
  var state: JobsAPI.JobState
  /// Why, as the event says.
  var reason: String?
  /// As it is now.
  var job: JobsAPI.Job

  /// Why it ended so, in a few words; empty for a job that succeeded.
  var reasonWords: String {
    if let reason { return reason }
    return state == .succeeded ? "" : job.counts.sentence
  }

  /// How long it took, for people; empty when it never ran.
  var duration: String {
    guard let started = job.startedMs else { return "" }
    return Human.duration(milliseconds: Int64(max(0, atMs - started)))
  }

  /// The body of a webhook without a template, and the standard input of a command.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("delivery")
      writer.string(delivery)
      writer.key("hook")
      writer.string(hook)
      if let event {
        writer.key("event")
        writer.int(event)
      }
      writer.key("at_ms")
      writer.int(atMs)
      writer.key("state")
      writer.string(state.rawValue)
      writer.key("reason")
      writer.string(reasonWords)
      writer.key("job")
      job.write(to: &writer)
    }
    return writer.bytes
  }

  /// What a command finds in its environment. No value holds a NUL, and none is long.
  func environment(attempt: Int) -> [String: String] {
    var values = [
      "GENBROKER_DELIVERY": delivery, "GENBROKER_HOOK": hook, "GENBROKER_ATTEMPT": String(attempt),
      "GENBROKER_JOB": String(job.job), "GENBROKER_STATE": state.rawValue, "GENBROKER_REASON": reasonWords,
      "GENBROKER_TITLE": job.title, "GENBROKER_KIND": job.kind, "GENBROKER_PROJECT": job.project,
      "GENBROKER_OWNER": String(job.owner), "GENBROKER_FILES": String(job.files),
      "GENBROKER_TASKS": String(job.counts.total), "GENBROKER_FAILED": String(job.counts.failed),
    ]
    for (name, value) in values {
      let text = value.unicodeScalars.prefix(variableScalarsMax).map { $0 == "\0" ? " " : String($0) }
      values[name] = text.joined()
    }
    return values
  }
}

private let variableScalarsMax = 4096
