import CommandLine
import JSON
import Wire

/// What is known about a running job: a snapshot, kept current by events.
///
/// Events that the snapshot had already seen may be applied again; once all events up to now are, the model is right.
struct WatchModel {
  /// More tasks than this are not kept one by one; then the counts are those that were told.
  static let tasksKeptMax = 50_000

  private(set) var job: JobsAPI.Job
  /// In the order of their first tasks; as they were told until the tasks are known.
  private(set) var phases: [WatchedPhase] = []
  /// Tasks were added that are not known yet.
  private(set) var wantsTasks: Bool
  /// The job has changed in a way that only the broker can tell.
  private(set) var wantsJob = false
  /// The last task that is known, behind which new ones are found.
  private(set) var lastKey: String?

  private var tasks: [String: WatchedTask] = [:]
  private var knowsTasks = false
  private var phasePlaces: [String: Int] = [:]
  /// By key, in the order in which they were leased.
  private(set) var running: [String] = []
  private(set) var meter = RateMeter()
  /// What its model calls have taken; nil when it makes none.
  private(set) var spending: JobsAPI.Spending?
  /// Why nothing happened when this was last known; empty when something has happened since.
  private(set) var waits: [String]
  private var costs = CostMeter()
  /// Tasks that ask models end minutes apart.
  private var slowMeter = RateMeter(windowMilliseconds: 300_000)

  /// - parameter waits: what the job waits for.
  init(_ shown: JobsAPI.Show.Reply, waits: [String] = []) {
    job = shown.job
    self.waits = waits
    spending = shown.spending
    phases = shown.phases.map { WatchedPhase($0) }
    wantsTasks = job.counts.total <= Self.tasksKeptMax
  }

  /// Whether the tasks are known one by one.
  var keepsTasks: Bool { job.counts.total <= Self.tasksKeptMax }

  var counts: JobsAPI.Counts {
    guard keepsTasks, knowsTasks else { return job.counts }
    return phases.reduce(into: JobsAPI.Counts.zero) { sum, phase in
      for state in JobsAPI.TaskState.allCases { sum[state] += phase.counts[state] }
    }
  }

  func task(_ key: String) -> WatchedTask? { tasks[key] }

  /// What the job costs, and may still cost; nil when it makes no model calls.
  func spendingLine(now: Int64) -> SpendingLine? {
    guard let spending else { return nil }
    let remaining = counts.blocked + counts.ready + counts.leased
    let rate = job.state == .running ? slowMeter.rate(at: now) : nil
    return SpendingLine(
      spending: spending, tasksPerSecond: rate, remaining: remaining,
      projectedPico: job.state == .running ? costs.projection(forTasks: remaining) : nil)
  }

  // MARK: What was asked

  mutating func told(_ shown: JobsAPI.Show.Reply) {
    job = shown.job
    spending = shown.spending
    if !keepsTasks || !knowsTasks { phases = shown.phases.map { WatchedPhase($0) } }
    wantsJob = false
  }

  /// Takes the tasks behind ``lastKey``.
  mutating func add(_ added: [JobsAPI.Task]) {
    wantsTasks = false
    if !knowsTasks { phases = [] }
    knowsTasks = true
    for task in added {
      lastKey = task.key
      guard tasks[task.key] == nil else { continue }
      let place = phasePlace(task.phase ?? "")
      phases[place].counts[task.state] += 1
      tasks[task.key] = WatchedTask(title: task.title, phase: place, state: task.state, error: task.error)
      if task.state == .leased { running.append(task.key) }
      if task.state == .failed { phases[place].failed.append(task.key) }
    }
  }

  private mutating func phasePlace(_ name: String) -> Int {
    if let place = phasePlaces[name] { return place }
    phasePlaces[name] = phases.count
    phases.append(WatchedPhase(name: name))
    return phases.count - 1
  }

  // MARK: What happened

  mutating func apply(_ reply: JobsAPI.Watch.Reply, at time: Int64) {
    for event in reply.events { apply(event) }
    for progress in reply.progress { apply(progress) }
    meter.note(counts.succeeded, at: time)
    slowMeter.note(counts.succeeded, at: time)
  }

  private mutating func apply(_ event: JobsAPI.Event) {
    let detail = EventDetail(event)
    noteWait(event, detail)
    switch event.type {
    case "tasks.added": wantsTasks = keepsTasks
    case "job.state": jobChanged(detail)
    case "call.settled", "call.failed", "call.unknown": callEnded(event, detail)
    case "task.reused": job.reused += 1
    case "result.committed": job.files += detail.number("version") == 1 ? 1 : 0
    default: break
    }
    guard let key = event.task, let state = Self.states[event.type] else { return }
    switch event.type {
    case "task.succeeded": costs.finished(key)
    case "task.failed", "task.skipped": costs.dropped(key)
    default: break
    }
    move(key, to: state) { task in
      task.worker = event.type == "task.leased" ? detail.text("worker") : nil
      if ["task.retry", "task.failed"].contains(event.type) { task.error = detail.trouble }
    }
  }

  private mutating func noteWait(_ event: JobsAPI.Event, _ detail: EventDetail) {
    if let wait = detail.whatItWaitsFor, event.type == "task.released" {
      waits = [wait]
    } else if Self.goingOn.contains(event.type) {
      waits = []
    }
  }

  /// What does not happen in a job that only waits.
  private static let goingOn: Set = ["task.leased", "task.succeeded", "task.reused", "call.settled", "job.state"]

  private mutating func callEnded(_ event: JobsAPI.Event, _ detail: EventDetail) {
    wantsJob = true
    // One that has failed costs nothing; what is unknown costs something that nobody knows.
    guard let task = event.task, detail.text("state") != "failed" else { return }
    costs.called(task, pico: detail.number("pico_usd"))
  }

  /// What a task is after an event. Whether it is blocked or ready is of no interest to a watcher.
  private static let states: [String: JobsAPI.TaskState] = [
    "task.leased": .leased, "task.succeeded": .succeeded, "task.retry": .ready, "task.failed": .failed,
    "task.skipped": .skipped, "task.released": .ready, "task.reset": .ready, "task.reused": .succeeded,
    "lease.lost": .ready,
  ]

  private mutating func jobChanged(_ detail: EventDetail) {
    wantsJob = true
    guard let state = detail.text("state").flatMap({ JobsAPI.JobState(rawValue: $0) }) else { return }
    job.state = state
    job.reason = detail.text("reason")
    guard state == .cancelled else { return }
    for (key, task) in tasks where task.isLive { move(key, to: .cancelled) { _ in } }
  }

  private mutating func move(_ key: String, to state: JobsAPI.TaskState, _ change: (inout WatchedTask) -> Void) {
    wantsJob = wantsJob || !keepsTasks
    running.removeAll { $0 == key }
    guard var task = tasks[key] ?? (keepsTasks ? nil : WatchedTask(title: key, phase: nil, state: state)) else {
      wantsTasks = true
      return
    }
    if let place = task.phase {
      phases[place].counts[task.state] -= 1
      phases[place].counts[state] += 1
      phases[place].failed.removeAll { $0 == key }
      if state == .failed { phases[place].failed.append(key) }
    }
    task.state = state
    task.progress = nil
    task.note = nil
    change(&task)
    if state == .leased { running.append(key) }
    tasks[key] = keepsTasks || state == .leased ? task : nil
  }

  private mutating func apply(_ progress: JobsAPI.Progress) {
    guard tasks[progress.task]?.state == .leased else { return }
    if let done = progress.done, let total = progress.total {
      tasks[progress.task]?.progress = ProgressBar(done: done, total: total)
    }
    if let note = progress.note { tasks[progress.task]?.note = note }
  }
}

/// A phase of a watched job.
struct WatchedPhase {
  var name: String
  var counts = JobsAPI.Counts.zero
  /// Keys of the tasks that failed for good.
  var failed: [String] = []

  init(name: String) {
    self.name = name
  }

  init(_ told: JobsAPI.Phase) {
    name = told.phase ?? ""
    counts = told.counts
  }
}

/// A task of a watched job.
struct WatchedTask {
  var title: String
  /// Place among the phases; nil when the tasks are not kept.
  var phase: Int?
  var state: JobsAPI.TaskState
  var error: String?
  var worker: String?
  var progress: ProgressBar?
  var note: String?

  var isLive: Bool { state == .blocked || state == .ready || state == .leased }
}
