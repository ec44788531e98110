import CSimulatedDisk
import EventLoop
import StoreSupport
package import TestSupport
import Wire

/// One simulated machine: a broker, users, watchers and workers, a disk and a clock, all from one seed.
///
/// In every step one thing happens, chosen by the seed: one turn of the broker's loop, one batch of one of its threads,
/// something that a client does, time that passes, or a fault. After every step the history is held against what may
/// happen, and everything that was acknowledged against the store.
package final class World {
  static let submissionsMax = 5

  package var random: SeededRandom
  let time = SimulatedTime()
  let disk: SimulatedDisk
  package let host: BrokerHost
  let ledger = Ledger()
  let history = HistoryModel()
  private(set) var users: [SimulatedUser] = []
  private(set) var watchers: [SimulatedWatcher] = []
  private(set) var workers: [SimulatedWorker] = []
  package private(set) var tally = Tally()
  /// Whether faults and starts are printed.
  package var isTalking = false
  private var faults: FaultPlan
  private var connections: Int32 = 0

  package init(seed: UInt64, steps: Int, template: SimulatedDisk?) {
    random = SeededRandom(seed: seed)
    let name = "simulated-\(seed)"
    disk = SimulatedDisk(seed: random.next(), name: name, copyOf: template)
    host = BrokerHost(disk: disk, time: time, seed: random.next())
    faults = FaultPlan(&random, steps: steps)
    users = [BrokerHost.ownUser, 2_001].map { SimulatedUser(uid: $0, in: self) }
    watchers = [BrokerHost.ownUser, 2_001].map { SimulatedWatcher(uid: $0, in: self) }
    let owners: [UInt32] = [BrokerHost.ownUser, BrokerHost.ownUser, 2_001]
    workers = owners.enumerated().map { index, uid in
      SimulatedWorker(number: index, uid: uid, kind: Specs.kinds[index % 2], in: self)
    }
  }

  /// Lets go of everything, after the last step.
  package func dismiss() {
    ledger.look = nil
    host.die(power: false)
    (users, watchers, workers) = ([], [], [])
  }

  /// Says what happens, to who looks at one seed.
  private func tell(_ text: @autoclosure () -> String) {
    if isTalking { print(text()) }
  }

  // MARK: Chance

  func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
  func chance(_ percent: Int) -> Bool { random.chance(percent: UInt64(percent)) }

  // MARK: What clients use

  /// Counts what a client was told.
  func tell(of name: String, _ times: Int = 1) { tally.count(told: name, times) }

  func connect(uid: UInt32) throws -> Line? {
    connections += 1
    return try host.connect(uid: uid, pid: connections).map { Line($0) }
  }

  // MARK: Running

  /// Runs the steps, then lets everything come to its end, and checks the store.
  package func run(steps: Int) throws {
    try start()
    for step in 0..<steps {
      if let fault = faults.next(at: step) { try strike(fault) }
      try self.step()
      try afterStep()
    }
    try finish()
    tally.add(disk.counts)
    tally.add(pairs: history.pairs)
    tally.count(told: "facts", ledger.facts.count)
    tally.count(told: "leases", ledger.leasesGiven)
    tally.seeds = 1
  }

  private func step() throws {
    switch below(100) {
    case 0..<20: host.life?.loop.turn()
    case 20..<50: runThread()
    case 50..<77: try random.element(of: workers).act()
    case 77..<89: try random.element(of: users).act()
    case 89..<93: try random.element(of: watchers).act()
    case 93..<98: time.pass(ms: Int64(below(60)))
    default: time.pass(ms: Int64(below(15_000)))
    }
  }

  private func runThread() {
    guard let life = host.life else { return }
    let waiting = life.threads.threads.filter(\.hasWork)
    guard !waiting.isEmpty else { return life.loop.turn() }
    disk.setUTC(ms: time.utcMs)
    let thread = random.element(of: waiting)
    guard chance(50), !isStopping else { return thread.runBatch() }
    // The loop and another thread go on while this one waits for the disk.
    var isMeanwhile = false
    disk.run(thread.runBatch) { [self] in
      guard !isMeanwhile, chance(20) else { return }
      isMeanwhile = true
      defer { isMeanwhile = false }
      life.loop.turn()
      let others = life.threads.threads.filter { $0 !== thread && $0.hasWork }
      guard !others.isEmpty else { return }
      random.element(of: others).runBatch()
      life.loop.turn()
    }
  }

  /// What has to be true after every step.
  private func afterStep() throws {
    tally.steps += 1
    time.pass(ms: disk.takeElapsedMs())
    if disk.isOff { return try dieOfFault() }
    guard let life = host.life else { return try start() }
    if life.status != nil {
      // It has ended by itself: it was told to, or it does not know what is on its disk.
      tally.count(fault: life.status == 0 ? "stops" : "gave up")
      tell("step \(tally.steps): the broker has ended with status \(life.status ?? 0): \(host.log.last ?? "")")
      ledger.look = nil
      host.bury()
      strikeAtStart()
      return try start()
    }
    if let look = life.look, try history.follow(look) { try checkState(look) }
  }

  /// What follows from the history, and what holds at any time.
  private func checkState(_ look: Look) throws {
    try history.check(look)
    let shared = try look.texts(
      """
      SELECT 'collection ' || collection || ', place ' || position FROM collection_item
      GROUP BY collection, position HAVING count(*) > 1
      """)
    guard shared.isEmpty else { throw Violation("several files share a place: \(shared)") }
  }

  // MARK: Faults

  private func strike(_ fault: Fault) throws {
    tally.count(fault: fault.name)
    tell("step \(tally.steps): \(fault)")
    switch fault {
    case .disk(let kind, let after, let calls): disk.plan(kind, after: after, calls: calls)
    case .powerFailure(let after): plannedDeath(after, power: true)
    case .kill(let after): plannedDeath(after, power: false)
    case .workerDies: random.element(of: workers).breakOff()
    case .userBreaksOff: random.element(of: users).breakOff()
    case .watcherBreaksOff: random.element(of: watchers).breakOff()
    case .slowDisk(let ms): disk.setSyncMs(ms)
    case .clockJumps(let ms): time.jump(ms: ms)
    case .pause(let ms): time.pass(ms: ms)
    case .stop:
      isStopping = true
      host.stop()
    }
  }

  private var dyingTakesPower = false
  /// A broker that stops waits for its threads, which nothing of it can do while it is inside one of them.
  private var isStopping = false

  private func plannedDeath(_ after: Int, power: Bool) {
    dyingTakesPower = power
    disk.plan(SIMDISK_POWER_FAILS, after: after)
  }

  private func dieOfFault() throws {
    tell("step \(tally.steps): the power is off, \(dyingTakesPower ? "for the machine" : "for the broker alone")")
    ledger.look = nil
    host.die(power: dyingTakesPower)
    strikeAtStart()
    try start()
  }

  private var isStruckAtStart = false

  /// Troubles do not come alone: what a start finds is dealt with in ways of its own, and the power can fail in these too.
  private func strikeAtStart() {
    guard !isFinishing, chance(10) else { return }
    isStruckAtStart = true
    tally.count(fault: "power failure at a start")
    tell("step \(tally.steps): the power is going to fail at the start")
    plannedDeath(below(40), power: true)
  }

  /// Starts the broker, as often as the disk makes it necessary, and holds the store against all that was told.
  private func start() throws {
    isStopping = false
    for _ in 0..<20 {
      do {
        try host.start()
        break
      } catch {
        tell("step \(tally.steps): the broker does not start: \(error)")
        // A fault that lasts: the machine is repaired before the next try.
        host.die(power: disk.isOff && dyingTakesPower)
        tally.count(fault: "starts that failed")
      }
    }
    // A start that was over before is spared.
    if isStruckAtStart { disk.endFaults() }
    isStruckAtStart = false
    guard let look = host.life?.look else { throw Violation("the broker does not start any more") }
    ledger.look = look
    history.forget()
    tell("step \(tally.steps): start number \(host.starts), with \(ledger.facts.count) facts to keep")
    try history.follow(look)
    try checkState(look)
    try ledger.verifyAll(look)
  }

  // MARK: The end

  private var isFinishing = false

  /// No more faults: honest workers bring everything to its end.
  private func finish() throws {
    isFinishing = true
    disk.endFaults()
    disk.setSyncMs(0)
    if disk.isOff { try dieOfFault() }
    for worker in workers { worker.becomeHonest() }
    var isOnceMore = false
    for round in 0..<World.roundsToEnd {
      for user in users {
        if round % 8 == 0 { try user.letRun() }
        try user.exchange()
      }
      for worker in workers { try worker.exchange() }
      for watcher in watchers { try watcher.act() }
      try turnUntilQuiet()
      if try hasEnded() {
        try checkEnd()
        if isOnceMore {
          try goBackTwice()
          return try checkLists()
        }
        // What is done can be done once more.
        isOnceMore = true
        for user in users { try user.doMore() }
      }
      time.pass(ms: 1_000)
    }
    throw Violation("the work does not come to its end: \(try explainLeft())")
  }

  /// Whoever goes back twice is where he was.
  private func goBackTwice() throws {
    let before = try heads()
    for _ in 0..<2 {
      for user in users {
        try user.goBack()
        try waitForAnswers(of: user)
      }
    }
    guard try heads() == before else { throw Violation("going back twice has not led to where it began") }
    try checkEnd()
  }

  /// Users list exactly the files and records that are current, and no archived ones.
  private func checkLists() throws {
    for user in users {
      try user.list()
      try waitForAnswers(of: user)
    }
  }

  private func waitForAnswers(of user: SimulatedUser) throws {
    for _ in 0..<World.roundsToAnswer where !user.isAnswered {
      try user.exchange()
      try turnUntilQuiet()
    }
    guard user.isAnswered else { throw Violation("a user is not answered") }
  }

  /// The current files, with their bytes.
  private func heads() throws -> [String] {
    try host.life?.look?.texts(
      """
      SELECT r.project || ' ' || r.path || ' ' || hex(b.sha256) FROM result r JOIN blob b ON b.id = r.blob
      WHERE r.standing = 'head' ORDER BY r.project, r.path
      """) ?? []
  }

  private static let roundsToAnswer = 100

  /// Why what is left is not done, in the words of the broker.
  private func explainLeft() throws -> String {
    let jobs = try host.life?.look?.texts("SELECT id FROM job WHERE ended_ms IS NULL").compactMap { Int($0) } ?? []
    let tasks = try host.life?.look?.texts(
      "SELECT job || ':' || key || ' ' || kind || ' ' || state FROM task WHERE ended_ms IS NULL")
    var reasons: [String] = []
    guard let line = try connect(uid: BrokerHost.ownUser) else { return "no broker runs" }
    for job in jobs {
      line.call(JobsAPI.Explain(job: job)) { if case .reply(let reply) = $0 { reasons += reply.reasons } }
    }
    line.call(AdminAPI.Workers()) { if case .reply(let reply) = $0 { reasons += reply.workers.map { "\($0)" } } }
    line.send()
    try turnUntilQuiet()
    try line.receive()
    return "jobs \(jobs), tasks \(tasks ?? []); \(reasons.joined(separator: "; "))"
  }

  private static let roundsToEnd = 400

  private func turnUntilQuiet() throws {
    for _ in 0..<30 {
      guard let life = host.life else { return try start() }
      life.loop.turn()
      let waiting = life.threads.threads.filter(\.hasWork)
      if waiting.isEmpty { break }
      for thread in waiting { thread.runBatch() }
      try afterStep()
    }
    host.life?.loop.turn()
    try afterStep()
  }

  private func hasEnded() throws -> Bool {
    guard let look = host.life?.look, users.allSatisfy(\.isAnswered) else { return false }
    // Jobs whose submission was never answered may be open, or paused, and nobody knows of them.
    let known = users.flatMap(\.jobs)
    let open = try look.texts("SELECT id FROM job WHERE ended_ms IS NULL").compactMap { Int($0) }
    return open.allSatisfy { !known.contains($0) }
  }

  private func checkEnd() throws {
    guard let look = host.life?.look else { return }
    try history.follow(look)
    try checkState(look)
    try ledger.verifyAll(look)
    let findings = try host.check()
    try ledger.checkBudgets(look)
    guard findings.isEmpty else { throw Violation("the check of the store finds: \(findings)") }
  }
}
