import BrokerClient
import Digest
import EventLoop
import FileSystem
import JSON
import JobModel
import Wire

/// Who gives tasks to runners.
protocol TaskRunnerOwner: AnyObject {
  /// Everything that is to be known before the plugin can begin is there.
  func taskIsPrepared(_ task: TaskRunner)
  /// The plugin is not needed any more.
  func task(_ task: TaskRunner, frees plugin: PluginProcess)
  /// The lease is over and nothing is left to do; `failure` when the attempt failed.
  func taskEnded(_ task: TaskRunner, _ failure: TaskFailure?)
}

/// Does one lease: has a plugin work on it, brings what it makes to the broker, and ends the lease.
///
/// ``LeaseRun`` decides; this carries out.
final class TaskRunner {
  private let session: WorkerSession
  private let models: ModelDesk?
  private let loop: EventLoop
  private weak var owner: (any TaskRunnerOwner)?
  private(set) var run: LeaseRun
  private(set) var plugin: PluginProcess?
  private lazy var reports = TaskReports(lease: lease, session, on: loop, everyMs: times.reportMs)
  private let times: WorkerTimes
  private var deadline: Timer?
  private var held = HeldResults()
  /// The last of several results at one path is the file: each waits for those before it.
  private let paths = Turns<ExactText>()
  private(set) var isPrepared = false
  private var isGivingBack = false
  /// The last question that had no answer.
  private var modelFailure: PluginFailure?
  private var isEnded = false

  var lease: Int { run.lease.lease }
  /// For messages.
  var name: String { "\(run.lease.job):\(visible(run.lease.key))" }

  init(
    _ lease: WorkerAPI.Lease, _ session: WorkerSession, _ models: ModelDesk?, on loop: EventLoop, times: WorkerTimes,
    owner: any TaskRunnerOwner
  ) {
    run = LeaseRun(lease)
    self.session = session
    self.models = models
    self.loop = loop
    self.times = times
    self.owner = owner
  }

  // MARK: The life of the task

  /// Reads the rest of a long list of done items.
  func prepare() {
    guard run.lease.doneMore else { return prepared() }
    readDone(after: run.done.last?.path ?? "")
  }

  private func readDone(after path: String) {
    session.send(WorkerAPI.DoneItems(session: "", lease: lease, after: path), lease: lease) { [weak self] reply in
      guard let self else { return }
      switch reply {
      case .success(let page):
        run.add(done: page.items)
        guard page.more, let last = page.items.last?.path, ExactText(last) != ExactText(path) else { return prepared() }
        readDone(after: last)
      case .failure(let error):
        if isStale(error) { return }
        run.failed(TaskFailure("worker_error", "the list of done items could not be read: \(error.problem)"))
        endIfPossible()
      }
    }
  }

  private func prepared() {
    guard !run.isOver else { return }
    isPrepared = true
    owner?.taskIsPrepared(self)
  }

  /// Has the plugin begin.
  func start(on plugin: PluginProcess) {
    guard plugin.ops.isEmpty || plugin.ops.contains(run.lease.op) else {
      return fail(.badOp(run.lease.op, of: plugin.ops))
    }
    self.plugin = plugin
    if let timeoutMs = run.lease.timeoutMs {
      deadline = loop.after(ms: Int64(timeoutMs)) { [weak self] in self?.timeIsUp(timeoutMs) }
    }
    plugin.generate(GenerateCall.make(run, hasModel: !run.lease.models.isEmpty))
  }

  private func timeIsUp(_ timeoutMs: Int) {
    run.failed(TaskFailure("timeout", "the task was not done within \(timeoutMs) ms"))
    plugin?.cancelTask()
  }

  /// The attempt cannot be made.
  func fail(_ failure: TaskFailure) {
    run.failed(failure)
    endIfPossible()
  }

  /// The lease is over at the broker: stops the work, tells nothing.
  func lost() {
    guard !isEnded else { return }
    run.lost()
    pauseIfFull()
    session.forget(lease)
    models?.forget(lease: lease)
    reports.drop()
    if let plugin { plugin.cancelTask() } else { ended(nil) }
  }

  /// The worker ends at once: gives the lease back.
  func giveBack(_ reason: String) {
    guard !run.isOver else { return }
    run.lost()
    pauseIfFull()
    isGivingBack = true
    release(reason, nil)
  }

  /// Gives the lease back, and does not forget it before the broker has: it would wait for its end as long as the worker
  /// lives.
  private func release(_ reason: String, _ failure: TaskFailure?) {
    guard !isEnded else { return }
    let call = WorkerAPI.Release(session: "", lease: lease, reason: reason)
    session.send(call, lease: lease, dropped: { [weak self] in self?.ended(failure) }) { [weak self] reply in
      guard let self else { return }
      if Self.isOver(reply) { return ended(failure) }
      loop.after(ms: times.busyLongestMs) { [weak self] in self?.release(reason, failure) }
    }
  }

  /// Whether the broker has ended the lease: by what it was told now, or before.
  private static func isOver<Reply>(_ reply: Result<Reply, BrokerError>) -> Bool {
    switch reply {
    case .success: true
    case .failure(let error): error.is(WorkerAPI.StaleLease.self)
    }
  }

  /// The plugin has answered.
  func answered(_ answer: Result<PluginAPI.Generate.Reply, PluginFailure>) {
    switch answer {
    case .success(let reply):
      if let note = reply.note { reports.log(text: note) }
      run.pluginDone()
    case .failure(let failure): run.failed(TaskFailure(failure.because(of: modelFailure)))
    }
    detach(frees: true)
  }

  /// The plugin is gone.
  func pluginEnded(_ end: PluginEnd) {
    run.failed(end.failure)
    detach(frees: false)
  }

  private func detach(frees: Bool) {
    deadline?.cancel()
    guard let plugin else { return }
    self.plugin = nil
    plugin.isReadingPaused = false
    if frees { owner?.task(self, frees: plugin) }
    guard !isGivingBack else { return }
    if run.isLost { ended(nil) } else { endIfPossible() }
  }

  /// Tells the broker how it went, when the plugin is through and everything it made is on disk.
  private func endIfPossible() {
    guard plugin == nil, let ending = run.takeEnding() else { return }
    reports.flush()
    switch ending {
    // The job is paused: until there is money, or by somebody. That is no fault of the attempt.
    case .fail(let failure) where failure.errorClass == ModelDesk.budgetClass && models?.lacksMoney(lease) == true:
      release("its job is paused", failure)
    case .fail(let failure): tell(failure)
    case .complete(let results, let digest):
      let call = WorkerAPI.Complete(session: "", lease: lease, results: results, digest: digest)
      session.send(call, lease: lease) { [weak self] reply in
        guard let self else { return }
        if Self.isOver(reply) { return ended(nil) }
        if case .failure(let error) = reply { tell(TaskFailure("incomplete", error.problem)) }
      }
    }
  }

  private func tell(_ failure: TaskFailure) {
    session.send(failure.call(lease: lease), lease: lease) { [weak self] reply in
      guard let self else { return }
      if Self.isOver(reply) { return ended(failure) }
      release("its failure could not be told: \(failure.errorClass)", failure)
    }
  }

  private func ended(_ failure: TaskFailure?) {
    guard !isEnded else { return }
    isEnded = true
    session.forget(lease)
    models?.forget(lease: lease)
    owner?.taskEnded(self, failure)
  }

  // MARK: What the plugin asks for

  /// A call that could not be understood: whoever ignores the answer shall not be believed to be done. What is only said
  /// for people is not worth an attempt.
  func misspoke(_ error: PluginLineError) {
    logRefusal(error.message)
    if error.method == "progress" || error.method == "log" { return }
    run.spoil(TaskFailure("plugin_protocol", error.message))
  }

  /// Who reads the log shall see it, also when the plugin did not ask for an answer or does not tell of it.
  private func logRefusal(_ why: String) {
    reports.log(text: "[a call of the plugin was refused: \(why)]")
  }

  /// Lines of the plugin's standard error.
  func wrote(_ lines: [String]) { reports.log(lines) }

  /// Does what the plugin asks for.
  func take(_ call: HostAPI.Call, _ id: RPCID?) {
    let asker = Asker(plugin, id)
    guard !run.isOver else { return asker.refuse(.unwanted) }
    switch call {
    case .result(let result): take(result, asker)
    case .record(let record): take(record, asker)
    case .spawn(let spawn): take(spawn, asker)
    case .progress(let progress):
      reports.progress = progress
      asker.answer(HostAPI.Progress.Reply())
    case .log(let log):
      reports.log(text: log.text)
      asker.answer(HostAPI.Log.Reply())
    case .read(let read): take(read, asker)
    case .inputs(let inputs): take(inputs, asker)
    case .done(let done): asker.answer(GenerateCall.donePage(run, after: done.after))
    case .model(let question): take(question, asker)
    }
  }

  private func take(_ result: HostAPI.Result, _ asker: Asker) {
    guard let directory = plugin?.directory else { return }
    do throws(PluginFailure) {
      try ResultRules.check(result)
      let source = try ResultSource(result, in: directory)
      take(
        MadeResult(result: result, source: source, asker: asker) {
          asker.answer(HostAPI.Result.Reply(path: result.path, version: $0))
        })
    } catch {
      refuse(error, asker)
    }
  }

  /// A record goes the way of a result: it is sent again, resumed and counted like one.
  private func take(_ record: HostAPI.Record, _ asker: Asker) {
    do throws(PluginFailure) {
      let result = HostAPI.Result(path: try ResultRules.path(of: record), mediaType: "application/json")
      take(
        MadeResult(result: result, source: .bytes(record.value.bytes), asker: asker) {
          asker.answer(HostAPI.Record.Reply(version: $0))
        })
    } catch {
      refuse(error, asker)
    }
  }

  private func take(_ made: MadeResult) {
    run.writeBegan()
    hold(bytes: made.source.heldBytes)
    paths.begin(made.path) { [self] in deliver(made) }
  }

  private func deliver(_ made: MadeResult) {
    hash(made.source, on: loop) { [self] hashed in
      switch hashed {
      case .success(let sha256): deliver(made, sha256)
      case .failure(let error): unreadable(error.description, made)
      }
    }
  }

  private func deliver(_ made: MadeResult, _ sha256: SHA256Digest) {
    let result = made.result
    let put = WorkerAPI.PutResult(
      session: "", lease: lease, path: result.path, mediaType: result.mediaType, sha256: sha256.hex, meta: result.meta)
    let delivery = ResultDelivery(
      put, made.source,
      answer: { [self] reply in
        switch reply {
        case .success(let reply):
          run.committed(result.path, sha256)
          made.answer(reply.version)
        case .failure(let error): refused(error, made.asker)
        }
        settled(made)
      },
      unreadable: { [self] why in unreadable(why, made) })
    session.perform(
      lease: lease, isResult: true,
      dropped: { [self] in
        refuseUnwanted(made.asker)
        settled(made)
      }, delivery.run)
  }

  private func unreadable(_ why: String, _ made: MadeResult) {
    logRefusal(why)
    run.refused(TaskFailure("bad_result", why))
    made.asker.refuse(.refused(why))
    settled(made)
  }

  /// Nothing more happens with a result: the next of its path may come.
  private func settled(_ made: MadeResult) {
    release(bytes: made.source.heldBytes)
    paths.end(made.path)
    endIfPossible()
  }

  private func refuse(_ failure: PluginFailure, _ asker: Asker) {
    logRefusal(failure.message)
    run.spoil(TaskFailure(failure.errorClass ?? "bad_result", failure.message))
    asker.refuse(failure)
  }

  private func take(_ spawn: HostAPI.Spawn, _ asker: Asker) {
    do throws(PluginFailure) {
      let parts = try SpawnParts.split(spawn.tasks.map { WorkerAPI.TaskSpec($0) })
      run.writeBegan()
      send(parts[...], HostAPI.Spawn.Reply(added: 0, existing: 0), asker)
    } catch {
      refuse(error, asker)
    }
  }

  private func send(_ parts: ArraySlice<[WorkerAPI.TaskSpec]>, _ sum: HostAPI.Spawn.Reply, _ asker: Asker) {
    guard let part = parts.first else {
      run.accepted()
      asker.answer(sum)
      return endIfPossible()
    }
    hold(bytes: 0)
    let call = WorkerAPI.SpawnTasks(session: "", lease: lease, tasks: part)
    session.send(call, lease: lease, dropped: { [self] in dropped(asker) }) { [self] reply in
      release(bytes: 0)
      switch reply {
      case .success(let reply):
        let sum = HostAPI.Spawn.Reply(added: sum.added + reply.added, existing: sum.existing + reply.existing)
        send(parts.dropFirst(), sum, asker)
      case .failure(let error):
        refused(error, asker)
        endIfPossible()
      }
    }
  }

  /// The broker has refused a write.
  private func refused(_ error: BrokerError, _ asker: Asker) {
    logRefusal(error.problem)
    run.refused(TaskFailure("refused", "\(error.problem) (\(error.remedy))"))
    asker.refuse(error)
    _ = isStale(error)
  }

  private func take(_ read: HostAPI.Read, _ asker: Asker) {
    let call = WorkerAPI.ReadInput(
      session: "", lease: lease, name: ResultRules.bounded(read.name), offset: read.offset,
      length: min(max(read.length, 0), WireLimits.pluginReadBytesMax))
    ask(call, asker) { asker.answer(HostAPI.Read.Reply(data: $0.data, size: $0.size, eof: $0.eof)) }
  }

  private func take(_ inputs: HostAPI.Inputs, _ asker: Asker) {
    let call = WorkerAPI.Inputs(session: "", lease: lease, after: inputs.after.map(ResultRules.bounded))
    ask(call, asker) { asker.answer(GenerateCall.inputsPage($0)) }
  }

  private func take(_ question: HostAPI.Model, _ asker: Asker) {
    guard let models, let directory = plugin?.directory else { return asker.refuse(.noModels) }
    hold(bytes: 0)
    models.ask(
      question, for: run.lease, in: directory,
      isWanted: { [weak self] in self.map { !$0.run.isOver && $0.plugin != nil } ?? false }
    ) { [self] answer in
      release(bytes: 0)
      switch answer {
      case .success(let reply): asker.answer(reply)
      case .failure(let failure):
        if plugin != nil, !run.isOver { logRefusal(failure.message) }
        modelFailure = failure
        asker.refuse(failure)
      }
    }
  }

  private func ask<Call: SessionCall>(_ call: Call, _ asker: Asker, _ then: @escaping (Call.Reply) -> Void) {
    hold(bytes: 0)
    session.send(call, lease: lease, dropped: { [self] in dropped(asker) }) { [self] reply in
      release(bytes: 0)
      switch reply {
      case .success(let reply): then(reply)
      case .failure(let error):
        asker.refuse(error)
        _ = isStale(error)
      }
    }
  }

  private func isStale(_ error: BrokerError) -> Bool {
    guard error.is(WorkerAPI.StaleLease.self) else { return false }
    lost()
    return true
  }

  // MARK: What is not answered yet

  private func hold(bytes: Int) {
    held.add(bytes)
    pauseIfFull()
  }

  private func release(bytes: Int) {
    held.remove(bytes)
    pauseIfFull()
  }

  /// When the lease is over the plugin is read to its end, or the end would not be seen: what it says is not kept.
  private func pauseIfFull() { plugin?.isReadingPaused = held.isFull && !run.isOver }

  /// What a plugin asked for will not be asked of the broker any more.
  private func dropped(_ asker: Asker) {
    release(bytes: 0)
    refuseUnwanted(asker)
  }

  private func refuseUnwanted(_ asker: Asker) {
    // Once it has answered, the plugin may be at another task, which this is nothing to.
    if plugin != nil { asker.refuse(.unwanted) }
  }
}

/// A result that is on its way.
private struct MadeResult {
  let result: HostAPI.Result
  let source: ResultSource
  let asker: Asker
  /// Tells the plugin the version that it has become.
  let answer: (Int) -> Void

  var path: ExactText { ExactText(result.path) }
}

extension PluginFailure {
  /// The same, said by a plugin that passes on nothing but the words of a model's failure.
  fileprivate func because(of failure: PluginFailure?) -> PluginFailure {
    guard let failure, errorClass == nil, message.contains(failure.message) else { return self }
    var whole = failure
    whole.message = message
    return whole
  }

  fileprivate static let noModels = PluginFailure(
    message: "this worker makes no model calls", errorClass: "no_model", retryable: false)
}

/// Who is to be answered, also when the task is over by then.
private struct Asker {
  private let plugin: PluginProcess?
  private let id: RPCID?

  init(_ plugin: PluginProcess?, _ id: RPCID?) {
    self.plugin = plugin
    self.id = id
  }

  func answer(_ reply: some WireObject) { plugin?.reply(id, reply) }

  func refuse(_ failure: PluginFailure) { plugin?.reply(id, failure: failure) }

  func refuse(_ error: BrokerError) { refuse(.refused(by: error)) }
}

/// What was asked for and is not done: so much may be held for a plugin before it is not read any more.
private struct HeldResults {
  private var count = 0
  private var bytes = 0

  var isFull: Bool { count >= WorkerLimits.heldResultsHigh || bytes >= WorkerLimits.heldBytesHigh }

  mutating func add(_ more: Int) {
    count += 1
    bytes += more
  }

  mutating func remove(_ less: Int) {
    count -= 1
    bytes -= less
  }
}
