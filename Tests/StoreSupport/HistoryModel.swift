import JSON

/// What may follow what in the history of a store: the life of every task, one holder at a time, needs before dependents.
///
/// It reads the events in their order, and beside them only what never changes: needs, and who committed a result.
package final class HistoryModel {
  private enum Known: String { case waiting, leased, succeeded, failed, skipped, cancelled }

  private struct Task {
    var known = Known.waiting
    var lease: Int?
    var lastLease = 0
    var generation = 1
    /// Files of another task that were taken for it, just before it is said that it was.
    var taken = 0
    /// One of these took the place of a file that was archived.
    var hasTakenForArchived = false
    /// Nothing was told of it yet.
    var isNew = true
  }

  /// Nothing was read yet.
  package init() {}

  /// The number of the last event that was read.
  package private(set) var last = 0
  private var tasks: [Int: [String: Task]] = [:]
  private var jobs: [Int: String] = [:]
  /// The current results of every task: hashes by path.
  private var committed: [Int: [String: [String: String]]] = [:]
  /// What was committed for the task when a lease was given, by lease; kept when the history is read anew.
  package private(set) var doneAtGrant: [Int: [String: String]] = [:]
  /// The end of a job by its user is one event for all its tasks, those of which nothing was told included.
  private var everCancelled: Set<Int> = []
  private var projects: [Int: Int] = [:]
  private var credits = CreditModel()
  private var archive = ArchiveModel()
  /// How often a task in a state met an event, for the coverage.
  package private(set) var pairs: [String: Int] = [:]

  /// Begins anew: after a crash the history may be shorter than it was seen to be.
  package func forget() {
    last = 0
    tasks = [:]
    jobs = [:]
    everCancelled = []
    committed = [:]
    projects = [:]
    credits = CreditModel()
    archive = ArchiveModel()
  }

  /// Holds what follows from the history against the store, which has to be where the history ends: what tasks were charged with,
  /// and which files are archived.
  package func check(_ look: Look) throws {
    try credits.check(look)
    try archive.check(look)
  }

  /// Reads what is new.
  ///
  /// - Returns: whether there was anything.
  @discardableResult package func follow(_ look: Look) throws -> Bool {
    let before = last
    for event in try look.events(after: last) {
      guard event.number == last + 1 else { throw Violation("event \(event.number) follows event \(last)") }
      last = event.number
      do {
        try learn(event, look)
      } catch let violation as Violation {
        let task = event.task.map { ":\($0)" } ?? ""
        throw Violation("event \(event.number), \(event.type) of \(event.job)\(task): \(violation)")
      }
    }
    return last > before
  }

  private func learn(_ event: Look.Event, _ look: Look) throws {
    let detail = event.detail.isEmpty ? nil : try JSONDocument(event.detail).root
    guard let key = event.task else { return try learnOfJob(event, detail, look) }
    var task = tasks[event.job]?[key] ?? Task()
    pairs["task \(task.known.rawValue), \(event.type)", default: 0] += 1
    try step(&task, event, key, lease: detail?["lease"]?.int.map { Int($0) }, detail, look)
    task.isNew = false
    tasks[event.job, default: [:]][key] = task
    if let path = detail?["path"]?.string { try archive.learn(event.type, path, in: project(of: event.job, look)) }
  }

  private func project(of job: Int, _ look: Look) throws -> Int {
    if let known = projects[job] { return known }
    let project = try look.integer("SELECT project FROM job WHERE id = ?1", job) ?? 0
    projects[job] = project
    return project
  }

  private func learnOfJob(_ event: Look.Event, _ detail: JSONValue?, _ look: Look) throws {
    switch event.type {
    case "job.submitted":
      guard jobs[event.job] == nil else { throw Violation("the job was there already") }
      jobs[event.job] = "pending"
    case "job.state":
      guard let before = jobs[event.job], let state = detail?["state"]?.string else {
        throw Violation("a job that was never submitted")
      }
      pairs["job \(before), becomes \(state)", default: 0] += 1
      guard HistoryModel.jobSteps[before]?.contains(state) == true else {
        throw Violation("the job was \(before) and is now \(state)")
      }
      jobs[event.job] = state
      if state == "cancelled" { endLive(event.job) }
      if state == "succeeded" { try checkSuccess(event.job, look) }
    case "job.sealed", "tasks.added":
      guard jobs[event.job] != nil else { throw Violation("a job that was never submitted") }
    default: throw Violation("an event that nobody knows")
    }
  }

  private static let jobSteps: [String: Set<String>] = [
    "pending": ["running", "paused", "cancelled", "succeeded", "failed"],
    "running": ["paused", "succeeded", "failed", "cancelled"],
    "paused": ["pending", "running", "succeeded", "failed", "cancelled"],
    "failed": ["running"], "cancelled": ["running"], "succeeded": ["running"],
  ]

  private func endLive(_ job: Int) {
    everCancelled.insert(job)
    for (key, task) in tasks[job] ?? [:] where task.known == .waiting || task.known == .leased {
      if let lease = task.lease { credits.ended(lease, isDone: false) }
      tasks[job]?[key]?.known = .cancelled
      tasks[job]?[key]?.lease = nil
    }
  }

  private func checkSuccess(_ job: Int, _ look: Look) throws {
    for (key, task) in tasks[job] ?? [:] where task.known != .succeeded {
      throw Violation("the job succeeded while '\(key)' is \(task.known)")
    }
    let stored = try look.integer("SELECT count(*) FROM task WHERE job = ?1", job) ?? 0
    guard stored == tasks[job]?.count ?? 0 else {
      throw Violation("the job succeeded before all its tasks were leased")
    }
  }

  private func step(
    _ task: inout Task, _ event: Look.Event, _ key: String, lease: Int?, _ detail: JSONValue?, _ look: Look
  ) throws {
    switch event.type {
    case "task.leased":
      guard task.known == .waiting, let lease else { throw Violation("a \(task.known) task was leased") }
      guard lease > task.lastLease else { throw Violation("lease \(lease) came after lease \(task.lastLease)") }
      try checkNeeds(event.job, key, look)
      (task.known, task.lease, task.lastLease) = (.leased, lease, lease)
      guard task.taken == 0 else { throw Violation("\(task.taken) files were taken from the store for a leased task") }
      try begin(&task, event.job, key, generation: detail?["generation"]?.int.map { Int($0) } ?? 1)
      doneAtGrant[lease] = committed[event.job]?[key] ?? [:]
      let price = try look.integer("SELECT credits FROM task WHERE job = ?1 AND key = ?2", event.job, key) ?? 0
      credits.leased(lease, of: event.job, credits: price)
    case "result.committed", "record.committed":
      if task.known == .waiting { return try takeFile(&task, event, key, detail, look) }
      guard task.known == .leased else { throw Violation("a result of a \(task.known) task became current") }
      let path = detail?["path"]?.string ?? ""
      let version = Int(detail?["version"]?.int ?? 0)
      let holder = try look.integer(
        "SELECT lease FROM result WHERE job = ?1 AND path = ?2 AND version = ?3", event.job, path, version)
      guard holder == task.lease else {
        throw Violation("'\(path)' came under lease \(holder ?? 0), but lease \(task.lease ?? 0) holds the task")
      }
      let before = committed[event.job, default: [:]][key, default: [:]].updateValue(
        detail?["sha256"]?.string ?? "", forKey: path)
      guard before == nil || before != detail?["sha256"]?.string else {
        throw Violation("'\(path)' got another version with the same bytes")
      }
    // What a model call brings is no step of its task, and may come when its lease is over.
    // Somebody goes back, or puts a file of his own; what the task has committed for its next lease is not touched, since nothing is made meanwhile.
    case "result.restored", "result.retired", "result.put", "result.archived", "result.unarchived":
      guard task.known != .leased else { throw Violation("somebody went back while the task was leased") }
    case "result.removed":
      guard task.known != .leased else { throw Violation("a file went while its task was leased") }
      try remove(detail?["path"]?.string ?? "", project(of: event.job, look), look)
    case "result.late", "call.settled", "call.failed", "call.unknown", "account.parked": break
    case "lease.lost":
      guard task.known == .leased, lease == task.lease else {
        throw Violation("lease \(lease ?? 0) was not the holder")
      }
    case "task.reused":
      guard task.known == .waiting, task.lastLease == 0, task.generation == 1 else {
        throw Violation("a \(task.known) task that was begun before was taken from the store")
      }
      try checkNeeds(event.job, key, look)
      guard detail?["files"]?.int == Int64(task.taken) else { throw Violation("\(task.taken) files were taken") }
      // What is there as it is, is taken from no task in particular.
      guard !task.hasTakenForArchived || detail?["from_task"] != nil else {
        throw Violation("a file that is archived was taken for what is there")
      }
      (task.known, task.taken, task.hasTakenForArchived) = (.succeeded, 0, false)
    case "task.succeeded": try end(&task, lease, as: .succeeded)
    case "task.retry", "task.released": try end(&task, lease, as: .waiting)
    case "task.failed":
      if lease == nil, task.known == .waiting { task.known = .failed } else { try end(&task, lease, as: .failed) }
    case "task.skipped":
      guard task.known == .waiting || task.known == .skipped else {
        throw Violation("a \(task.known) task was skipped")
      }
      task.known = .skipped
    case "task.reset":
      let mayBeCancelled = task.isNew && everCancelled.contains(event.job)
      let generation = detail?["generation"]?.int.map { Int($0) } ?? 1
      let isRegenerated = task.known == .succeeded && generation == task.generation + 1
      guard mayBeCancelled || isRegenerated || [.failed, .skipped, .cancelled].contains(task.known) else {
        throw Violation("a \(task.known) task was reset")
      }
      task.known = .waiting
      try begin(&task, event.job, key, generation: generation)
    default: throw Violation("an event that nobody knows")
    }
  }

  /// No task of the project has the file any more.
  private func remove(_ path: String, _ project: Int, _ look: Look) throws {
    for job in Array(committed.keys) where try self.project(of: job, look) == project {
      for key in Array((committed[job] ?? [:]).keys) { committed[job]?[key]?[path] = nil }
    }
  }

  /// A generation begins without files.
  private func begin(_ task: inout Task, _ job: Int, _ key: String, generation: Int) throws {
    guard generation >= task.generation else { throw Violation("generation \(generation) after \(task.generation)") }
    if generation > task.generation { committed[job]?[key] = nil }
    task.generation = generation
  }

  /// A copy is its task's own, and has the bytes of what another task of the same user has made.
  private func takeFile(
    _ task: inout Task, _ event: Look.Event, _ key: String, _ detail: JSONValue?, _ look: Look
  ) throws {
    let path = detail?["path"]?.string ?? ""
    let isCopy = try look.exists(
      """
      SELECT 1 FROM result r JOIN task t ON t.id = r.task JOIN result other ON other.blob = r.blob AND other.job <> r.job
        JOIN job mine ON mine.id = r.job JOIN job theirs ON theirs.id = other.job AND theirs.owner = mine.owner
      WHERE r.job = ?1 AND t.key = ?2 AND r.path = ?3 AND r.lease = 0 AND other.standing <> 'late'
      """, event.job, key, path)
    guard isCopy else { throw Violation("'\(path)' was committed without a lease, and is nobody's file") }
    // A record is no file.
    if event.type == "result.committed" { task.taken += 1 }
    if try archive.isArchived(path, in: project(of: event.job, look)) { task.hasTakenForArchived = true }
    committed[event.job, default: [:]][key, default: [:]][path] = detail?["sha256"]?.string ?? ""
  }

  private func end(_ task: inout Task, _ lease: Int?, as known: Known) throws {
    guard task.known == .leased, lease == task.lease else {
      throw Violation("lease \(lease ?? 0) ended the task, but it is \(task.known) under lease \(task.lease ?? 0)")
    }
    if let lease { credits.ended(lease, isDone: known == .succeeded) }
    (task.known, task.lease) = (known, nil)
  }

  private func checkNeeds(_ job: Int, _ key: String, _ look: Look) throws {
    let settles = try look.exists("SELECT 1 FROM task WHERE job = ?1 AND key = ?2 AND settled_needs", job, key)
    let needs = try look.texts(
      "SELECT n.key FROM task_need n JOIN task t ON t.id = n.task WHERE t.job = ?1 AND t.key = ?2", job, key)
    for need in needs {
      let known = tasks[job]?[need]?.known ?? .waiting
      let isMet = settles ? known != .waiting && known != .leased : known == .succeeded
      guard isMet else { throw Violation("it was leased while its need '\(need)' is \(known)") }
    }
  }
}
