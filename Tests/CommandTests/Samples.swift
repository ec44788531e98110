import JSON
import Wire

@testable import genbroker

/// 2025-11-21 09:47:12.345 UTC.
let sampleTime = 1_763_718_432_345

extension JobsAPI.Counts {
  static func of(
    ready: Int = 0, leased: Int = 0, succeeded: Int = 0, failed: Int = 0, skipped: Int = 0
  ) -> JobsAPI.Counts {
    JobsAPI.Counts(
      blocked: 0, ready: ready, leased: leased, succeeded: succeeded, failed: failed, skipped: skipped, cancelled: 0)
  }
}

func sampleJob(
  _ number: Int = 17, _ state: JobsAPI.JobState = .running, title: String = "order.bpmn",
  counts: JobsAPI.Counts = .of(ready: 2, leased: 1, succeeded: 1), files: Int = 1, reason: String? = nil,
  reused: Int = 0
) -> JobsAPI.Job {
  JobsAPI.Job(
    job: number, kind: "docs", title: title, state: state, reason: reason, owner: 1000, project: "acme", priority: 0,
    labels: ["team": "docs"], sealed: true, createdMs: sampleTime - 300_000, startedMs: sampleTime - 120_000,
    endedMs: state.isFinal ? sampleTime - 20_000 : nil, counts: counts, files: files, bytes: files * 1000,
    outputsDeclared: 4, outputsPresent: 1, reused: reused, models: [])
}

func sampleShown(_ job: JobsAPI.Job = sampleJob(), _ phases: [JobsAPI.Phase] = []) -> JobsAPI.Show.Reply {
  JobsAPI.Show.Reply(job: job, phases: phases, warnings: [])
}

func sampleTask(
  _ key: String, _ state: JobsAPI.TaskState, phase: String? = "pages", title: String? = nil, error: String? = nil
) -> JobsAPI.Task {
  JobsAPI.Task(
    key: key, kind: "docs", op: "page", title: title ?? key, phase: phase, state: state, attempts: 0, crashes: 0,
    files: 0, error: error)
}

func sampleEvent(_ type: String, task: String? = nil, number: Int = 1, _ detail: JSONTree? = nil) -> JobsAPI.Event {
  JobsAPI.Event(
    number: number, atMs: sampleTime, job: 17, type: type, task: task, detail: detail.map { RawJSON($0) })
}

func sampleReply(_ events: [JobsAPI.Event] = [], progress: [JobsAPI.Progress] = []) -> JobsAPI.Watch.Reply {
  JobsAPI.Watch.Reply(events: events, progress: progress, cursor: "h:1", caughtUp: true)
}
