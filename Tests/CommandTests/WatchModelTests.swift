import CommandLine
import JSON
import Testing
import Wire

@testable import genbroker

@Suite struct `The model of a watched job` {
  /// A job of four tasks: one done, one running, two waiting.
  private func model() -> WatchModel {
    var model = WatchModel(sampleShown())
    model.add([
      sampleTask("plan", .succeeded, phase: "Plan", title: "Plan"), sampleTask("a", .leased, title: "Page A"),
      sampleTask("b", .ready, title: "Page B"), sampleTask("c", .blocked, title: "Page C"),
    ])
    return model
  }

  private func drawn(_ model: WatchModel, width: Int = 60, height: Int = 20) -> [String] {
    model.tree(now: 10_000).frame(width: width, height: height, time: 0, glyphs: .ascii).map { $0.rendered(.plain) }
  }

  @Test func `phases, what runs and what failed are drawn`() {
    var model = model()
    model.apply(sampleReply(), at: 0)
    model.apply(
      sampleReply([
        sampleEvent("task.succeeded", task: "a"), sampleEvent("task.leased", task: "b", ["worker": "docs-1"]),
        sampleEvent("task.leased", task: "c", ["worker": "docs-1"]),
        sampleEvent("task.failed", task: "c", ["class": "timeout", "message": "no answer"]),
      ]), at: 10_000)
    #expect(
      drawn(model, width: 100) == [
        "| job 17  order.bpmn  ##########..........  2/4  0.1/s  20 s left",
        "  + Plan              ####################  1/1",
        "  | pages             ######..............  1/3",
        "    x Page C  timeout: no answer",
        "    | Page B  docs-1",
      ])
  }

  @Test func `progress is shown while a task runs, and forgotten when it ends`() {
    var model = model()
    let progress = JobsAPI.Progress(job: 17, task: "a", done: 3, total: 4, note: "page 3")
    model.apply(sampleReply(progress: [progress]), at: 0)
    #expect(drawn(model).contains { $0.contains("Page A") && $0.contains("3/4") && $0.hasSuffix("page 3") })
    model.apply(sampleReply([sampleEvent("task.retry", task: "a"), sampleEvent("task.leased", task: "a")]), at: 1)
    #expect(!drawn(model).contains { $0.contains("3/4") })
    model.apply(sampleReply(progress: [JobsAPI.Progress(job: 17, task: "b", done: 1, total: 2)]), at: 2)
    #expect(!drawn(model).contains { $0.contains("Page B") })
  }

  @Test func `events that the snapshot had seen change nothing in the end`() {
    var model = model()
    let history = ["task.leased", "task.retry", "task.leased", "task.succeeded"].map { sampleEvent($0, task: "plan") }
    model.apply(sampleReply(history), at: 0)
    #expect(model.counts == .of(ready: 1, leased: 1, succeeded: 1) + blocked(1))
    #expect(model.running == ["a"])
  }

  @Test func `every end of a task is counted once, also when it is put back`() {
    var model = model()
    for type in ["task.failed", "task.failed", "task.reset", "task.leased", "lease.lost", "task.skipped"] {
      model.apply(sampleReply([sampleEvent(type, task: "a")]), at: 0)
      #expect(model.counts.total == 4)
    }
    #expect(model.counts.skipped == 1)
    #expect(model.running.isEmpty)
  }

  @Test func `new tasks are asked for, behind the last one known`() {
    var model = model()
    #expect(!model.wantsTasks)
    model.apply(sampleReply([sampleEvent("tasks.added", ["count": 2])]), at: 0)
    #expect(model.wantsTasks)
    #expect(model.lastKey == "c")
    model.add([sampleTask("d", .ready), sampleTask("e", .ready, phase: "index")])
    #expect(!model.wantsTasks)
    #expect(model.counts.total == 6)
    #expect(model.phases.map(\.name) == ["Plan", "pages", "index"])
  }

  @Test func `an event of a task that is not known makes the model ask`() {
    var model = model()
    model.apply(sampleReply([sampleEvent("task.leased", task: "later")]), at: 0)
    #expect(model.wantsTasks)
    #expect(model.counts.total == 4)
  }

  @Test func `a cancelled job has nothing running`() {
    var model = model()
    model.apply(sampleReply([sampleEvent("job.state", ["state": "cancelled", "reason": "enough"])]), at: 0)
    #expect(model.wantsJob)
    #expect(model.running.isEmpty)
    #expect(model.counts.cancelled == 3)
    #expect(drawn(model).first?.hasPrefix("- job 17") == true)
  }

  @Test func `the reason of a pause, and a broker that is away, stand beside the job`() {
    var model = model()
    model.apply(sampleReply([sampleEvent("job.state", ["state": "paused", "reason": "coffee"])]), at: 0)
    #expect(drawn(model, width: 80).first?.hasSuffix("coffee") == true)
    let frame = model.tree(now: 0, remark: "the broker is away").frame(width: 80, height: 20, time: 0)
    #expect(frame.first?.rendered(.plain).hasSuffix("the broker is away") == true)
  }

  @Test func `a job of very many tasks is not kept task by task`() {
    let count = WatchModel.tasksKeptMax + 1
    var model = WatchModel(sampleShown(sampleJob(counts: .of(ready: count))))
    #expect(!model.wantsTasks)
    model.apply(sampleReply([sampleEvent("task.leased", task: "x", ["worker": "w"])]), at: 0)
    #expect(model.wantsJob)
    #expect(!model.wantsTasks)
    #expect(drawn(model, width: 80).last == "  | x  w")
    model.apply(sampleReply([sampleEvent("task.succeeded", task: "x")]), at: 0)
    model.told(sampleShown(sampleJob(counts: .of(ready: count - 1, succeeded: 1))))
    #expect(model.counts.succeeded == 1)
    #expect(drawn(model).count == 1)
  }

  @Test func `phases that were told are drawn until the tasks are known, and for ever where they are too many`() {
    let phases = [
      JobsAPI.Phase(phase: "Plan", counts: .of(succeeded: 1)),
      JobsAPI.Phase(phase: "pages", counts: .of(ready: 2, succeeded: 1)),
    ]
    var model = WatchModel(sampleShown(sampleJob(counts: .of(ready: 2, succeeded: 2)), phases))
    let told = [
      "| job 17  order.bpmn  ##########..........  2/4", "  + Plan              ####################  1/1",
      "  . pages             ######..............  1/3",
    ]
    #expect(drawn(model, width: 100) == told)
    model.add([sampleTask("a", .leased, phase: "all", title: "Page A")])
    #expect(model.phases.map(\.name) == ["all"])

    let many = sampleJob(counts: .of(ready: WatchModel.tasksKeptMax, succeeded: 2))
    model = WatchModel(sampleShown(many, phases))
    model.apply(sampleReply([sampleEvent("task.leased", task: "x", ["worker": "w"])]), at: 0)
    #expect(drawn(model, width: 100).map { $0.prefix(9) }.dropFirst() == ["  + Plan ", "  . pages", "  | x  w"])
    model.told(sampleShown(many, Array(phases.prefix(1))))
    #expect(model.phases.map(\.name) == ["Plan"])
  }

  @Test func `a frame of 6,000 tasks fits the terminal`() {
    var model = WatchModel(sampleShown(sampleJob(counts: .of(leased: 6000))))
    model.add((0..<6000).map { sampleTask("t\($0)", .leased, phase: "phase \($0 % 40)") })
    #expect(drawn(model, height: 23).count == 23)
  }

  @Test func `titles of a job cannot reach the terminal as commands`() {
    var model = WatchModel(sampleShown(sampleJob(title: "a\u{1B}[2Jb")))
    model.add([sampleTask("x", .leased, title: "\u{7}\u{9B}31m")])
    #expect(!drawn(model).joined().unicodeScalars.contains { $0.properties.generalCategory == .control })
  }

  private func blocked(_ count: Int) -> JobsAPI.Counts {
    var counts = JobsAPI.Counts.zero
    counts.blocked = count
    return counts
  }
}

private func + (left: JobsAPI.Counts, right: JobsAPI.Counts) -> JobsAPI.Counts {
  JobsAPI.TaskState.allCases.reduce(into: left) { $0[$1] += right[$1] }
}
