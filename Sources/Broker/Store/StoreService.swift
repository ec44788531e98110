import EventLoop
import JobStore

/// The store on its own thread: commands go there, outcomes come back to the loop.
///
/// While the thread works on one group, commands pile up; then it takes all of them as the next. Leases leave when the
/// group is committed, acknowledgements when another thread (``SyncService``) has put it on disk.
///
/// Confined to the loop but for what runs inside the thread's closures.
final class StoreService {
  /// Called on the loop with what a group has brought, before its sync.
  var onCommitted: ((GroupOutcome) -> Void)?
  /// Called on the loop when a group is on disk, after its outcomes were told.
  var onSynced: ((_ eventHigh: Int64) -> Void)?
  /// Called on the loop with what went wrong and is no caller's fault.
  var onTrouble: ((String) -> Void)?
  /// Called on the loop when the store cannot go on: nobody may be answered any more.
  var onFatal: ((String) -> Void)?

  private enum Item: Sendable {
    case command(any StoreCommand)
    /// One that brings its own transactions.
    case alone(any StoreCommand)
    /// Look whether something can be leased.
    case dispatch
    /// The log is in the database, or nearly: begin it anew.
    case beginNewLog(CheckpointService.Rest)
  }

  private let loop: EventLoop
  private let thread = SerialThread<Item>()
  private let syncs = SyncService()
  private let progress: CommitProgress
  private let checkpoints: CheckpointService
  private let pagesPerCheckpoint: Int
  private var collected: [Item] = []

  init(loop: EventLoop, progress: CommitProgress, checkpoints: CheckpointService, pagesPerCheckpoint: Int) {
    self.pagesPerCheckpoint = pagesPerCheckpoint
    self.loop = loop
    self.progress = progress
    self.checkpoints = checkpoints
  }

  /// Starts the threads. The store is handed over: from here on only its thread touches it.
  func start(_ store: sending JobStore) throws {
    // Only the loop looks into `owner`, in the closures that are posted to it.
    let owner = LoopReference(self)
    try startSyncs(store.file, owner)
    let box = Handover(store)
    let (loop, progress, checkpoints, syncs) = (loop, progress, checkpoints, syncs)
    let pagesPerCheckpoint = pagesPerCheckpoint
    try thread.start(name: "store", by: loop.threads) {
      let store = box.take()
      let group = GroupCommit(store)
      var pages = 0
      var hasFailed = false
      return { items in
        // After a commit of which nobody knows whether it happened, another one would rest on what may not be there.
        guard !hasFailed, !syncs.hasFailed else { return }
        do {
          syncs.add(
            try StoreService.workOff(items, store, group, progress, loop.time) { outcome in
              loop.post { owner.value?.onCommitted?(outcome) }
            })
          for group in try StoreService.workOffAlone(items, store, progress, loop.time) { syncs.add(group) }
          for case .beginNewLog(let rest) in items { StoreService.beginNewLog(of: store, rest) }
        } catch {
          hasFailed = true
          let reason = String(describing: error)
          loop.post { owner.value?.onFatal?(reason) }
        }
        pages += store.takePagesWritten()
        if pages >= pagesPerCheckpoint {
          pages = 0
          checkpoints.run()
        }
      }
    }
  }

  private func startSyncs(_ file: StoreFile, _ owner: LoopReference<StoreService>) throws {
    let (loop, progress) = (loop, progress)
    try syncs.start(file, by: loop.threads) { groups in
      loop.post {
        for group in groups {
          progress.synced(group.number)
          for command in group.commands { command.deliver() }
          owner.value?.onSynced?(group.eventHigh)
        }
      }
    } onFailed: { reason in
      loop.post { owner.value?.onFatal?(reason) }
    }
  }

  /// One group, on the store's thread.
  ///
  /// - Returns: the group, which is committed and may be synced.
  /// - Throws: the store cannot go on.
  private static func workOff(
    _ items: [Item], _ store: JobStore, _ group: GroupCommit, _ progress: CommitProgress, _ time: any TimeSource,
    onCommitted: (GroupOutcome) -> Void
  ) throws -> SyncService.Group {
    let commands = items.compactMap { if case .command(let command) = $0 { command } else { nil } }
    let before = store.totalChanges
    let number = progress.begin()
    let outcome = try group.run(commands, now: time.utcMs)
    let isChange = store.totalChanges != before
    onCommitted(outcome)
    return SyncService.Group(
      commands: commands, number: number, eventHigh: outcome.eventHigh, isChange: isChange)
  }

  /// What brings its own transactions, on the store's thread.
  ///
  /// - Throws: the store cannot go on.
  private static func workOffAlone(
    _ items: [Item], _ store: JobStore, _ progress: CommitProgress, _ time: any TimeSource
  ) throws -> [SyncService.Group] {
    try items.compactMap { item in
      guard case .alone(let command) = item else { return nil }
      let number = progress.begin()
      command.run(on: store, now: time.utcMs)
      if let reason = store.removalCommitUnknown { throw StoreError.failed(reason) }
      return SyncService.Group(commands: [command], number: number, eventHigh: store.eventHigh, isChange: true)
    }
  }

  /// Hands a command to the store; `then` is called on the loop when its outcome is on disk.
  ///
  /// - Parameters:
  ///   - taints: the lease that accepts only its end when the command is refused.
  func perform<Outcome: Sendable>(
    taints claim: LeaseClaim? = nil, _ body: @escaping @Sendable (JobStore, Int64) throws -> Outcome,
    then: @escaping (Result<Outcome, StoreError>) -> Void
  ) {
    collect(.command(Command(body: body, taints: claim, then: then)))
  }

  /// Hands over something that is no member of a group: it runs between two, and everybody waits for it. `then` is called
  /// on the loop when what it has done is on disk.
  func alone<Outcome: Sendable>(
    _ body: @escaping @Sendable (JobStore, Int64) throws -> Outcome,
    then: @escaping (Result<Outcome, StoreError>) -> Void
  ) {
    collect(.alone(Command(body: body, isAlone: true, taints: nil, then: then)))
  }

  /// Hands over a command that nobody can take back: unless it is refused it is tried again and again, while the disk is
  /// full or another program holds the store, say.
  func insist(_ body: @escaping @Sendable (JobStore, Int64) throws -> Void, then: @escaping () -> Void = {}) {
    perform(body) { [weak self] result in
      guard case .failure(let error) = result, let self else { return then() }
      if case .refused = error { return then() }
      onTrouble?("what has to be written is tried again: \(error)")
      loop.after(ms: GroupCommit.retryMs) { [weak self] in self?.insist(body, then: then) }
    }
  }

  /// Has the store look whether something can be leased.
  func dispatch() {
    collect(.dispatch)
  }

  /// Has the store begin its log anew, after what was collected before.
  func beginNewLog(after rest: CheckpointService.Rest) {
    collect(.beginNewLog(rest))
  }

  private static func beginNewLog(of store: JobStore, _ rest: CheckpointService.Rest) {
    // A checkpoint that fails, on a full disk say, leaves a log that is whole, and longer until the next one.
    if case .somePages = rest { try? store.checkpoint() }
    store.beginNewLog()
  }

  /// What comes in during one turn of the loop goes to the store together, unless it is much.
  private func collect(_ item: Item) {
    if collected.isEmpty { loop.atTurnEnd { [self] in hurry() } }
    collected.append(item)
    if collected.count >= BrokerLimits.commandsPerHandOver { hurry() }
  }

  /// Hands over what was collected so far, before the end of the turn.
  func hurry() {
    thread.add(collected)
    collected = []
  }

  /// Works off what is there and ends the threads. Blocks.
  func stop() {
    hurry()
    thread.stop()
    thread.join()
    syncs.stop()
  }
}

/// A command on its way to the store's thread and back.
///
/// Unchecked `Sendable`: `then` is made and called on the loop only; `outcome` is written by the store's thread before
/// it hands the command back through the loop's inbox, whose lock orders the two.
private final class Command<Outcome: Sendable>: StoreCommand, @unchecked Sendable {
  private let body: @Sendable (JobStore, Int64) throws -> Outcome
  private let isAlone: Bool
  private let claim: LeaseClaim?
  private let then: (Result<Outcome, StoreError>) -> Void
  private var outcome: Result<Outcome, StoreError>?

  init(
    body: @escaping @Sendable (JobStore, Int64) throws -> Outcome, isAlone: Bool = false, taints claim: LeaseClaim?,
    then: @escaping (Result<Outcome, StoreError>) -> Void
  ) {
    self.body = body
    self.isAlone = isAlone
    self.claim = claim
    self.then = then
  }

  func run(on store: JobStore, now: Int64) {
    do {
      outcome = .success(isAlone ? try body(store, now) : try store.attempt { try body($0, now) })
    } catch {
      let error = StoreError(error)
      outcome = .failure(error)
      if case .refused = error, let claim { taint(claim, on: store) }
    }
  }

  private func taint(_ claim: LeaseClaim, on store: JobStore) {
    do {
      try store.attempt { try $0.taint(claim) }
    } catch {
      outcome = .failure(StoreError(error))
    }
  }

  func abandon(_ error: StoreError) {
    outcome = .failure(error)
  }

  func deliver() {
    then(outcome ?? .failure(.failed("the command was not run")))
  }
}

/// Carries a value that is not `Sendable` to the thread that will own it.
///
/// Unchecked `Sendable`: `value` is set before the thread exists and taken by it once.
final class Handover<Value>: @unchecked Sendable {
  private var value: Value?

  init(_ value: sending Value) {
    self.value = value
  }

  func take() -> Value {
    guard let value else { preconditionFailure("taken twice") }
    self.value = nil
    return value
  }
}

/// A weak reference that other threads may carry but only the loop may look into.
///
/// Unchecked `Sendable`: `value` is read in closures posted to the loop and written in `init`, on the loop.
final class LoopReference<Value: AnyObject>: @unchecked Sendable {
  private(set) weak var value: Value?

  init(_ value: Value) {
    self.value = value
  }
}
