import BrokerClient
import EventLoop
import JobModel
import Wire

/// Brings tasks and plugin processes together. Belongs to its loop.
///
/// ```
///  running ──drain: signal, broker, --once──▶ draining ──no lease left──▶ ended
///     └───────────────second signal──────────────┴──▶ stopping ──leases given back──▶ ended
/// ```
final class WorkerCore {
  private enum Phase { case running, draining, stopping, ended }

  private let options: WorkerOptions
  private let loop: EventLoop
  private let say: (WorkerMessage) -> Void
  private let remover: DirectoryRemover
  private let onEnd: (WorkerEnd) -> Void

  private lazy var session = WorkerSession(options, on: loop, owner: self)
  private lazy var models = options.providers.map { providers in
    ModelDesk(
      providers, session, on: loop, makeCaller: options.makeCaller,
      onIdle: { [weak self] in self?.endIfPossible() })
  }
  private var phase = Phase.running
  private var refusal: WorkerRefusal?
  private var connections = ConnectionHistory()

  /// By lease, in the order in which they came.
  private var tasks: [TaskRunner] = []
  /// Those that wait for a plugin.
  private var queue: [TaskRunner] = []
  private var plugins: [PluginProcess] = []
  private var starts: PluginStarts
  private var restTimer: Timer?
  private var hasPluginStarted = false
  /// As the first plugin told it. The broker knows by it which results can be used again.
  private(set) var pluginVersion: String?
  /// Of the last plugin that did not start.
  private var lastWordsTold: [String] = []
  /// Made for the first plugin.
  private var directory: WorkDirectory?

  init(
    _ options: WorkerOptions, on loop: EventLoop, say: @escaping (WorkerMessage) -> Void,
    onEnd: @escaping (WorkerEnd) -> Void
  ) throws(IOError) {
    self.options = options
    self.loop = loop
    self.say = say
    self.onEnd = onEnd
    starts = PluginStarts(options.times)
    remover = try DirectoryRemover()
  }

  /// Begins with a plugin: a worker whose plugin does not start takes no tasks.
  func start() {
    remover.removeAbandoned(in: options.directory)
    startPlugin()
  }

  // MARK: Plugins

  private func startPlugin() {
    do {
      let directory = try directory ?? WorkDirectory.make(in: options.directory)
      self.directory = directory
      plugins.append(try PluginProcess(options, in: directory, on: loop, owner: self))
    } catch {
      startFailed("\(error)".split(separator: "\n").joined(separator: " "), lastWords: [])
    }
  }

  private func startFailed(_ why: String, lastWords: [String]) {
    guard phase == .running else { return endIfPossible() }
    let wasFailing = starts.isFailing
    let waitMs = starts.failed(random: .random(in: 0..<1))
    let isGivingUp = !hasPluginStarted && starts.isHopeless
    if !isGivingUp {
      say(.notice("the plugin \(options.plugin) does not start: \(visible(why)); trying again in \(waitMs) ms"))
    }
    tellLastWords(lastWords, isFirst: !wasFailing)
    if isGivingUp { return giveUp(why) }
    if !wasFailing { session.tellSlots() }
    if starts.isHopeless {
      let message = "the plugin does not start: \(why)" + PluginEnd.words(lastWords)
      for task in takeQueue() { task.fail(TaskFailure("plugin_start", message)) }
    }
    guard restTimer?.isScheduled != true else { return }
    restTimer = loop.after(ms: waitMs) { [weak self] in
      guard let self, phase == .running else { return }
      startPlugin()
    }
  }

  /// Each on a line of its own; not once more where a new try has come to the same.
  private func tellLastWords(_ lines: [String], isFirst: Bool) {
    guard isFirst || lines != lastWordsTold else { return }
    lastWordsTold = lines
    for line in lines { say(.notice("plugin: \(visible(line))")) }
  }

  /// A plugin that has never started is a mistake of whoever started the worker, and nobody would see it wait.
  private func giveUp(_ why: String) {
    refuse(
      WorkerRefusal(
        .plugin, problem: "the plugin \(options.plugin) does not start: \(why)",
        remedy: "run it by hand; it has to answer 'initialize' as kind '\(options.kind)'"))
  }

  /// Gives waiting tasks to idle plugins, and starts more when there are too few.
  private func assign() {
    while let task = queue.first, let plugin = plugins.first(where: \.isIdle) {
      queue.removeFirst()
      say(.detail("task \(task.name), attempt \(task.run.lease.attempt), to plugin \(plugin.pid)"))
      task.start(on: plugin)
    }
    guard phase == .running, !starts.isFailing else { return }
    let busy = tasks.count { $0.plugin != nil }
    let wanted = min(options.concurrency, busy + queue.count)
    // Each start may fail at once, and then nothing more is started before the rest is over.
    for _ in 0..<max(0, wanted - plugins.count) where !starts.isFailing { startPlugin() }
  }

  private func takeQueue() -> [TaskRunner] {
    defer { queue = [] }
    return queue
  }

  private func task(of plugin: PluginProcess) -> TaskRunner? { tasks.first { $0.plugin === plugin } }

  // MARK: The end

  /// Takes no more tasks, finishes those that run, and ends.
  func drain(_ why: String) {
    guard phase == .running else { return }
    phase = .draining
    let running = tasks.count { $0.plugin != nil || $0.run.isEnding }
    let tasks = "\(running) running task\(running == 1 ? "" : "s")"
    let finishing = "finishing \(tasks); a second signal gives back what is not done"
    say(.notice("\(why): \(running == 0 ? "ending" : finishing)"))
    session.tellSlots()
    for task in takeQueue() { task.giveBack("the worker is stopping") }
    restTimer?.cancel()
    endIfPossible()
  }

  /// The first time ``drain(_:)``; then ends at once and gives back what is not finished.
  func signalled() {
    switch phase {
    case .running: drain("told to stop")
    case .draining: stopNow()
    case .stopping, .ended: break
    }
  }

  private func stopNow() {
    phase = .stopping
    say(.notice("told to stop again: giving back \(tasks.count) lease\(tasks.count == 1 ? "" : "s")"))
    for task in tasks { task.giveBack("the worker was told twice to stop") }
    for plugin in plugins { plugin.condemn(.stopped) }
    guard session.isOpen else { return finish() }
    loop.after(ms: options.times.releaseMs) { [weak self] in self?.finish() }
    endIfPossible()
  }

  private func endIfPossible() {
    guard phase == .draining || phase == .stopping, tasks.isEmpty else { return }
    // What a call has cost shall not be lost; who is told twice to stop does not wait for it.
    guard phase == .stopping || models?.isIdle != false else { return }
    session.close()
    for plugin in plugins { plugin.leave() }
    if plugins.isEmpty { finish() }
  }

  private func finish() {
    guard phase != .ended else { return }
    let end: WorkerEnd = phase == .stopping ? .stopped : .drained
    phase = .ended
    session.close()
    models?.close()
    for plugin in plugins { plugin.condemn(.stopped) }
    if let directory { remover.remove(directory.path) }
    remover.finish()
    onEnd(refusal.map(WorkerEnd.refused) ?? end)
  }

  private func refused(_ error: BrokerError) { refuse(WorkerRefusal(error)) }

  private func refuse(_ why: WorkerRefusal) {
    refusal = why
    phase = .stopping
    for task in tasks { task.lost() }
    endIfPossible()
  }
}

// MARK: - What the broker says

extension WorkerCore: SessionOwner {
  var leasesInHand: [Int] { tasks.filter { !$0.run.isLost }.map(\.lease) }

  var slotsWanted: Int { phase == .running && !starts.isFailing ? options.concurrency : 0 }

  func sessionBegan(lost: [Int]) {
    if connections.began() { say(.ready) } else { say(.notice("connected again to \(options.socket)")) }
    for lease in lost { sessionEnds(lease: lease) }
    models?.wakeAll()
  }

  func sessionEnded(_ why: BrokerError, retryMs: Int64) {
    if phase == .stopping { return finish() }
    if connections.isFirst, case .connection(let failure) = why {
      if failure.kind == .unreachable || (options.once && failure.kind == .noBroker) { return refused(why) }
    }
    if let message = connections.ended(why) { say(.notice(message)) }
    endIfPossible()
  }

  func sessionRefused(_ why: BrokerError) { refused(why) }

  func sessionBrings(_ lease: WorkerAPI.Lease) {
    guard !tasks.contains(where: { $0.lease == lease.lease }) else { return }
    let task = TaskRunner(lease, session, models, on: loop, times: options.times, owner: self)
    tasks.append(task)
    session.hasLeases = true
    if phase == .running { task.prepare() } else { task.giveBack("the worker is stopping") }
  }

  func sessionBringsUnreadable(lease: Int?, field: String) {
    let what = lease.map { "the lease \($0)" } ?? "an order"
    let problem =
      "genworker cannot read \(what) of the broker (\(field)): use a broker and a worker of the same version"
    say(.notice(problem))
    guard let lease else { return }
    session.send(TaskFailure("worker_error", problem).call(lease: lease), lease: lease) { _ in }
  }

  func sessionEnds(lease: Int) {
    guard let task = tasks.first(where: { $0.lease == lease }) else { return }
    say(.detail("lease \(lease) of \(task.name) is over"))
    queue.removeAll { $0 === task }
    task.lost()
  }

  func sessionAsks(lease: Int) { models?.wake(lease: lease) }

  func sessionDrains() { drain("the broker takes no more work") }
}

// MARK: - What tasks say

extension WorkerCore: TaskRunnerOwner {
  func taskIsPrepared(_ task: TaskRunner) {
    queue.append(task)
    assign()
  }

  func task(_ task: TaskRunner, frees plugin: PluginProcess) {
    // At the end of the turn, so that what it still says in one breath is not taken for the next task's.
    loop.atTurnEnd { [weak self] in self?.assign() }
  }

  func taskEnded(_ task: TaskRunner, _ failure: TaskFailure?) {
    tasks.removeAll { $0 === task }
    queue.removeAll { $0 === task }
    session.hasLeases = !tasks.isEmpty
    if let failure {
      let line = failure.message.split(separator: "\n").first ?? ""
      say(.notice("task \(task.name) failed: \(failure.errorClass): \(visible(String(line)))"))
    } else {
      say(.detail("task \(task.name) ended"))
    }
    if options.once { drain("one task is done") }
    endIfPossible()
  }
}

// MARK: - What plugins say

extension WorkerCore: PluginProcessOwner {
  func pluginIsReady(_ plugin: PluginProcess, _ answer: PluginAPI.Initialize.Reply) {
    let wasFailing = starts.isFailing
    guard isOfOneVersion(answer.version) else { return plugin.leave() }
    hasPluginStarted = true
    starts.succeeded()
    self.plugin(plugin, wrote: plugin.lastWords)
    say(.detail("plugin \(plugin.pid) is ready: \(visible(answer.kind)) \(visible(answer.version))"))
    if wasFailing { session.tellSlots() }
    session.open()
    assign()
  }

  /// Leases are given to a worker for the version that it has told. When its plugin has become another one, they are for
  /// another worker, which tells the new version.
  private func isOfOneVersion(_ version: String) -> Bool {
    defer { pluginVersion = pluginVersion ?? version }
    guard let pluginVersion, pluginVersion != version else { return true }
    drain("the plugin is of version \(visible(version)) now, and was of \(visible(pluginVersion)) before")
    return false
  }

  func plugin(_ plugin: PluginProcess, calls call: HostAPI.Call, id: RPCID?) {
    if let task = task(of: plugin) { return task.take(call, id) }
    plugin.condemn(.broken("a call without a task"))
  }

  func plugin(_ plugin: PluginProcess, misspoke error: PluginLineError) { task(of: plugin)?.misspoke(error) }

  func plugin(_ plugin: PluginProcess, answered answer: Result<PluginAPI.Generate.Reply, PluginFailure>) {
    task(of: plugin)?.answered(answer)
  }

  func plugin(_ plugin: PluginProcess, wrote lines: [String]) {
    if let task = task(of: plugin) { return task.wrote(lines) }
    // What it says before it is ready is told when it is, or when it is clear that it will never be.
    guard plugin.hasStarted else { return }
    for line in lines { say(.detail("plugin \(plugin.pid): \(visible(line))")) }
  }

  func pluginEnded(_ plugin: PluginProcess, _ end: PluginEnd) {
    plugins.removeAll { $0 === plugin }
    remover.remove(plugin.directory.path)
    if let task = task(of: plugin) {
      task.pluginEnded(end)
    } else if case .badStart(let why) = end.cause {
      startFailed(why, lastWords: end.lastWords)
    } else if phase == .running, !plugin.isLeaving || end.cause != .ownAccord {
      say(.notice("plugin \(plugin.pid) \(end.inWords) while it had no task"))
    }
    if phase == .running { assign() }
    endIfPossible()
  }
}

/// Whether there was a session, so that each trouble is told once.
private struct ConnectionHistory {
  private(set) var isFirst = true
  private var isTroubleTold = false

  /// - Returns: whether it is the first session.
  mutating func began() -> Bool {
    defer { (isFirst, isTroubleTold) = (false, false) }
    return isFirst
  }

  /// - Returns: what to say, once per outage.
  mutating func ended(_ why: BrokerError) -> String? {
    guard !isTroubleTold else { return nil }
    isTroubleTold = true
    return isFirst ? "\(why.problem) yet; trying until one does" : "\(why.problem); trying again"
  }
}
