import JobModel
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// Random commands by random workers, users and accidents. After each, the whole store is held against its promises, its
/// history and its own check (`TestStore.checkPromises`), and against what was acknowledged so far.
struct RandomRunTests {
  private static let steps = 220

  @Test(arguments: [20_261_121, 7, 42, 1_000_003] as [UInt64])
  func `whatever happens, the promises hold and the work comes to its end`(seed: UInt64) throws {
    var run = try RandomRun(seed: seed)
    for step in 0..<Self.steps {
      let what = try run.step()
      try run.checkAcknowledged("seed \(seed), step \(step): \(what)")
    }
    try run.finishEverything()
    try run.checkAcknowledged("seed \(seed), at the end")
    print("random run, seed \(seed): \(Self.steps) steps,", run.summary)
  }
}

/// A store, and the little that has to be remembered to know whether it kept its word.
struct RandomRun {
  private let test: TestStore
  private var random: SeededRandom

  /// Workers that are connected.
  private var sessions: [String] = []
  private var sessionCount = 0
  /// Every lease that was ever given, the open ones by task.
  private var given: [LeaseGrant] = []
  private var open: [LeaseID: LeaseGrant] = [:]
  /// The last text that was acknowledged for a path, in its order, and who committed it.
  private var acknowledged: [Path: String] = [:]
  private var versions: [Path: Int64] = [:]
  private var jobs: [JobID] = []
  private var counts: [String: Int] = [:]

  struct Path: Hashable {
    let job: JobID
    let path: String
  }

  init(seed: UInt64) throws {
    test = try TestStore()
    random = SeededRandom(seed: seed)
  }

  var summary: String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  // MARK: Steps

  mutating func step() throws -> String {
    test.now += Int64(random.next() % 2_000)
    let step = random.element(of: RandomRun.menu)
    counts[step.name, default: 0] += 1
    try step.run(&self)
    return step.name
  }

  private typealias Step = (name: String, run: @Sendable (inout RandomRun) throws -> Void)

  /// What can happen; a step that is named twice happens twice as often.
  private static let menu: [Step] = {
    let once: [Step] = [
      ("submit", { try $0.submit() }), ("connect", { try $0.connect() }), ("disconnect", { try $0.disconnect() }),
      ("expire", { try $0.expire() }), ("restart", { try $0.restart() }), ("cancel", { try $0.steer(.cancel) }),
      ("pause", { try $0.steer(.pause) }), ("resume", { try $0.steer(.resume) }), ("retry", { try $0.steer(.retry) }),
      ("stale", { try $0.speakStale() }), ("taint", { try $0.taint() }), ("spawn", { try $0.spawn() }),
      ("slots", { try $0.changeSlots() }), ("again", { try $0.submitAgain() }),
    ]
    let often: [Step] = [
      ("put", { try $0.put() }), ("complete", { try $0.complete() }), ("fail", { try $0.fail() }),
      ("dispatch", { try $0.dispatch() }), ("release", { try $0.release() }), ("resume", { try $0.steer(.resume) }),
    ]
    return once + once + often + often + often + often + [often[0], often[0], often[1], often[1], often[3], often[3]]
  }()

  private mutating func submit() throws {
    let owner = random.element(of: [TestStore.ann, TestStore.ben])
    let count = Int(random.next() % 6) + 1
    let tasks = try (0..<count).map { try randomTask($0, of: count) }
    let key = "k\(jobs.count)"
    let job = try test.submit(tasks, owner: owner) {
      $0.priority = Int(random.next() % 3)
      $0.idempotencyKey = key
    }
    #expect(!jobs.contains(job), "a number was given twice")
    if let last = jobs.last { #expect(job > last) }
    jobs.append(job)
    resubmissions.append((job, owner, key, tasks))
  }

  private var resubmissions: [(job: JobID, owner: UserID, key: String, tasks: [NewTask])] = []

  /// Needs go to earlier tasks mostly, at times to later ones (never in a circle: later ones need nothing) or nowhere.
  private mutating func randomTask(_ index: Int, of count: Int) throws -> NewTask {
    var needs = (0..<index).filter { _ in random.chance(percent: 30) }.map { "t\($0)" }
    if index == 0, count > 1, random.chance(percent: 20) { needs.append("free") }
    if random.chance(percent: 3) { needs.append("nowhere") }
    return try task(
      "t\(index)", needs: needs, settled: random.chance(percent: 25), outputs: ["t\(index)/out"], attempts: 2,
      crashes: 3)
  }

  private func submitAgain() throws {
    guard let again = resubmissions.last else { return }
    var new = NewJob(owner: again.owner, kind: try Kind("docs"))
    new.tasks = again.tasks
    new.idempotencyKey = again.key
    // The priority was random and is part of the submission: the same content is the job, other content a conflict.
    do {
      let answer = try test.run { try $0.submit(new, now: test.now) }
      #expect(answer.existing && answer.job == again.job)
    } catch let refusal as Refusal {
      #expect(refusal.code == .conflict)
    }
  }

  private mutating func connect() throws {
    guard sessions.count < 4 else { return }
    sessionCount += 1
    let session = "s\(sessionCount)"
    let owner = random.element(of: [nil, nil, TestStore.ann, TestStore.ben])
    try test.worker(session, owner: owner, slots: Int(random.next() % 3) + 1)
    sessions.append(session)
  }

  private mutating func disconnect() throws {
    guard !sessions.isEmpty else { return }
    let session = sessions.remove(at: Int(random.next() % UInt64(sessions.count)))
    try test.run { try $0.endSession(session, now: test.now) }
    open = open.filter { $0.value.session != session }
  }

  private mutating func changeSlots() throws {
    guard !sessions.isEmpty else { return }
    let (session, count) = (random.element(of: sessions), Int(random.next() % 4))
    try test.run { $0.setSlots(session, count) }
  }

  private mutating func dispatch() throws {
    for grant in try test.dispatch() {
      #expect(open.values.allSatisfy { $0.job != grant.job || $0.key != grant.key }, "two workers hold \(grant.key)")
      if let last = given.last { #expect(grant.lease > last.lease, "a lease is not greater than the one before") }
      #expect(sessions.contains(grant.session))
      // The worker is told everything that was acknowledged for the task, and nothing else.
      let known = acknowledged.keys.filter { $0.job == grant.job && $0.path.hasPrefix(grant.key + "/") }.map(\.path)
      #expect(grant.done.map(\.path) == known.sorted())
      given.append(grant)
      open[grant.lease] = grant
    }
  }

  // MARK: What workers say

  private mutating func someOpen() -> LeaseGrant? {
    open.isEmpty ? nil : random.element(of: open.values.sorted { $0.lease < $1.lease })
  }

  private mutating func put() throws {
    guard let grant = someOpen() else { return }
    let path = Path(job: grant.job, path: grant.key + random.element(of: ["/out", "/1", "/2", "/3"]))
    let text = random.element(of: ["x", "y", "z"])
    switch try test.put(grant, path.path, text) {
    case .committed(let version):
      #expect(acknowledged[path] != text, "the same again made a version")
      versions[path] = version
      acknowledged[path] = text
    case .duplicate(let version):
      #expect(acknowledged[path] == text && versions[path] == version)
    case .late: Issue.record("a live lease was late")
    }
  }

  private func files(of grant: LeaseGrant) -> [String: String] {
    var files: [String: String] = [:]
    for (path, text) in acknowledged where path.job == grant.job && path.path.hasPrefix(grant.key + "/") {
      files[path.path] = text
    }
    return files
  }

  private mutating func complete() throws {
    guard let grant = someOpen() else { return }
    let files = files(of: grant)
    if grant.outputs.contains(where: { files[$0] == nil }) {
      try test.refusal(.conflict) {
        try $0.complete(grant.claim(), results: files.count, digest: TestStore.digest(files), now: test.now)
      }
    } else {
      try test.complete(grant, files)
      try test.complete(grant, files)
      open[grant.lease] = nil
    }
  }

  private mutating func fail() throws {
    guard let grant = someOpen() else { return }
    let name = random.element(of: ["plugin", JobStore.rateLimited])
    let (retryable, crash) = (random.chance(percent: 80), random.chance(percent: 30))
    let first = try test.fail(grant, class: name, retryable: retryable, crash: crash)
    let again = try test.fail(grant, class: name, retryable: retryable, crash: crash)
    #expect(first == again)
    open[grant.lease] = nil
  }

  private mutating func release() throws {
    guard let grant = someOpen() else { return }
    for _ in 0..<2 { try test.run { try $0.release(grant.claim(), reason: nil, now: test.now) } }
    open[grant.lease] = nil
  }

  private mutating func taint() throws {
    guard let grant = someOpen() else { return }
    try test.run { try $0.taint(grant.claim()) }
    try test.refusal(.conflict) {
      _ = try $0.put(try TestStore.result("x", "x"), under: grant.claim(), now: test.now)
    }
    try test.run { try $0.release(grant.claim(), reason: nil, now: test.now) }
    open[grant.lease] = nil
  }

  private mutating func spawn() throws {
    guard let grant = someOpen() else { return }
    let new = [try task("free"), try task("\(grant.key)+", needs: [grant.key])]
    let first = try test.run { try $0.spawn(new, under: grant.claim(), now: test.now) }
    let again = try test.run { try $0.spawn(new, under: grant.claim(), now: test.now) }
    #expect(first.added + first.existing == 2 && again.added == 0 && again.existing == 2)
  }

  private mutating func speakStale() throws {
    let over = given.filter { open[$0.lease] == nil && sessions.contains($0.session) }
    guard !over.isEmpty else { return }
    let grant = random.element(of: over)
    #expect(try test.put(grant, "\(grant.key)/out", "late \(random.next() % 3)") == .late)
    try test.refusal(.staleLease) { _ = try $0.spawn([try task("stale")], under: grant.claim(), now: test.now) }
  }

  // MARK: What happens to them

  private mutating func expire() throws {
    guard let grant = someOpen() else { return }
    try test.run { try $0.expire(grant.lease, message: "silent", now: test.now) }
    open[grant.lease] = nil
  }

  /// The broker restarts; on the same boot some workers come back with some of their leases.
  private mutating func restart() throws {
    let sameBoot = random.chance(percent: 60)
    try test.restart(boot: sameBoot ? boot : "boot \(random.next())")
    if !sameBoot { boot = try test.text("SELECT value FROM setting WHERE name = 'boot_id'") ?? "" }
    let before = sessions
    sessions = []
    var resumed: [LeaseID: LeaseGrant] = [:]
    for old in before where random.chance(percent: 70) {
      try connect()
      guard let new = sessions.last else { continue }
      let named = open.keys.sorted().filter { _ in random.chance(percent: 70) }
      for lease in try test.resume(named, of: old, as: new) {
        let grant = try #require(open[lease])
        #expect(sameBoot && grant.session == old)
        resumed[lease] = grant.held(by: new)
      }
    }
    if random.chance(percent: 50) { try test.run { try $0.endGrace(now: test.now) } }
    open = resumed
  }

  private var boot = "boot"

  private enum Steer { case cancel, pause, resume, retry }

  private mutating func steer(_ what: Steer) throws {
    guard !jobs.isEmpty else { return }
    let job = random.element(of: jobs)
    let glob = try random.element(of: [nil, "t0", "t?", "*+"] as [String?]).map { try Glob($0) }
    do {
      try test.run { store in
        switch what {
        case .cancel: try store.cancel(job, by: TestStore.all, reason: nil, now: test.now)
        case .pause: try store.pause(job, by: TestStore.all, reason: nil, now: test.now)
        case .resume: try store.resume(job, by: TestStore.all, now: test.now)
        case .retry: _ = try store.retry(job, by: TestStore.all, matching: glob, now: test.now)
        }
      }
      if what == .cancel { open = open.filter { $0.value.job != job } }
    } catch let refusal as Refusal {
      // Only what the state of the job forbids is refused, and a pattern that no task has.
      #expect(refusal.code == .conflict || (refusal.code == .noSuchTask && what == .retry && glob != nil))
      let state = try test.state(job)
      #expect(state?.isFinal == true || what == .retry, "\(what) of a job that is \(String(describing: state))")
      #expect(refusal.message.hasPrefix("job "), "\(refusal)")
    }
  }

  // MARK: What was promised

  /// Everything that was acknowledged is the head of its path.
  func checkAcknowledged(_ step: String) throws {
    let heads = try test.look.prepare(
      """
      SELECT r.job, r.path, b.body FROM result r JOIN blob b ON b.id = r.blob WHERE r.standing = 'head'
      """
    ).all { (Path(job: JobID($0.int(0)), path: $0.text(1)), $0.text(2)) }
    let stored = Dictionary(uniqueKeysWithValues: heads)
    #expect(stored == acknowledged, "\(step)")
    let held = try test.look.prepare("SELECT id FROM lease WHERE state = 'live'").all { LeaseID($0.int(0)) }
    #expect(Set(held) == Set(open.keys), "\(step)")
  }

  /// Without accidents every job ends: what is paused is resumed, what is ready is done.
  mutating func finishEverything() throws {
    try test.run { try $0.endGrace(now: test.now) }
    for job in jobs where try test.state(job) == .paused {
      try test.run { try $0.resume(job, by: TestStore.all, now: test.now) }
    }
    for session in sessions { try test.run { try $0.endSession(session, now: test.now) } }
    (sessions, open) = (["last"], [:])
    try test.worker("last", slots: 50)
    for _ in 0..<60 {
      test.now += RetryPolicy().longestMs
      try dispatch()
      guard !open.isEmpty else { break }
      for grant in open.values.sorted(by: { $0.lease < $1.lease }) {
        let path = Path(job: grant.job, path: "\(grant.key)/out")
        if acknowledged[path] == nil {
          try test.put(grant, path.path, "done")
          acknowledged[path] = "done"
        }
        try test.complete(grant, files(of: grant))
        open[grant.lease] = nil
      }
    }
    for job in jobs { #expect(try test.state(job)?.isFinal == true, "job \(job) never ends") }
  }
}

extension LeaseGrant {
  /// The same lease in the hands of the session under which its worker came back.
  fileprivate func held(by session: String) -> LeaseGrant {
    LeaseGrant(
      session: session, lease: lease, job: job, owner: owner, key: key, kind: kind, op: op,
      title: title, payload: payload, options: options, attempt: attempt, timeoutMs: timeoutMs, outputs: outputs,
      done: done, hasMoreDone: hasMoreDone,
      missingNeeds: missingNeeds, models: models, sample: sample)
  }
}
