import Digest
import JobModel
import JobStore
import SQLite
import TestSupport
import Testing

/// A store in a directory of its own, driven as the broker drives it: every command in a savepoint of a transaction that
/// is committed and synced. After every command the whole store is held against its promises. Time stands still unless
/// a test moves it.
final class TestStore {
  let directory: String
  let file: StoreFile
  private(set) var store: JobStore
  /// A test of very many commands holds the store against its promises now and then, by itself.
  var isCheckedAlways = true
  /// What the history says so far.
  let history: History
  /// False when lines of the history are removed.
  var followsHistory = true
  /// What anybody can read in the file.
  let look: Connection
  var now: Int64 = 1_000_000_000_000
  /// Jitter takes the whole of the bound that it is given, less one part in a thousand.
  static let jitter = 0.999

  init(boot: String = "boot") throws {
    directory = try makeDirectory()
    file = StoreFile(path: "\(directory)/store")
    store = try TestStore.open(file, boot: boot, now: now)
    look = try file.openReader()
    history = History()
  }

  /// With a worker `w` whose plugin has that version, so that what it makes can be taken from the store.
  convenience init(version: String) throws {
    try self.init()
    try worker("w", version: version)
  }

  deinit { removeTree(directory) }

  private static func open(_ file: StoreFile, boot: String, now: Int64) throws -> JobStore {
    try JobStore(file: file, bootID: boot, freshID: "fresh", now: now, random: { TestStore.jitter })
  }

  /// Opens the store anew, as a broker does that was killed: nothing of the old one is closed before.
  func restart(boot: String = "boot") throws {
    store = try TestStore.open(file, boot: boot, now: now)
    try checkPromises()
  }

  /// Runs one command as a group of its own; a refusal leaves nothing behind.
  @discardableResult
  func run<Value>(_ body: (JobStore) throws -> Value) throws -> Value {
    try store.begin()
    let result = Result { try store.attempt(body) }
    try store.commit()
    try store.sync()
    if isCheckedAlways { try checkPromises() }
    return try result.get()
  }

  /// Runs a command that has to be refused, and leaves nothing behind.
  @discardableResult
  func refusal(
    _ code: Refusal.Code, location: SourceLocation = #_sourceLocation, _ body: (JobStore) throws -> Void
  ) throws -> Refusal {
    let before = (try count("event"), try count("task"), try count("result"))
    let refusal = try #require(throws: Refusal.self, sourceLocation: location) { try run(body) }
    #expect(refusal.code == code, "\(refusal)", sourceLocation: location)
    #expect(!refusal.message.isEmpty && !refusal.remedy.isEmpty, sourceLocation: location)
    let after = (try count("event"), try count("task"), try count("result"))
    #expect(before == after, "a refused command has left something", sourceLocation: location)
    return refusal
  }

  // MARK: Jobs

  static let ann = UserID(1000)
  static let ben = UserID(1001)
  static let all = Caller(user: .root, seesAll: true)

  @discardableResult
  func submit(_ tasks: [NewTask], owner: UserID = ann, _ configure: (inout NewJob) -> Void = { _ in }) throws -> JobID {
    var new = NewJob(owner: owner, kind: try Kind("docs"))
    new.tasks = tasks
    configure(&new)
    return try run { try $0.submit(new, now: self.now).job }
  }

  // MARK: Workers

  func worker(
    _ session: String, kind: String = "docs", pid: Int32? = nil, owner: UserID? = nil, slots: Int = 1,
    version: String? = nil
  ) throws {
    let kind = try Kind(kind)
    try run {
      $0.openSession(
        session, kind: kind, worker: "w-\(session)", pid: pid, owner: owner, slots: slots, version: version)
    }
  }

  /// Gives whatever can be given now.
  func dispatch() throws -> [LeaseGrant] { try dispatchTellingNextDue().grants }

  func dispatchTellingNextDue() throws -> (grants: [LeaseGrant], nextDue: Int64?) {
    let (due, effects) = try run { store in (try store.dispatch(now: self.now), store.effects) }
    let grants = effects.compactMap { effect in
      if case .granted(let grant) = effect { grant } else { nil }
    }
    return (grants, due)
  }

  /// Gives leases and expects exactly one.
  func lease(location: SourceLocation = #_sourceLocation) throws -> LeaseGrant {
    let grants = try dispatch()
    #expect(grants.count == 1, sourceLocation: location)
    return try #require(grants.first, sourceLocation: location)
  }

  /// Runs everything that can be given; `make` says the files of a task.
  ///
  /// - Returns: the keys that were leased, in their order.
  @discardableResult
  func work(
    _ make: (LeaseGrant) throws -> [String: String] = { ["\($0.key)": "made of \($0.key)"] }
  ) throws -> [String] {
    var leased: [String] = []
    while true {
      let (grants, due) = try dispatchTellingNextDue()
      leased += grants.map(\.key)
      for grant in grants { try finish(grant, try make(grant)) }
      if grants.isEmpty, due != now { return leased }
    }
  }

  @discardableResult
  func put(_ grant: LeaseGrant, _ path: String, _ text: String, session: String? = nil) throws -> PutOutcome {
    let result = try TestStore.result(path, text)
    return try run { try $0.put(result, under: grant.claim(as: session), now: self.now) }
  }

  /// A file whose bytes come with the call, or were stored before.
  static func result(_ path: String, _ text: String, isStored: Bool = false, by worker: Caller = all) throws
    -> NewResult
  {
    let bytes = Array(text.utf8)
    return NewResult(
      path: try ResultPath(path), mediaType: "text/plain", sha256: SHA256Digest(of: bytes),
      body: isStored ? .stored : .bytes(bytes), meta: nil, worker: worker)
  }

  /// Uploads the bytes of a text for a user.
  func upload(_ text: String, by user: UserID = ann) throws {
    let bytes = Array(text.utf8)
    try run {
      try $0.addUpload(SHA256Digest(of: bytes), bytes: bytes, size: Int64(bytes.count), by: user, now: self.now)
    }
  }

  /// Reports a task as done with these files.
  func complete(_ grant: LeaseGrant, _ files: [String: String] = [:]) throws {
    let digest = TestStore.digest(files)
    try run { try $0.complete(grant.claim(), results: files.count, digest: digest, now: self.now) }
  }

  static func digest(_ files: [String: String]) -> SHA256Digest {
    CompletionDigest.of(files.map { ($0.key, SHA256Digest(of: Array($0.value.utf8))) })
  }

  /// Commits files and reports the task as done.
  func finish(_ grant: LeaseGrant, _ files: [String: String] = [:]) throws {
    for (path, text) in files { try put(grant, path, text) }
    try complete(grant, files)
  }

  @discardableResult
  func fail(
    _ grant: LeaseGrant, class name: String = "plugin", retryable: Bool = true, crash: Bool = false,
    retryAfterMs: Int64? = nil
  ) throws -> TaskState {
    try run {
      try $0.fail(
        grant.claim(), class: name, message: "it went wrong\nin two lines", retryable: retryable, crash: crash,
        retryAfterMs: retryAfterMs, now: self.now)
    }
  }

  /// A worker comes back after a restart; tells the leases that go on.
  @discardableResult
  func resume(_ leases: [LeaseID], of old: String, as new: String, owner: UserID? = nil) throws -> [LeaseID] {
    try run { try $0.resumeLeases(leases, of: old, as: new, owner: owner, now: self.now).map(\.lease) }
  }

  /// Removes all jobs that have ended, and the projects that nothing names any more; the store is checked after every part.
  func prune() throws {
    followsHistory = false
    var policy = PrunePolicy()
    policy.keep = 0
    let planner = try PrunePlanner(file)
    for group in try planner.plan(policy, for: TestStore.all, now: now).groups {
      for job in try store.markForRemoval(group) {
        var stage: RemovalStage? = .start
        while let part = stage {
          stage = try store.removePart(of: job, at: part, now: now + JobStore.uploadsKeptMs).next
          try expectSound(after: "\(part)")
        }
      }
    }
    var projects = try planner.projectsWithoutJobs()
    while !projects.isEmpty { projects = try store.removeProjects(projects) }
    try expectSound(after: "projects")
  }

  private func expectSound(after part: String) throws {
    let findings = try StoreCheck.run(file, blobs: store.blobs).findings
    #expect(findings.isEmpty, "\(part): \(findings)")
  }

  // MARK: Looking

  func text(_ sql: String) throws -> String? { try look.text(sql) }

  func integer(_ sql: String) throws -> Int64? { try look.integer(sql) }

  func count(_ table: String) throws -> Int64 { try look.integer("SELECT count(*) FROM \(table)") ?? 0 }

  func state(_ job: JobID) throws -> JobState? {
    try look.text("SELECT state FROM job WHERE id = \(job)").flatMap(JobState.init(rawValue:))
  }

  func state(_ key: String, _ job: JobID) throws -> TaskState? {
    try look.prepare("SELECT state FROM task WHERE job = ?1 AND key = ?2").first(job.value, key) { $0.text(0) }
      .flatMap(TaskState.init(rawValue:))
  }

  /// The states of all tasks of a job by key.
  func states(_ job: JobID) throws -> [String: TaskState] {
    let rows = try look.prepare("SELECT key, state FROM task WHERE job = ?1").all(job.value) {
      ($0.text(0), $0.text(1))
    }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0, TaskState(rawValue: $1) ?? .blocked) })
  }

  /// The text of a path's head; `nil` without one.
  func head(_ path: String) throws -> String? {
    try look.prepare(
      """
      SELECT b.body FROM result r JOIN blob b ON b.id = r.blob WHERE r.path = ?1 AND r.standing = 'head'
      """
    ).first(path) { $0.text(0) }
  }
}

extension LeaseGrant {
  func claim(as session: String? = nil) -> LeaseClaim { LeaseClaim(session: session ?? self.session, lease: lease) }
}

/// A task as most tests want it. Its phase goes by the first letter of its key; some have none.
func task(
  _ key: String, needs: [String] = [], settled: Bool = false, outputs: [String] = [], kind: String = "docs",
  attempts: Int? = nil, crashes: Int? = nil, payload: String = "{}", reuseBy: ReuseBasis = .all
) throws -> NewTask {
  NewTask(
    key: try TaskKey(key), kind: try Kind(kind), phase: key.hasPrefix("f") ? nil : "phase \(key.prefix(1))",
    payload: Array(payload.utf8), needs: try needs.map { try TaskKey($0) }, settledNeeds: settled,
    outputs: try outputs.map { try ResultPath($0) }, maxAttempts: attempts, maxCrashes: crashes, reuseBy: reuseBy)
}

/// A submission of user ann.
func job(_ tasks: [NewTask]) throws -> NewJob {
  var new = NewJob(owner: TestStore.ann, kind: try Kind("docs"))
  new.tasks = tasks
  return new
}
