private import CLibUV
private import CLinux
import Glibc
import Synchronization

/// A libuv loop on a thread of its own, as the executor of Swift actors.
///
/// An actor whose `unownedExecutor` is a loop runs on the loop's thread, so the callbacks of timers, sockets and
/// children can enter it with `assumeIsolated`. Everything else in this module (``Timer``, ``Connection``,
/// ``UnixListener``, ``ChildProcess``, ``SignalWatcher``) belongs to one loop and is used on its thread only.
///
/// One turn of the loop: sleep until something is ready; call the I/O callbacks; run the actor jobs that came; run the
/// timers that are due; run what was asked for with ``atTurnEnd(_:)``; send what was written. So everything that
/// arrived together can be committed, and answered, together; and sockets are always read before timers fire.
///
/// Unchecked `Sendable`, because: `inbox`, `owner`, `isOver` and `turnCount` synchronise themselves; `async` is passed
/// to `uv_async_send`, the one libuv function that any thread may call; all else is touched by the starting thread
/// before the loop's thread exists, and then by the loop's thread alone.
package final class EventLoop: SerialExecutor, @unchecked Sendable {
  /// Timers later than this mean that the process or machine stood still (suspend, `SIGSTOP`).
  package static let pauseThresholdMs: Int64 = 1000
  /// Bytes one read may take from the kernel.
  static let readBufferBytes = 256 * 1024

  let inbox = Inbox()
  private let name: String
  /// The clocks of everything that runs here.
  package let time: any TimeSource
  /// Who runs the serial threads of the program that this loop belongs to.
  package let threads: Threads
  private let owner = Atomic<UInt>(0)
  private let isOver = Latch()
  private let turnCount = Atomic<Int>(0)

  // Touched by the loop's thread only, once it runs.
  private let core: LoopCore
  let timers = TimerQueue()
  private var resources: [ObjectIdentifier: any LoopResource] = [:]
  private var turnEndBodies: [() -> Void] = []
  private var unsentStreams: [ByteStream] = []
  private var hasSeenPause = false
  private(set) var isStopping = false

  /// Called on the loop, before the timers, when they are late by more than ``pauseThresholdMs``: the argument says by
  /// how many milliseconds. The sockets are read once more before the timers fire.
  package var onPause: ((Int64) -> Void)? {
    get {
      preconditionInLoop()
      return pauseHook
    }
    set {
      preconditionInLoop()
      pauseHook = newValue
    }
  }
  private var pauseHook: ((Int64) -> Void)?

  /// Starts a loop on a new thread with this name (15 bytes of it are shown by `ps` and `top`).
  ///
  /// Ignores `SIGPIPE` and `SIGXFSZ` in the whole process: writing to a closed peer, or beyond the largest file that is
  /// allowed, is an error here, not a death. An inherited disposition of `SIGCHLD` that hides the ends of children is
  /// undone.
  ///
  /// - Parameters:
  ///   - ownsDescriptors: what the loop opens is known to its thread alone. The kernel closes it when that thread
  ///     ends, which of a killed process is sooner than when the last of its threads does. Nobody else in the process may
  ///     then use, or close, a descriptor of the loop's.
  ///   - time: the clocks; the monotonic one has to be the machine's, which ends the loop's sleep.
  package static func start(
    name: String, ownsDescriptors: Bool = false, time: any TimeSource = MachineTime()
  ) throws(IOError) -> EventLoop {
    linux_ignore_write_signals()
    linux_default_sigchld()
    let loop = EventLoop(name: name, core: try LoopCore(), time, .own)
    loop.core.attach(to: loop)
    try startThread(name: name) {
      // The loop's own handles are open already: other threads wake it by their copies.
      if ownsDescriptors { linux_own_descriptors() }
      loop.run()
    }
    return loop
  }

  private init(name: String, core: LoopCore, _ time: any TimeSource, _ threads: Threads) {
    self.name = name
    self.core = core
    self.time = time
    self.threads = threads
  }

  // MARK: Driven by hand

  /// A loop without a thread: the calling thread is the loop's, and runs one turn whenever it calls ``turn()``.
  ///
  /// For a simulation: nothing happens by itself, neither on the loop nor on the serial threads of what runs on it, and
  /// the time is what `time` says.
  package static func byHand(
    name: String, time: any TimeSource, threads: HandDrivenThreads
  ) throws(IOError) -> EventLoop {
    linux_ignore_write_signals()
    let loop = EventLoop(name: name, core: try LoopCore(), time, .byHand(threads))
    loop.core.attach(to: loop)
    loop.owner.store(UInt(pthread_self()), ordering: .relaxed)
    return loop
  }

  /// One turn of a loop that is driven by hand, without sleeping.
  package func turn() {
    preconditionInLoop()
    core.runWithoutSleep()
  }

  /// When the next timer is due, ms of the loop's monotonic clock; `nil` when none is set. On the loop.
  package var nextTimerMs: Int64? { timers.earliest }

  /// Ends a loop that is driven by hand, as the death of its program does: what was posted or enqueued is not run, what
  /// is unsent is not sent, what is open is closed.
  package func endByHand() {
    preconditionInLoop()
    isStopping = true
    _ = inbox.takeAll()
    turnEndBodies = []
    end()
  }

  // MARK: From any thread

  package func enqueue(_ job: consuming ExecutorJob) {
    submit(.job(UnownedJob(job)))
  }

  /// Runs a closure on the loop's thread, after everything posted or enqueued before it.
  package func post(_ body: @escaping @Sendable () -> Void) {
    submit(.body(body))
  }

  private func submit(_ work: Inbox.Work) {
    if inbox.add(work, fromLoop: isInLoop, wake: { core.wake() }) { startLateThread() }
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  /// Whether the calling thread is the loop's.
  package var isInLoop: Bool { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

  package func isIsolatingCurrentContext() -> Bool? { isInLoop }

  package func checkIsolated() { preconditionInLoop() }

  /// Traps unless the calling thread is the loop's.
  package func preconditionInLoop() {
    precondition(isInLoop, "this belongs to the event loop '\(name)' and was used on another thread")
  }

  /// How often the loop has woken up since its start.
  package var turns: Int { turnCount.load(ordering: .relaxed) }

  /// Asks the loop to end: closes every connection, listener, child and watcher that is still open, then its thread.
  /// Jobs that are enqueued later still run, one after the other, on a thread of their own.
  package func stop() {
    post { [self] in
      guard !isStopping else { return }
      isStopping = true
      core.leaveRun()
    }
  }

  /// Waits until the loop has ended after ``stop()``. Not to be called on the loop.
  package func join() {
    precondition(!isInLoop, "a loop cannot wait for its own end")
    isOver.wait()
  }

  /// ``stop()``, and waits for the end without blocking a thread.
  package func shutDown() async {
    stop()
    await withCheckedContinuation { continuation in isOver.whenOpen { continuation.resume() } }
  }

  // MARK: On the loop

  /// Runs a closure once at the end of this turn, after all that arrived together has been delivered.
  ///
  /// The place to commit and to answer what came in during the turn. Asked for at the end of a turn, it runs in the
  /// next one, which then comes at once.
  package func atTurnEnd(_ body: @escaping () -> Void) {
    preconditionInLoop()
    turnEndBodies.append(body)
  }

  /// A new libuv handle that reports readiness of `descriptor`.
  func makePoller(_ descriptor: Int32) throws(IOError) -> Poller {
    preconditionInLoop()
    return try core.makePoller(descriptor)
  }

  func makeSignalHandle() throws(IOError) -> SignalHandle {
    preconditionInLoop()
    return try core.makeSignalHandle()
  }

  /// Buffer for reads that are delivered before the next one begins.
  var readBuffer: UnsafeMutableRawBufferPointer { unsafe core.readBuffer }

  /// Keeps an open resource alive until it is closed, at the latest by the end of the loop.
  package func adopt(_ resource: any LoopResource) { resources[ObjectIdentifier(resource)] = resource }

  /// Lets go of a resource that is closed.
  package func release(_ resource: any LoopResource) { resources[ObjectIdentifier(resource)] = nil }

  /// Has `stream` send at the end of this turn.
  func sendAtTurnEnd(_ stream: ByteStream) { unsentStreams.append(stream) }

  // MARK: The thread

  private func run() {
    owner.store(UInt(pthread_self()), ordering: .relaxed)
    core.run()
    end()
  }

  private func end() {
    windDown()
    owner.store(0, ordering: .relaxed)
    let hasWork = inbox.endLoop()
    core.close()
    if hasWork { startLateThread() }
    isOver.open()
  }

  private func windDown() {
    // Closing calls back, and a callback may open something new: go round until nothing is left.
    while !resources.isEmpty || core.openHandles > 0 || !inbox.isEmpty || !turnEndBodies.isEmpty {
      for resource in Array(resources.values) { resource.close() }
      // What is left after this are closing handles, for which libuv does not sleep, and children that were killed,
      // whose end is an event.
      if resources.isEmpty || !inbox.isEmpty || !turnEndBodies.isEmpty { core.wake() }
      core.runOnce()
    }
    timers.removeAll()
    pauseHook = nil
  }

  /// Called by libuv after the I/O callbacks of a turn.
  func afterPoll() {
    turnCount.wrappingAdd(1, ordering: .relaxed)
    runInbox()
    runTimers()
    finishTurn()
  }

  /// Called by libuv before it sleeps.
  func beforePoll() {
    runInbox()
    finishTurn()
    // Without a thread there is no sleep to end.
    if case .own = threads { core.arm(timers.earliest) }
    if !inbox.isEmpty || !turnEndBodies.isEmpty || !unsentStreams.isEmpty { core.wake() }
  }

  private func runInbox() {
    for work in inbox.takeAll() { run(work) }
  }

  private func run(_ work: Inbox.Work) {
    switch work {
    case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
    case .body(let body): body()
    }
  }

  private func runTimers() {
    guard let earliest = timers.earliest else { return }
    let now = time.monotonicMs
    guard earliest <= now else { return }
    if now - earliest > Self.pauseThresholdMs, !hasSeenPause {
      // What peers sent while nobody looked is still in the kernel: the next turn, which comes at once because the
      // timer descriptor stays readable, reads it first.
      hasSeenPause = true
      pauseHook?(now - earliest)
      return
    }
    hasSeenPause = false
    timers.fire(now: now)
  }

  private func finishTurn() {
    let bodies = turnEndBodies
    turnEndBodies = []
    for body in bodies { body() }
    let streams = unsentStreams
    unsentStreams = []
    for stream in streams { stream.sendNow() }
  }

  /// Runs what is enqueued after the end, so that no task waits forever.
  private func startLateThread() {
    let started: Void? = try? startThread(name: "\(name)-late") { [self] in
      // There is one such thread at a time, and another may begin as soon as `takeLate` has answered nil.
      while let batch = inbox.takeLate() {
        owner.store(UInt(pthread_self()), ordering: .relaxed)
        for work in batch { run(work) }
        owner.store(0, ordering: .relaxed)
      }
    }
    precondition(started != nil, "no thread could be started for the jobs left by the event loop '\(name)'")
  }
}

/// Something open on a loop that has to be closed before the loop can end.
package protocol LoopResource: AnyObject {
  /// Gives everything back and has the loop release it; does nothing the second time.
  func close()
}
