import Digest
import JobModel
import JobStore
import Testing

/// Submitting: what is there afterwards, the same again, and what is refused.
struct SubmitTests {
  @Test func `a job without tasks gets one that plans`() throws {
    let test = try TestStore()
    let job = try test.submit([]) { $0.tasks = nil }
    #expect(try test.states(job) == ["plan": .ready])
    #expect(try test.state(job) == .pending)
    try test.worker("s")
    let grant = try test.lease()
    #expect(grant.key == "plan" && grant.op == "plan" && grant.job == job && grant.attempt == 1)
  }

  @Test func `a job of no tasks at all is done at once`() throws {
    let test = try TestStore()
    #expect(try test.state(test.submit([])) == .succeeded)
  }

  @Test func `the same submission again is the same job; without a key it is another`() throws {
    let test = try TestStore()
    let first = try test.submit([task("a")]) { $0.idempotencyKey = "k" }
    #expect(try test.submit([task("a")]) { $0.idempotencyKey = "k" } == first)
    #expect(try test.count("job") == 1)
    #expect(try test.submit([task("a")]) != first)
  }

  @Test func `keys belong to their owners`() throws {
    let test = try TestStore()
    let first = try test.submit([task("a")]) { $0.idempotencyKey = "k" }
    #expect(try test.submit([task("b")], owner: TestStore.ben) { $0.idempotencyKey = "k" } != first)
  }

  /// Each changes one thing of a submission.
  private static let changes: [(what: String, change: @Sendable (inout NewJob) throws -> Void)] = [
    ("kind", { $0.kind = try Kind("code") }),
    ("title", { $0.title = "other" }),
    ("project", { $0.project = try ProjectName("other") }),
    ("options", { $0.options = Array("{\"a\":1}".utf8) }),
    ("priority", { $0.priority = 1 }),
    ("labels", { $0.labels = [("a", "b")] }),
    ("sealed", { $0.isSealed = false }),
    ("attempts", { $0.maxAttempts = 7 }),
    ("crashes", { $0.maxCrashes = 7 }),
    ("timeout", { $0.timeoutMs = 7 }),
    ("no tasks", { $0.tasks = [] }),
    ("a planning task", { $0.tasks = nil }),
    ("another key", { $0.tasks = [try task("b")] }),
    ("another payload", { $0.tasks?[0].payload = Array("[]".utf8) }),
    ("another op", { $0.tasks?[0].op = "plan" }),
    ("an output", { $0.tasks?[0].outputs = [try ResultPath("x")] }),
    ("a need", { $0.tasks?[0].needs = [try TaskKey("x")] }),
    ("settled needs", { $0.tasks?[0].settledNeeds = true }),
    ("one more task", { $0.tasks?.append(try task("b")) }),
  ]

  @Test(arguments: changes.indices) func `the same key for something else is a conflict`(index: Int) throws {
    let test = try TestStore()
    let first = try test.submit([task("a")]) { $0.idempotencyKey = "k" }
    var other = NewJob(owner: TestStore.ann, kind: try Kind("docs"))
    other.tasks = [try task("a")]
    other.idempotencyKey = "k"
    try Self.changes[index].change(&other)
    let refusal = try test.refusal(.conflict) { _ = try $0.submit(other, now: test.now) }
    #expect(refusal.message.contains("job \(first)"), "\(Self.changes[index].what)")
  }

  @Test func `no tasks and a planning task are not the same submission`() throws {
    let test = try TestStore()
    let empty = try test.submit([]) { $0.idempotencyKey = "k" }
    var planned = NewJob(owner: TestStore.ann, kind: try Kind("docs"))
    planned.idempotencyKey = "k"
    let refusal = try test.refusal(.conflict) { _ = try $0.submit(planned, now: test.now) }
    #expect(refusal.message.contains("job \(empty)"))
  }

  @Test func `an input has to be uploaded before, by its owner, and has a name of its own`() throws {
    let test = try TestStore()
    var new = NewJob(owner: TestStore.ann, kind: try Kind("docs"))
    new.inputs = [(try ResultPath("a.bpmn"), SHA256Digest(of: Array("text".utf8)))]
    try test.refusal(.invalid) { _ = try $0.submit(new, now: test.now) }
    try test.upload("text", by: TestStore.ben)
    try test.refusal(.invalid) { _ = try $0.submit(new, now: test.now) }
    #expect(try test.count("job") == 0)
    try test.upload("text")
    #expect(try test.run { try $0.submit(new, now: test.now).job } == JobID(1))
    new.inputs.append((try ResultPath("a.bpmn"), SHA256Digest(of: Array("text".utf8))))
    try test.refusal(.invalid) { _ = try $0.submit(new, now: test.now) }
  }

  @Test func `no input lies in another, as no file lies in a file`() throws {
    let test = try TestStore()
    try test.upload("text")
    for names in [["a", "a/b"], ["x/a/b/c", "x/a"]] {
      let refusal = try test.refusal(.invalid) { _ = try $0.submit(Self.withInputs(names), now: test.now) }
      #expect(refusal.message.contains("lies in"))
    }
    _ = try test.run { try $0.submit(Self.withInputs(["a", "a.b", "a-b/c", "ab/c"]), now: test.now) }
  }

  private static func withInputs(_ names: [String]) throws -> NewJob {
    var new = try job([])
    new.inputs = try names.map { (try ResultPath($0), SHA256Digest(of: Array("text".utf8))) }
    return new
  }

  @Test func `numbers of jobs are never used twice, also not after a refusal or a restart`() throws {
    let test = try TestStore()
    #expect(try test.submit([task("a")]) == JobID(1))
    try test.refusal(.conflict) { store in
      _ = try store.submit(job([task("a", needs: ["a"])]), now: test.now)
    }
    #expect(try test.submit([task("a")]) == JobID(2))
    try test.restart()
    #expect(try test.submit([task("a")]) == JobID(3))
  }

  @Test func `a job is seen and steered by its owner and by those who see all, and by nobody else`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    let ben = Caller(user: TestStore.ben, seesAll: false)
    let strange = try test.refusal(.noSuchJob) { try $0.cancel(job, by: ben, reason: nil, now: test.now) }
    let missing = try test.refusal(.noSuchJob) { try $0.cancel(JobID(99), by: ben, reason: nil, now: test.now) }
    // The words tell nothing about whether the job exists.
    #expect(strange.message.replacing("\(job)", with: "N") == missing.message.replacing("99", with: "N"))
    try test.refusal(.noSuchJob) { try $0.pause(job, by: ben, reason: nil, now: test.now) }
    try test.refusal(.noSuchJob) { try $0.resume(job, by: ben, now: test.now) }
    try test.refusal(.noSuchJob) { _ = try $0.retry(job, by: ben, matching: nil, now: test.now) }
    try test.refusal(.noSuchJob) { try $0.seal(job, by: ben, now: test.now) }
    try test.refusal(.noSuchJob) { _ = try $0.addTasks([try task("b")], to: job, by: ben, now: test.now) }
    try test.run { try $0.pause(job, by: Caller(user: TestStore.ann, seesAll: false), reason: nil, now: test.now) }
    try test.run { try $0.resume(job, by: TestStore.all, now: test.now) }
  }

  @Test func `an open job runs nothing before it is sealed, and takes no task after`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")]) { $0.isSealed = false }
    try test.worker("s", slots: 5)
    #expect(try test.dispatch().isEmpty)
    #expect(
      try test.run { try $0.addTasks([try task("b"), try task("a")], to: job, by: TestStore.all, now: test.now) } == 1)
    #expect(try test.dispatch().isEmpty)
    try test.run { try $0.seal(job, by: TestStore.all, now: test.now) }
    try test.run { try $0.seal(job, by: TestStore.all, now: test.now) }
    #expect(try test.dispatch().map(\.key) == ["a", "b"])
    try test.refusal(.conflict) { _ = try $0.addTasks([try task("c")], to: job, by: TestStore.all, now: test.now) }
  }

  @Test func `sealing an open job of no tasks ends it`() throws {
    let test = try TestStore()
    let job = try test.submit([]) { $0.isSealed = false }
    #expect(try test.state(job) == .pending)
    try test.run { try $0.seal(job, by: TestStore.all, now: test.now) }
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `a task that goes on with a recipe is the same whatever it is called, and no other is`() throws {
    func called(_ title: String, _ phase: String? = nil, key: String = "recipe/a") throws -> NewTask {
      NewTask(key: try TaskKey(key), kind: .recipe, op: "expand", title: title, phase: phase)
    }
    let test = try TestStore()
    let job = try test.submit([called("The tasks behind 'a'"), called("x", key: "recipe")]) { $0.isSealed = false }
    let again = try called("The tasks behind 'a' (part)", "Plan")
    #expect(try test.run { try $0.addTasks([again], to: job, by: TestStore.all, now: test.now) } == 0)
    try test.refusal(.conflict) {
      _ = try $0.addTasks([called("y", key: "recipe")], to: job, by: TestStore.all, now: test.now)
    }
  }
}
