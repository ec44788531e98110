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
  /// What jobs may spend at most, as far as this user has said. It is raised only, so that it holds at any time.
  private var creditBudgets: [Int: Int] = [:]

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
      raiseBudget(of: job, line)
    } else if uid == BrokerHost.ownUser, world.chance(30) {
      let value = world.chance(50) ? nil : world.below(12)
      line.call(AdminAPI.SetLimit(scope: "all", unit: .creditsPerDay, value: value)) { _ in }
    } else if uid == BrokerHost.ownUser {
      let value = world.chance(30) ? nil : world.below(3) + 1
      line.call(AdminAPI.SetLimit(scope: "all", unit: .concurrent, value: value)) { _ in }
    }
  }

  /// A job may take more, or as much as it needs.
  private func raiseBudget(of job: Int, _ line: Line) {
    let credits = world.chance(50) ? creditBudgets[job].map { $0 + world.below(3) + 1 } : nil
    creditBudgets[job] = credits
    line.call(JobsAPI.SetBudget(job: job, budget: JobsAPI.Budget(credits: credits))) { _ in }
    if world.chance(70) { line.call(JobsAPI.Resume(job: job)) { _ in } }
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
      project: world.chance(30) ? Specs.sharedProject : nil, title: "job \(key)", priority: world.below(3),
      idempotencyKey: key,
      budget: world.chance(40)
        ? JobsAPI.Budget(picoUsd: 15 + world.below(40), credits: world.chance(50) ? world.below(8) : nil) : nil,
      reuse: world.chance(30) ? world.random.element(of: [JobsAPI.Reuse.exists, .exists, .none]) : nil,
      hold: world.chance(5) ? true : nil)
    let submission = Submission(key: key, call: call)
    submissions.append(submission)
    send(submission, line)
    if world.chance(30) { send(submission, line) }
  }

  /// A job that takes what its project has.
  private func submitLast(_ line: Line) {
    let key = "\(uid)-last"
    let submission = Submission(
      key: key,
      call: JobsAPI.Submit(
        kind: world.random.element(of: Specs.kinds), tasks: Specs.tasks(&world.random), project: Specs.sharedProject,
        title: "job \(key)", idempotencyKey: key, reuse: .exists))
    submissions.append(submission)
    send(submission, line)
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
        creditBudgets[reply.job] = submission.call.budget?.credits
        if submission.call.open == true { open.insert(reply.job) }
      }
    }
  }

  private func steer(_ line: Line) {
    guard let job = jobs.randomElement(using: &world.random) else { return }
    if open.contains(job), world.chance(60) { return fill(job, line) }
    switch world.below(13) {
    case 9, 10: archive(job, line)
    case 11: arrange(job, line)
    case 12: raiseBudget(of: job, line)
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

  private func archive(_ job: Int, _ line: Line) {
    let path = world.chance(60) ? "t\(world.below(Specs.tasksMax))/out" : nil
    let undo = world.chance(40)
    line.call(
      FilesAPI.Archive(job: job, paths: path.map { [$0] }, match: path == nil ? "t*" : nil, undo: undo, why: "blurred")
    ) { [self] answer in
      guard case .reply(let reply) = answer else { return }
      world.tell(of: undo ? "files brought back" : "files archived", reply.files)
      guard let path, reply.files > 0 else { return }
      try world.ledger.add(.archived(job: job, path: path, undone: undo))
    }
  }

  /// Puts files into collections, takes them out and moves them. Nobody takes out what is told to be in one.
  private func arrange(_ job: Int, _ line: Line) {
    let name = world.random.element(of: Specs.collections)
    func file(_ task: Int) -> FilesAPI.CollectionFile { FilesAPI.CollectionFile(job: job, path: "t\(task)/out") }
    switch world.below(4) {
    case 0: line.call(FilesAPI.RemoveFromCollection(name: name, files: [file(0)])) { _ in }
    case 1:
      let before = world.chance(70) ? file(world.below(Specs.tasksMax)) : nil
      line.call(FilesAPI.MoveInCollection(name: name, file: file(world.below(Specs.tasksMax)), before: before)) { _ in }
    default:
      let added = file(world.below(Specs.tasksMax))
      line.call(FilesAPI.AddToCollection(name: name, files: [added], section: nil)) { [self] in
        guard case .reply = $0 else { return }
        world.tell(of: "files put into collections")
        guard added.path != file(0).path else { return }
        try world.ledger.add(.member(user: Int(uid), collection: name, path: added.path, job: job))
      }
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
    if uid == BrokerHost.ownUser {
      line.call(AdminAPI.SetLimit(scope: "all", unit: .creditsPerDay, value: nil)) { _ in }
    }
    for job in jobs {
      if open.contains(job) { seal(job, line) }
      creditBudgets[job] = nil
      line.call(JobsAPI.SetBudget(job: job, budget: JobsAPI.Budget())) { _ in }
      line.call(JobsAPI.Resume(job: job)) { _ in }
    }
  }

  /// Files are archived, another job takes what is there, and tasks of some jobs are made again.
  func doMore() throws {
    guard let line = try connected() else { return }
    for job in jobs where world.chance(50) { archive(job, line) }
    for job in jobs where world.chance(50) { arrange(job, line) }
    if world.chance(50) { submitLast(line) }
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

  /// Lists everything, while nothing happens: exactly what is current, without archived files.
  func list() throws {
    guard let line = try connected() else { return }
    for job in jobs {
      line.call(FilesAPI.List(job: job, limit: 500)) { [self] answer in
        guard case .reply(let reply) = answer else { throw Violation("the files of job \(job) are not listed") }
        try expect(
          reply.files.map(\.path), job, "archived_ms IS NULL AND NOT (path >= '//' AND path < '/0')", "files")
      }
      line.call(FilesAPI.Records(job: job, limit: 500)) { [self] answer in
        guard case .reply(let reply) = answer else { throw Violation("the records of job \(job) are not listed") }
        try expect(reply.records.map { "//\($0.set)/\($0.key)" }, job, "path >= '//' AND path < '/0'", "records")
      }
    }
    line.send()
  }

  private func expect(_ told: [String], _ job: Int, _ condition: String, _ what: String) throws {
    let current = try world.host.life?.look?.texts(
      """
      SELECT path FROM result WHERE project = (SELECT project FROM job WHERE id = ?1) AND standing = 'head'
        AND \(condition) ORDER BY path
      """, job)
    guard told == current else { throw Violation("job \(job) has the \(what) \(current ?? []), and lists \(told)") }
  }

  /// The answers of the last calls came.
  var isAnswered: Bool { line.map { $0.isOpen && $0.openCalls == 0 && !$0.hasUnsent } ?? true }
}
