import Digest
import JSON
import StoreSupport
import TestSupport
import Varlink
import Wire

/// Somebody who submits jobs and steers them, over connections that may break at any time.
final class SimulatedUser {
  private struct Submission {
    let key: String
    let call: JobsAPI.Submit
  }

  private let uid: UInt32
  private let world: World
  private var line: Line?
  private var submissions: [Submission] = []
  /// Jobs that were acknowledged, oldest first.
  private(set) var jobs: [Int] = []
  /// Jobs that were submitted open and are not sealed.
  private var open: Set<Int> = []
  private var refusals = 0
  /// Inputs that are stored.
  private var stored: [String] = []

  init(uid: UInt32, in world: World) {
    self.uid = uid
    self.world = world
  }

  // MARK: Steps

  /// Does something, if a broker runs.
  func act() throws {
    guard let line = try connected() else { return }
    switch world.below(16) {
    case 0...3: submit(line)
    case 5: submitAgain(line)
    case 4, 6: steer(line)
    case 7: look(line)
    case 8: if world.chance(70) { upload(line) } else { submitNonsense(line) }
    case 9: if world.chance(80) { line.send(atMost: world.below(200) + 1) } else { limitCalls(line) }
    default:
      try exchange()
      if world.chance(2) { breakOff() }
    }
  }

  /// Sends and takes in everything.
  func exchange() throws {
    line?.send()
    try line?.receive()
  }

  func breakOff() {
    line?.close()
    line = nil
  }

  private func connected() throws -> Line? {
    if let line, line.isOpen { return line }
    line = try world.connect(uid: uid)
    return line
  }

  // MARK: Calls

  /// Model calls of all are limited, or not any more; or a job may take more.
  private func limitCalls(_ line: Line) {
    if let job = jobs.randomElement(using: &world.random), world.chance(50) {
      line.call(JobsAPI.SetBudget(job: job, budget: JobsAPI.Budget())) { _ in }
    } else if uid == BrokerHost.ownUser {
      let value = world.chance(30) ? nil : world.below(3) + 1
      line.call(AdminAPI.SetLimit(scope: "all", unit: .concurrent, value: value)) { _ in }
    }
  }

  private func submit(_ line: Line) {
    guard submissions.count < World.submissionsMax else { return }
    let key = "\(uid)-\(submissions.count)"
    let kind = world.random.element(of: Specs.kinds)
    let isPlanned = world.chance(25)
    let isRecipe = !isPlanned && world.chance(12)
    let call = JobsAPI.Submit(
      kind: kind,
      inputs: stored.isEmpty || world.chance(50)
        ? nil : [JobsAPI.InputRef(name: "in", sha256: world.random.element(of: stored))],
      tasks: isPlanned ? nil : isRecipe ? Specs.recipe(&world.random) : Specs.tasks(&world.random),
      open: isPlanned || isRecipe ? nil : world.chance(20),
      title: "job \(key)", priority: world.below(3), idempotencyKey: key,
      budget: world.chance(40) ? JobsAPI.Budget(picoUsd: 15 + world.below(40)) : nil,
      reuse: world.chance(20) ? world.random.element(of: [JobsAPI.Reuse.exists, JobsAPI.Reuse.none]) : nil,
      hold: world.chance(5) ? true : nil)
    let submission = Submission(key: key, call: call)
    submissions.append(submission)
    send(submission, line)
    if world.chance(30) { send(submission, line) }
  }

  /// The same submission once more: its answer may have been lost.
  private func submitAgain(_ line: Line) {
    guard !submissions.isEmpty else { return }
    send(world.random.element(of: submissions), line)
  }

  private func send(_ submission: Submission, _ line: Line) {
    line.call(submission.call) { [self] answer in
      guard case .reply(let reply) = answer else { return }
      try world.ledger.submitted(
        reply.job, key: submission.key, title: "job \(submission.key)", existing: reply.existing)
      if let tasks = submission.call.tasks {
        try world.ledger.add(.tasks(job: reply.job, keys: tasks.map(\.key)))
      }
      if !jobs.contains(reply.job) {
        jobs.append(reply.job)
        if submission.call.open == true { open.insert(reply.job) }
      }
    }
  }

  private func steer(_ line: Line) {
    guard let job = jobs.randomElement(using: &world.random) else { return }
    if open.contains(job), world.chance(60) { return fill(job, line) }
    switch world.below(9) {
    case 8:
      guard let sha256 = stored.randomElement(using: &world.random) else { return }
      line.call(FilesAPI.Put(job: job, path: "t\(world.below(Specs.tasksMax))/out", sha256: sha256)) { _ in }
    case 7:
      let phase = world.chance(30) ? "p" : nil
      line.call(FilesAPI.Rollback(job: job, match: phase == nil ? "t*" : nil, phase: phase, why: "better")) { _ in }
    case 6:
      line.call(JobsAPI.Regenerate(job: job, match: world.chance(50) ? "t*" : nil, only: world.chance(50))) { _ in }
    case 0:
      line.call(JobsAPI.Cancel(job: job)) { [self] in
        if case .reply = $0 { try world.ledger.add(.cancelled(job: job)) }
      }
    case 1, 2: line.call(JobsAPI.Pause(job: job)) { _ in }
    case 3, 4: line.call(JobsAPI.Resume(job: job)) { _ in }
    default: line.call(JobsAPI.Retry(job: job)) { _ in }
    }
  }

  private func fill(_ job: Int, _ line: Line) {
    if world.chance(50) {
      let key = "added\(world.below(3))"
      line.call(JobsAPI.AddTasks(job: job, tasks: [JobsAPI.TaskSpec(key: key)])) { [self] in
        if case .reply = $0 { try world.ledger.add(.tasks(job: job, keys: [key])) }
      }
    } else {
      seal(job, line)
    }
  }

  private func seal(_ job: Int, _ line: Line) {
    line.call(JobsAPI.Seal(job: job)) { [self] in
      guard case .reply = $0 else { return }
      open.remove(job)
      try world.ledger.add(.sealed(job: job))
    }
  }

  private func look(_ line: Line) {
    guard let job = jobs.randomElement(using: &world.random) else { return }
    switch world.below(4) {
    case 3: line.call(JobsAPI.Estimate(job: job)) { _ in }
    case 0:
      line.call(JobsAPI.Show(job: job)) { [self] answer in
        guard case .error(let name) = answer else { return }
        throw Violation("job \(job) of user \(uid) was acknowledged, but Show answers \(name)")
      }
    case 1: line.call(JobsAPI.Tasks(job: job)) { _ in }
    default: line.call(JobsAPI.Explain(job: job)) { _ in }
    }
  }

  /// A submission that cannot be, found out when a part of it is written down already.
  private func submitNonsense(_ line: Line) {
    refusals += 1
    let title = "nonsense \(uid)-\(refusals)"
    let unknown = String(repeating: "0", count: 64)
    line.call(
      JobsAPI.Submit(kind: "docs", inputs: [JobsAPI.InputRef(name: "in", sha256: unknown)], title: title)
    ) { [self] answer in
      guard case .error(let name) = answer else { throw Violation("a job was made of an input that nobody has") }
      if name == "Refused" { try world.ledger.add(.refused(title: title)) }
    }
  }

  private func upload(_ line: Line) {
    // Above 128 KiB the bytes become a file beside the database.
    let size = world.chance(30) ? (128 << 10) + 1 + world.below(100) : world.below(100)
    let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: world.random.next()), count: size)
    let sha256 = SHA256Digest(of: bytes).hex
    line.call(JobsAPI.PutInput(sha256: sha256, size: size, offset: 0, data: Base64.string(bytes))) { [self] answer in
      guard case .reply(let reply) = answer, reply.stored else { return }
      if !stored.contains(sha256) { stored.append(sha256) }
      try world.ledger.add(.uploaded(sha256: sha256))
    }
  }

  // MARK: The end

  /// Everything that this user has begun is let run: sealed, resumed.
  func letRun() throws {
    guard let line = try connected() else { return }
    for job in jobs {
      if open.contains(job) { seal(job, line) }
      line.call(JobsAPI.Resume(job: job)) { _ in }
    }
  }

  /// Tasks of some jobs are made again.
  func regenerate() throws {
    guard let line = try connected() else { return }
    for job in jobs where world.chance(40) {
      line.call(JobsAPI.Regenerate(job: job, match: world.chance(50) ? "t*" : nil, only: world.chance(50))) { _ in }
    }
  }

  /// All jobs go back to before what has changed them last; those that were made once cannot.
  func goBack() throws {
    guard let line = try connected() else { return }
    for job in jobs {
      line.call(FilesAPI.Rollback(job: job)) { answer in
        if case .error(let name) = answer, name != "Conflict" { throw Violation("going back was answered \(name)") }
      }
    }
    line.send()
  }

  /// The answers of the last calls came.
  var isAnswered: Bool { line.map { $0.isOpen && $0.openCalls == 0 && !$0.hasUnsent } ?? true }
}
