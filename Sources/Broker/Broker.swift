package import EventLoop
import FileSystem
import JSON
import JobModel
package import JobStore
import Varlink
import Wire

/// The broker: connections, workers, watchers on one loop; the store, the reader and the uploads each on its thread.
///
/// Confined to its loop, but for `init` and `start`, which run before anybody connects.
package final class Broker {
  /// How loud a line of the broker's own log is.
  package enum LogLevel: Sendable { case info, warning, error }

  let options: BrokerOptions
  let loop: EventLoop
  let store: StoreService
  let reads: ReadService
  let uploads: UploadService
  let maintenance: MaintenanceService
  let pruning: PruneService
  let watches: WatchRegistry
  let file: StoreFile
  let room: RoomForWork
  let blobs: BlobFiles
  let socketPath: String
  let version: String
  let startedMs: Int64
  let certification: CertificationDesk
  private let recipes: RecipeService
  private let checkpoints: CheckpointService
  private let service: Service
  private let ownUser: UInt32
  /// Makes the tokens of sessions.
  let token: () -> String
  private let onLog: (LogLevel, String) -> Void
  private let onDrain: (Int64) -> Void
  private let onStopped: (Int32) -> Void

  private(set) var sessions: [Int: ClientSession] = [:]
  var workers: [String: WorkerSession] = [:]
  private var sessionsMade = 0
  private lazy var leaseTimer = LeaseTimer(options, broker: self)
  private var dueTimer: Timer?
  private var graceTimer: Timer?
  private var drainTimer: Timer?
  /// When it fires, ms of the monotonic clock.
  private var drainDueMs: Int64?
  private(set) var isDraining = false
  private var isStopped = false
  private var troubleToldMs: Int64?

  /// What a broker needs from the process that it runs in.
  package struct Setting {
    package var socketPath: String
    package var version: String
    package var user: UInt32
    /// Makes 128 random bits, as 32 hexadecimal digits.
    package var token: () -> String
    /// A line for the broker's own log.
    package var onLog: (LogLevel, String) -> Void
    /// The broker begins to stop and waits for so many milliseconds.
    package var onDrain: (Int64) -> Void
    /// The broker has stopped; the argument is the exit status.
    package var onStopped: (Int32) -> Void

    package init(
      socketPath: String, version: String, user: UInt32, token: @escaping () -> String = randomToken,
      onLog: @escaping (LogLevel, String) -> Void, onDrain: @escaping (Int64) -> Void,
      onStopped: @escaping (Int32) -> Void
    ) {
      self.socketPath = socketPath
      self.version = version
      self.user = user
      self.token = token
      self.onLog = onLog
      self.onDrain = onDrain
      self.onStopped = onStopped
    }
  }

  /// Starts the threads around an open store. Called on the loop.
  ///
  /// - Throws: `StoreError`, `IOError`.
  package init(store opened: sending JobStore, on loop: EventLoop, options: BrokerOptions, _ setting: Setting) throws {
    self.options = options
    self.loop = loop
    startedMs = loop.time.utcMs
    (socketPath, version, ownUser, token) = (setting.socketPath, setting.version, setting.user, setting.token)
    (onLog, onDrain, onStopped) = (setting.onLog, setting.onDrain, setting.onStopped)
    (file, blobs) = (opened.file, opened.blobs)
    room = RoomForWork(of: file, loop: loop)
    let (historyID, eventHigh) = (opened.historyID, opened.eventHigh)
    let (inGrace, isRestored) = (try opened.leasesInGrace(), opened.isRestored)
    let isRemovalCutOff = try !opened.jobsBeingRemoved().isEmpty
    let progress = CommitProgress()
    checkpoints = CheckpointService()
    store = StoreService(
      loop: loop, progress: progress, checkpoints: checkpoints, pagesPerCheckpoint: options.pagesPerCheckpoint)
    reads = ReadService(loop: loop, progress: progress)
    uploads = UploadService(loop: loop, store: store, blobs: blobs)
    maintenance = MaintenanceService(loop: loop)
    watches = WatchRegistry(reads: reads, historyID: historyID, eventHigh: eventHigh)
    pruning = PruneService(
      store: store, reads: reads, uploads: uploads, maintenance: maintenance, watches: watches, time: loop.time,
      file: file, blobs: blobs, log: { setting.onLog(.error, $0) })
    certification = CertificationDesk()
    recipes = RecipeService(loop: loop, store: store, reads: reads, token: token())
    service = try Service(
      Service.Info(vendor: "genbroker", product: "genbroker", version: version, url: "https://genbroker.invalid"),
      interfaces: BrokerInterfaces.all())
    try startThreads(opened)
    startTimers()
    if isRestored { log(.info, "the store is a backup: its leases are over, and cursors of before do not fit it") }
    wait(for: inGrace)
    if isRemovalCutOff { pruning.goOn() }
  }

  private func startThreads(_ opened: sending JobStore) throws {
    let reader = try StoreReader(file: file, blobs: blobs)
    store.onCommitted = { [weak self] in self?.committed($0) }
    store.onSynced = { [weak self] in self?.synced(eventHigh: $0) }
    store.onFatal = { [weak self] in self?.fatal($0) }
    store.onTrouble = { [weak self] in self?.logTrouble($0) }
    let movedLog = LoopReference(store)
    try checkpoints.start(file, longest: options.logPagesMax, by: loop.threads) { [loop] rest in
      loop.post { movedLog.value?.beginNewLog(after: rest) }
    }
    try store.start(opened)
    try reads.start(reader)
    try uploads.start()
    try recipes.start()
    recipes.onIdle = { [weak self] in self?.stopIfDrained() }
  }

  private func startTimers() {
    // What workers have sent meanwhile may not be here yet, and they may have slept as well.
    loop.onPause = { [weak self] lateMs in
      guard let self else { return }
      log(.info, "the broker stood still for \(lateMs) ms")
      for session in sessions.values { session.excuse() }
    }
    leaseTimer.start(on: loop)
    dueTimer = Timer(on: loop) { [weak self] in self?.store.dispatch() }
    // Tasks that wait for their time are found by the first look.
    store.dispatch()
  }

  /// Gives the workers of before a restart time to come back. Those whose process is gone will not.
  private func wait(for leases: [JobStore.LeaseInGrace]) {
    let gone = leases.filter { $0.isOfBroker || $0.pid.map(processExists) == false }
    if !gone.isEmpty {
      log(.info, "\(gone.count) leases are over: their workers are gone")
      endGrace(of: Set(gone.map(\.lease)))
    }
    guard gone.count < leases.count else { return }
    log(.info, "\(leases.count - gone.count) leases wait \(options.graceMs) ms for their workers")
    graceTimer = loop.after(ms: options.graceMs) { [weak self] in self?.endGrace(of: nil) }
  }

  private func endGrace(of leases: Set<LeaseID>?) {
    store.insist { try $0.endGrace(of: leases, now: $1) }
  }

  func log(_ level: LogLevel, _ line: String) { onLog(level, line) }

  /// Tells of trouble that is no caller's fault; when there is one in many calls, from time to time.
  func logTrouble(_ line: String) {
    let now = loop.time.monotonicMs
    guard troubleToldMs.map({ now - $0 >= BrokerLimits.troubleRepeatMs }) ?? true else { return }
    troubleToldMs = now
    log(.error, line)
  }

  /// Whether a user sees everybody's jobs.
  func seesAll(_ user: UInt32) -> Bool { user == ownUser || user == UserID.root.value }

  // MARK: Connections

  /// The connections of a user.
  func sessions(of uid: UInt32) -> [ClientSession] { sessions.values.filter { $0.peer.uid == uid } }

  /// Takes a new connection.
  package func accept(_ connection: Connection) {
    let ofUser = sessions(of: connection.peer.uid).count
    guard sessions.count < options.connectionsMax, ofUser < BrokerLimits.connectionsPerUserMax else {
      log(.warning, "refused a connection of uid \(connection.peer.uid): it has \(ofUser), all have \(sessions.count)")
      connection.close()
      return
    }
    sessionsMade += 1
    let session = ClientSession(connection, number: sessionsMade, broker: self)
    sessions[session.number] = session
    session.start()
  }

  /// A connection will bring nothing more; what came is still worked off.
  func connectionEnding(_ session: ClientSession) {
    watches.callerEnded(session)
    // The end of either connection of a worker ends both; what is left in the data connection is read first.
    if let worker = session.attended {
      worker.attend = nil
      worker.data.readRest()
    }
  }

  /// Everything that came over a connection is with the store.
  func connectionEnded(_ session: ClientSession) {
    for upload in session.uploads.values { uploads.abandon(upload) }
    session.uploads.removeAll()
    guard let worker = session.worker else { return }
    session.worker = nil
    workers[worker.token] = nil
    worker.attend?.session.disconnect()
    worker.attend = nil
    let token = worker.token
    // It gets no more leases, whatever becomes of those that it had.
    store.perform { store, _ in
      store.closeSession(token)
    } then: { _ in
    }
    store.insist {
      try $0.endSession(token, now: $1)
    } then: { [weak self] in
      self?.stopIfDrained()
    }
    // Its tasks wait for others: the store begins while the rest of this turn is done here.
    store.hurry()
    log(
      .info,
      "worker '\(visible(worker.name))' (\(worker.kind), pid \(worker.pid)) has left with \(worker.held.count) leases")
  }

  func connectionClosed(_ number: Int) {
    sessions[number] = nil
  }

  // MARK: What the store brings

  private func committed(_ outcome: GroupOutcome) {
    for effect in outcome.effects {
      switch effect {
      case .granted(let grant): give(grant)
      case .revoked(let token, let lease): take(lease, from: token)
      case .ask(let token, let lease): workers[token]?.tellToAsk(lease)
      }
    }
    schedule(nextDueMs: outcome.nextDueMs)
  }

  private func synced(eventHigh: Int64) {
    reads.synced()
    watches.synced(eventHigh: eventHigh)
  }

  private func schedule(nextDueMs: Int64?) {
    guard let nextDueMs else {
      dueTimer?.cancel()
      return
    }
    dueTimer?.start(afterMs: max(nextDueMs - loop.time.utcMs, 1))
  }

  private func give(_ grant: LeaseGrant) {
    if grant.session == recipes.token { return recipes.take(grant) }
    // A worker that has just gone ends this lease by the end of its session, which is on its way to the store.
    guard let worker = workers[grant.session] else { return }
    hold(
      grant.lease, worker, job: grant.job, owner: grant.owner, key: grant.key,
      timeoutMs: grant.timeoutMs)
    worker.tell(WorkerAPI.Lease(grant))
  }

  private func take(_ lease: LeaseID, from token: String) {
    if token == recipes.token { recipes.drop(lease) }
    guard let worker = workers[token] else { return }
    worker.drop(lease)
    worker.tellCancelled(lease)
    stopIfDrained()
  }

  /// A worker came back with leases of before a restart.
  func adopt(_ leases: [JobStore.ResumedLease], _ worker: WorkerSession) {
    for lease in leases {
      hold(
        lease.lease, worker, job: lease.job, owner: lease.owner, key: lease.key,
        timeoutMs: lease.timeoutMs)
    }
  }

  private func hold(
    _ lease: LeaseID, _ worker: WorkerSession, job: JobID, owner: UserID, key: String, timeoutMs: Int64?
  ) {
    let deadline = timeoutMs.map { loop.time.monotonicMs + $0 + options.timeoutMarginMs }
    worker.hold(
      lease, WorkerSession.Held(job: job, owner: owner, key: key, deadlineMs: deadline))
    leaseTimer.leaseGiven(deadlineMs: deadline)
  }

  /// A worker has ended a lease by itself.
  func leaseEnded(_ lease: LeaseID, of worker: WorkerSession) {
    worker.drop(lease)
    stopIfDrained()
  }

  /// Tells the store how many leases a worker can be given now; again until it has heard it.
  func offerSlots(of worker: WorkerSession, then: @escaping () -> Void = {}) {
    let isServed = !isDraining && !worker.isSilent && worker.attend != nil
    let (token, slots) = (worker.token, isServed ? worker.slots : 0)
    store.perform { store, _ in
      store.setSlots(token, slots)
    } then: { [weak self] result in
      guard case .failure = result, let self, workers[token] != nil else { return then() }
      // With what it can be given by then.
      loop.after(ms: GroupCommit.retryMs) { [weak self] in self?.offerSlots(of: worker, then: then) }
    }
  }

  /// A worker that holds leases was silent for too long: they go to others, and it gets no more until it is heard.
  /// Otherwise it would lose one task after the other, each as if the task had killed it.
  func becameSilent(_ worker: WorkerSession) {
    worker.isSilent = true
    offerSlots(of: worker)
    for lease in worker.held.keys {
      expire(lease, of: worker, "the worker was silent for \(options.silenceMaxMs) ms")
    }
  }

  /// A worker that had become silent is back.
  func heardAgain(_ worker: WorkerSession) {
    worker.isSilent = false
    log(.info, "worker '\(visible(worker.name))' is heard again")
    offerSlots(of: worker)
  }

  /// Ends a lease because of its worker's silence or the task's time.
  func expire(_ lease: LeaseID, of worker: WorkerSession, _ reason: String) {
    log(.warning, "lease \(lease) of worker '\(visible(worker.name))' is over: \(reason)")
    store.insist { try $0.expire(lease, message: reason, now: $1) }
    worker.drop(lease)
  }

  // MARK: The service's own interface

  func answerService(_ call: Varlink.Call, _ reply: ReplyHandle) {
    do {
      guard let write = try service.answer(call) else { return reply.fail(.methodNotFound(call.method)) }
      reply.done(writing: write)
    } catch {
      reply.fail(error)
    }
  }

  // MARK: The end

  /// Gives no more leases and stops when the running ones have ended, or after the time; without one, however long that
  /// takes. Asked again, it stops at the earlier of the times.
  package func drain(timeoutMs: Int64?) {
    if let timeoutMs { stop(afterMs: max(timeoutMs, 0)) }
    guard !isDraining else { return }
    isDraining = true
    onDrain(timeoutMs.map { max($0, 0) } ?? .max)
    for worker in workers.values { offerSlots(of: worker) }
    recipes.drain()
    stopIfDrained()
  }

  private func stop(afterMs ms: Int64) {
    let due = loop.time.monotonicMs + min(ms, Timer.longestDelayMs)
    guard !isStopped, due < drainDueMs ?? .max else { return }
    drainDueMs = due
    drainTimer?.cancel()
    drainTimer = loop.after(ms: ms) { [weak self] in self?.stop() }
  }

  var leasesOut: Int { workers.values.reduce(0) { $0 + $1.held.count } + (recipes.isBusy ? 1 : 0) }

  private func stopIfDrained() {
    if isDraining, leasesOut == 0 { stop() }
  }

  /// Stops now: what was handed to the store is committed and answered, then the threads end. Leases that are out wait
  /// for the next start.
  package func stop() {
    guard !isStopped else { return }
    isStopped = true
    isDraining = true
    dueTimer?.cancel()
    drainTimer?.cancel()
    graceTimer?.cancel()
    leaseTimer.cancel()
    watches.endAll()
    // The last command: when it is answered, all earlier ones are.
    store.perform { _, _ in
      ()
    } then: { [weak self] _ in
      self?.finish(status: 0)
    }
  }

  private func finish(status: Int32) {
    loop.onPause = nil
    reads.stop()
    uploads.stop()
    recipes.stop()
    checkpoints.stop()
    maintenance.stop()
    store.stop()
    for session in sessions.values { session.disconnect() }
    // The next turn: at the end of this one the last answers are sent.
    let onStopped = LoopCallback(onStopped)
    loop.post { onStopped.call(status) }
  }

  /// It is not known what is on disk: nobody may be answered any more. The next start finds out.
  private func fatal(_ reason: String) {
    log(.error, "the store failed: \(reason)")
    onStopped(5)
  }
}
