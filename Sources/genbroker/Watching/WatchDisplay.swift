import CommandLine
import EventLoop
import Wire

/// Shows a job while it runs: as a tree that is drawn again and again on a terminal, as lines elsewhere.
struct WatchDisplay {
  private let output: TextOutput
  private let isLive: Bool
  private var screen: LiveScreen
  private var reported = 0
  private var hasToldFailure = false
  private var pauses = PauseNotice()
  private var waits = WaitNotice()

  init(_ output: TextOutput) {
    self.output = output
    isLive = output.isLive
    screen = LiveScreen(style: output.style)
  }

  mutating func begin(_ model: WatchModel) {
    guard !isLive else { return draw(model, remark: "") }
    let counts = model.counts
    reported = counts.succeeded
    output.print(
      StyledText("job \(model.job.job)  \(model.job.title): ") + stateText(model.job)
        + StyledText(", \(counts.short) tasks done"))
    output.print(model.waits.map { StyledText("waits: \($0)", .yellow) })
    reportPause(model.job)
  }

  /// Where nothing is drawn, says of a pause, once, why it is and how the job goes on.
  mutating func reportPause(_ job: JobsAPI.Job) {
    if let line = pauses.line(job) { remark(line) }
  }

  /// Shows the state of things; to be called at most ten times a second.
  mutating func draw(_ model: WatchModel, remark: String) {
    guard isLive else { return }
    let terminal = output.terminal
    let now = MonotonicClock.nowMs()
    let frame = model.tree(now: now, remark: remark).frame(
      width: terminal.columns, height: max(1, terminal.rows - 1), time: now, glyphs: output.glyphs)
    output.write(screen.draw(frame, width: terminal.columns))
  }

  /// Where nothing is drawn, says what has happened.
  mutating func report(_ events: [JobsAPI.Event], _ model: WatchModel) {
    guard !isLive else { return }
    output.print(events.filter { waits.isNews($0) }.compactMap { line($0, model) })
  }

  /// What is worth a line of its own: the ends of tasks, and what goes wrong. A lost lease is told by its consequence.
  private mutating func line(_ event: JobsAPI.Event, _ model: WatchModel) -> StyledText? {
    let total = model.counts.total
    switch event.type {
    case "task.succeeded", "task.reused":
      reported += 1
      // Events may be older than the snapshot that they are counted against.
      return eventLine(
        event, namesJob: false, place: "\(min(reported, total))/\(total)",
        title: event.task.flatMap { model.task($0)?.title })
    case "task.failed":
      hasToldFailure = true
      return eventLine(event, namesJob: false)
    case "task.leased", "result.committed", "record.committed", "job.submitted", "job.sealed", "lease.lost",
      "call.settled":
      return nil
    // A line of its own says more.
    case "job.state" where EventDetail(event).text("state") == "paused": return nil
    default: return eventLine(event, namesJob: false)
    }
  }

  /// Whether nothing that is printed says why the job has failed: it may have been before anybody looked.
  func owesReason(_ job: JobsAPI.Job) -> Bool { !isLive && !hasToldFailure && job.state == .failed }

  /// Tells of tasks that failed before anybody looked.
  func reportFailures(_ tasks: [JobsAPI.Task]) {
    output.print(
      tasks.map { StyledText("\($0.key): ", .cyan) + StyledText("failed: \($0.error ?? "no reason is known")", .red) })
  }

  /// A remark where lines are printed; a tree shows it beside the job.
  func remark(_ text: String) {
    if !isLive, !text.isEmpty { output.print(StyledText(text)) }
  }

  /// Where nothing is drawn, says what the job has cost.
  func reportCost(_ model: WatchModel) {
    guard !isLive, let spending = model.spending else { return }
    output.print(StyledText("cost: \(spending.wholeCostLine)"))
  }

  /// Leaves the last frame on the screen and gives the cursor back.
  mutating func end() {
    output.write(screen.finish())
  }
}
