import EventLoop
import JobStore

/// The store on its own thread: commands go there, outcomes come back to the loop.
///
/// While the thread is in one sync, commands pile up; then it takes all of them as one group. Leases leave before the
/// sync of what they rest on, acknowledgements after it.
///
/// Confined to the loop but for what runs inside the thread's closures.
final class StoreService {
  /// Called on the loop with what a group has brought, before its sync.
  var onCommitted: ((GroupOutcome) -> Void)?
  /// Called on the loop when a group is on disk, after its outcomes were told.
  var onSynced: ((_ eventHigh: Int64) -> Void)?
  /// Called on the loop when the store cannot go on: nobody may be answered any more.
  var onFatal: ((String) -> Void)?

  private enum Item: Sendable {
    case command(any StoreCommand)
    /// One that brings its own transactions.
    case alone(any StoreCommand)
    /// Look whether something can be leased.
    case dispatch
    /// The log is in the database: begin it anew.
    case beginNewLog
  }

  private let loop: EventLoop
  private let thread = SerialThread<Item>()
  private let progress: CommitProgress
  private let checkpoints: CheckpointService
  private var collected: [Item] = []

  init(loop: EventLoop, progress: CommitProgress, checkpoints: CheckpointService) {
    self.loop = loop
    self.progress = progress
    self.checkpoints = checkpoints
  }

  /// Starts the thread. The store is handed over: from here on only the thread touches it.
  func start(_ store: sending JobStore) throws(IOError) {
    let box = Handover(store)
    let loop = loop
    let progress = progress
    let checkpoints = checkpoints
    // Only the loop looks into `owner`, in the closures that are posted to it.
    let owner = LoopReference(self)
    try thread.start(name: "store", by: loop.threads) {
      let store = box.take()
      let group = GroupCommit(store)
      var pages = 0
      var hasFailed = false
      return { items in
        // After a commit of which nobody knows whether it happened, another one would rest on what may not be there.
        guard !hasFailed else { return }
        hasFailed = !StoreService.workOff(items, store, group, progress, loop.time) { step in
          loop.post {
            switch step {
            case .committed(let outcome): owner.value?.onCommitted?(outcome)
            case .synced(let commands, let number, let eventHigh):
              progress.synced(number)
              for command in commands { command.deliver() }
              owner.value?.onSynced?(eventHigh)
            case .fatal(let reason): owner.value?.onFatal?(reason)
            }
          }
        }
        pages += store.takePagesWritten()
        if pages >= BrokerLimits.pagesPerCheckpoint {
          pages = 0
          checkpoints.run()
        }
      }
    }
  }

  private enum Step: Sendable {
    case committed(GroupOutcome)
    case synced([any StoreCommand], number: Int, eventHigh: Int64)
    case fatal(String)
  }

  /// One group, on the store's thread.
  ///
  /// - Returns: whether the store can go on.
  private static func workOff(
    _ items: [Item], _ store: JobStore, _ group: GroupCommit, _ progress: CommitProgress, _ time: any TimeSource,
    tell: (Step) -> Void
  ) -> Bool {
    let commands = items.compactMap { if case .command(let command) = $0 { command } else { nil } }
    var logIsMoved = false
    for case .beginNewLog in items { logIsMoved = true }
    do {
      let before = store.totalChanges
      let number = progress.begin()
      let outcome = try group.run(commands, now: time.utcMs)
      tell(.committed(outcome))
      if store.totalChanges != before { try store.sync() }
      tell(.synced(commands, number: number, eventHigh: outcome.eventHigh))
      for case .alone(let command) in items {
        let number = progress.begin()
        command.run(on: store, now: time.utcMs)
        try store.sync()
        tell(.synced([command], number: number, eventHigh: outcome.eventHigh))
      }
      if logIsMoved { store.beginNewLog() }
      return true
    } catch {
      tell(.fatal(String(describing: error)))
      return false
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

  /// Hands over a command that nobody can take back: while the disk is full it is tried again and again.
  func insist(_ body: @escaping @Sendable (JobStore, Int64) throws -> Void, then: @escaping () -> Void = {}) {
    perform(body) { [weak self] result in
      guard case .failure(let error) = result, error.isPassing, let self else { return then() }
      loop.after(ms: GroupCommit.retryMs) { [weak self] in self?.insist(body, then: then) }
    }
  }

  /// Has the store look whether something can be leased.
  func dispatch() {
    collect(.dispatch)
  }

  /// Has the store begin its log anew, after what was collected before.
  func beginNewLog() {
    collect(.beginNewLog)
  }

  /// What comes in during one turn of the loop goes to the store together.
  private func collect(_ item: Item) {
    if collected.isEmpty { loop.atTurnEnd { [self] in hurry() } }
    collected.append(item)
  }

  /// Hands over what was collected so far, before the end of the turn.
  func hurry() {
    thread.add(collected)
    collected = []
  }

  /// Works off what is there and ends the thread. Blocks.
  func stop() {
    hurry()
    thread.stop()
    thread.join()
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
