import Digest
import JSON
import StoreSupport
import TestSupport
import Varlink
import Wire

/// A worker with its two connections: it works, repeats itself, falls silent, lies about its lease, breaks off and comes
/// back.
final class SimulatedWorker {
  /// A lease that the worker believes to hold.
  private final class Held {
    let id: Int
    let job: Int
    let key: String
    let isPlan: Bool
    let sample: Int
    /// Paths that the task has to commit before its end.
    var toDo: [String]
    /// What is committed, by path, as far as the worker was told.
    var committed: [String: SHA256Digest] = [:]
    /// Paths on their way.
    var unanswered = 0
    var isEnding = false

    init(_ lease: WorkerAPI.Lease) {
      (id, job, key) = (lease.lease, lease.job, lease.key)
      isPlan = lease.op == "plan"
      sample = lease.sample
      toDo = lease.outputs.isEmpty ? ["\(lease.key)/free"] : lease.outputs
      for item in lease.done { committed[item.path] = SHA256Digest(hex: item.sha256) }
      toDo.removeAll { committed[$0] != nil }
    }

    /// The task has a record as well, if it has none yet.
    func makeRecord() {
      let path = Specs.record(of: key)
      if committed[path] == nil { toDo.append(path) }
    }
  }

  private let number: Int
  private let uid: UInt32
  private let kind: String
  private let world: World
  private var data: Line?
  private var control: Line?
  private var session: String?
  private var oldSession: String?
  private var held: [Int: Held] = [:]
  /// Leases that are over, under which it may still write.
  private var past: [(id: Int, key: String)] = []
  /// Of its plugin; some tell none, and now and then there is another one.
  private var version: String?
  /// Until when it does nothing at all.
  private var silentUntilMs: Int64 = 0
  private var isHonest = false
  /// It has asked for as many leases as an honest worker does.
  private var hasSlots = false
  private let calls: SimulatedCalls

  init(number: Int, uid: UInt32, kind: String, in world: World) {
    self.number = number
    self.uid = uid
    self.kind = kind
    self.world = world
    version = number % 3 == 2 ? nil : "1"
    calls = SimulatedCalls(of: uid, in: world)
  }

  // MARK: Steps

  func act() throws {
    guard world.time.monotonicMs >= silentUntilMs else { return }
    guard let data, let control, data.isOpen, control.isOpen else { return try connect() }
    switch world.below(20) {
    case 0...6: try workOn(data)
    case 7: data.send(atMost: world.below(300) + 1)
    case 8...15: try transfer(data, control)
    case 16...18: misbehave(data)
    default:
      guard let session else { return }
      if world.chance(60) {
        calls.settle(session, data)
      } else {
        data.call(WorkerAPI.Heartbeat(session: session)) { _ in }
      }
    }
  }

  /// From now on it does what a worker should, and nothing else.
  func becomeHonest() {
    isHonest = true
    silentUntilMs = 0
  }

  /// Sends, takes in, and works on everything that it holds.
  func exchange() throws {
    guard let data, let control, data.isOpen, control.isOpen else { return try connect() }
    try transfer(data, control)
    if let session, !hasSlots {
      hasSlots = true
      data.call(WorkerAPI.Slots(session: session, slots: 3)) { _ in }
    }
    for lease in leases { try step(lease, data) }
    data.send()
  }

  private func transfer(_ data: Line, _ control: Line) throws {
    data.send()
    control.send()
    try control.receive()
    try data.receive()
  }

  /// The worker dies.
  func breakOff() {
    data?.close()
    control?.close()
    data = nil
    control = nil
    oldSession = session ?? oldSession
    session = nil
    hasSlots = false
    if version != nil, world.chance(5) { version = "\(world.below(2) + 1)" }
    if !held.isEmpty, world.chance(50) { forget() }
  }

  private func forget() {
    past += held.values.sorted { $0.id < $1.id }.map { ($0.id, $0.key) }
    held = [:]
    oldSession = nil
    if world.chance(50) { calls.forget() }
  }

  private var leases: [Held] { held.values.sorted { $0.id < $1.id } }

  // MARK: Connections

  private func connect() throws {
    if session != nil { breakOff() }
    guard let data = try world.connect(uid: uid), let control = try world.connect(uid: uid) else { return }
    (self.data, self.control) = (data, control)
    let resume = oldSession.map { (session: $0, leases: leases.map(\.id)) }
    data.call(
      WorkerAPI.Hello(
        kind: kind, name: "w\(number)", pid: number + 1, slots: world.below(3) + 1, resume: resume?.session,
        leases: resume?.leases, version: version)
    ) { [weak self] answer in
      guard let self else { return }
      // Refused, because the disk is full: another connection tries again.
      guard case .reply(let reply) = answer else { return breakOff() }
      session = reply.session
      oldSession = nil
      keep(reply.resumed)
      control.call(WorkerAPI.Attend(session: reply.session), mode: .more) { [weak self] in try self?.take($0) }
    }
  }

  private func keep(_ resumed: [Int]) {
    for lease in leases where !resumed.contains(lease.id) { drop(lease.id) }
    for lease in leases {
      // What was on its way may have been lost: it is sent again.
      lease.unanswered = 0
      lease.isEnding = false
      if lease.toDo.isEmpty, lease.committed.isEmpty { lease.toDo = ["\(lease.key)/free"] }
    }
  }

  private func drop(_ id: Int) {
    if let lease = held.removeValue(forKey: id) { past.append((id, lease.key)) }
  }

  private func take(_ answer: Line.Answer<WorkerAPI.Attend.Reply>) throws {
    guard case .reply(let reply) = answer else { return breakOff() }
    if let lease = reply.lease {
      try world.ledger.leased(lease.lease, job: lease.job, key: lease.key)
      try checkCommitted(lease)
      try checkDone(lease)
      let new = Held(lease)
      if world.chance(30) { new.makeRecord() }
      held[lease.lease] = new
    }
    if let id = reply.cancel { drop(id) }
    if let id = reply.ask, let lease = held[id], let session, let data, !isHonest {
      calls.ask(under: id, of: lease.job, session, data)
    }
  }

  /// A lease leaves after its transaction: whoever looks finds it in the log, unless a power failure has taken it back.
  private func checkCommitted(_ lease: WorkerAPI.Lease) throws {
    guard let look = world.host.life?.look,
      try look.integer("SELECT value FROM setting WHERE name = 'generation'") == lease.lease >> 32
    else { return }
    guard try look.exists("SELECT 1 FROM lease WHERE id = ?1", lease.lease) else {
      throw Violation("lease \(lease.lease) of \(lease.job):\(lease.key) was given and is not committed")
    }
  }

  /// A worker is told exactly what was committed for its task when it got the lease.
  private func checkDone(_ lease: WorkerAPI.Lease) throws {
    // A lease that left before a power failure may be none any more.
    guard let expected = world.history.doneAtGrant[lease.lease] else { return }
    let told = Dictionary(uniqueKeysWithValues: lease.done.map { ($0.path, $0.sha256) })
    guard told == expected else {
      throw Violation("lease \(lease.lease) of \(lease.job):\(lease.key) was told of \(told), not of \(expected)")
    }
  }

  // MARK: Work

  private func workOn(_ data: Line) throws {
    guard let lease = held.isEmpty ? nil : world.random.element(of: leases) else { return }
    try step(lease, data)
  }

  private func step(_ lease: Held, _ data: Line) throws {
    guard let session, !lease.isEnding else { return }
    if !isHonest, world.chance(40) {
      for _ in 0...world.below(4) { calls.ask(under: lease.id, of: lease.job, session, data) }
      return
    }
    if !isHonest, world.chance(6) { return end(early: lease, session, data) }
    if let path = lease.toDo.first {
      lease.toDo.removeFirst()
      put(path, lease, session, data)
      if !isHonest, world.chance(20) { put(path, lease, session, data) }
    } else if lease.unanswered == 0 {
      if !isHonest, world.chance(20) { return end(early: lease, session, data) }
      if lease.isPlan || (!isHonest && world.chance(5)), world.chance(50) { spawn(lease, session, data) }
      complete(lease, session, data)
    }
  }

  private func put(_ path: String, _ lease: Held, _ session: String, _ data: Line) {
    // Now and then the same path gets other bytes than before.
    let variant = isHonest || world.chance(85) ? 0 : world.below(3)
    let bytes = Specs.content(
      path, "\(lease.job), \(variant), \(lease.sample)", isWrong: !isHonest && world.chance(5))
    let digest = SHA256Digest(of: bytes)
    lease.unanswered += 1
    data.call(
      WorkerAPI.PutResult(
        session: session, lease: lease.id, path: path, mediaType: Specs.mediaType(path), data: Base64.string(bytes))
    ) { [weak self] answer in
      guard let self else { return }
      lease.unanswered -= 1
      switch answer {
      case .reply(let reply):
        lease.committed[path] = digest
        if Specs.isRecord(path) { world.tell(of: "records\(reply.duplicate ? ", once more" : "")") }
        try world.ledger.add(
          .result(job: lease.job, path: path, version: reply.version, sha256: digest.hex))
      case .error("StoreBusy"): lease.toDo.append(path)
      case .error("StaleLease"), .error("NoSuchSession"): drop(lease.id)
      case .error: if let data = self.data { fail(lease, session, data) }
      }
    }
  }

  private func complete(_ lease: Held, _ session: String, _ data: Line) {
    lease.isEnding = true
    let lies = !isHonest && world.chance(5)
    let files = lease.committed.map { ($0.key, $0.value) }
    data.call(
      WorkerAPI.Complete(
        session: session, lease: lease.id, results: files.count + (lies ? 1 : 0),
        digest: CompletionDigest.of(files).hex)
    ) { [weak self] answer in
      guard let self else { return }
      switch answer {
      case .reply:
        if lies { throw Violation("lease \(lease.id) was completed with a wrong count") }
        try world.ledger.add(.completed(job: lease.job, key: lease.key))
        try world.ledger.add(.ended(lease: lease.id, state: "completed"))
        drop(lease.id)
      case .error("StoreBusy"): lease.isEnding = false
      case .error("StaleLease"), .error("NoSuchSession"): drop(lease.id)
      case .error: if let data = self.data { fail(lease, session, data) }
      }
    }
  }

  private func end(early lease: Held, _ session: String, _ data: Line) {
    if world.chance(50) { return fail(lease, session, data) }
    lease.isEnding = true
    data.call(WorkerAPI.Release(session: session, lease: lease.id)) { [weak self] in
      try self?.ended(lease, $0, "released")
    }
  }

  private func fail(_ lease: Held, _ session: String, _ data: Line) {
    lease.isEnding = true
    let name = world.chance(20) ? "rate_limited" : "plugin_error"
    data.call(
      WorkerAPI.Fail(
        session: session, lease: lease.id, class: name, message: "it did not work", retryable: world.chance(80),
        crash: name == "plugin_error" && world.chance(30))
    ) { [weak self] in
      try self?.ended(lease, $0, "failed")
    }
  }

  private func ended<Reply>(_ lease: Held, _ answer: Line.Answer<Reply>, _ state: String) throws {
    switch answer {
    case .reply: try world.ledger.add(.ended(lease: lease.id, state: state))
    case .error("StaleLease"), .error("NoSuchSession"): break
    case .error:
      // Nothing was changed: the lease goes on.
      lease.isEnding = false
      return
    }
    drop(lease.id)
  }

  private func spawn(_ lease: Held, _ session: String, _ data: Line) {
    let children = Specs.children(&world.random, of: lease.key)
    data.call(WorkerAPI.SpawnTasks(session: session, lease: lease.id, tasks: children)) { [weak self] in
      guard $0.isReply else { return }
      try self?.world.ledger.add(.tasks(job: lease.job, keys: children.map(\.key)))
    }
  }

  // MARK: What a worker should not do

  private func misbehave(_ data: Line) {
    switch world.below(8) {
    case 0: silentUntilMs = world.time.monotonicMs + Int64(world.below(40_000))
    case 1: if world.chance(50) { breakOff() }
    case 2...4: writeUnderAnOldLease(data)
    default:
      if world.chance(10) { data.callNonsense(Array("{\"method\":7}\0".utf8)) }
      if let session { data.call(WorkerAPI.Slots(session: session, slots: world.below(4))) { _ in } }
    }
  }

  private func writeUnderAnOldLease(_ data: Line) {
    guard let session, let old = past.randomElement(using: &world.random) else { return }
    let path = world.chance(30) ? Specs.record(of: old.key) : "\(old.key)/out"
    let bytes = Specs.content(path, "late", isWrong: false)
    data.call(
      WorkerAPI.PutResult(
        session: session, lease: old.id, path: path, mediaType: Specs.mediaType(path), data: Base64.string(bytes))
    ) { answer in
      if answer.isReply { throw Violation("lease \(old.id) is over, and a result under it was taken") }
    }
  }
}

extension Line.Answer {
  var isReply: Bool { if case .reply = self { true } else { false } }
}
