package import JobModel
import SQLite

/// What tasks of one sort would do.
package struct EstimateGroup: Sendable, Equatable {
  package let kind: String
  package let op: String
  /// Would be taken from the store.
  package fileprivate(set) var reused = 0
  /// Would be made.
  package fileprivate(set) var toRun = 0
  /// It depends on what the tasks that they need will make.
  package fileprivate(set) var open = 0
  package fileprivate(set) var past = PastUsage()
}

/// What tasks of one sort have taken before, on average.
package struct PastUsage: Sendable, Equatable {
  /// How often such tasks were made.
  package var tasks = 0
  package var model: String?
  package var callsMilli: Int?
  package var inputTokens: Int?
  package var outputTokens: Int?
  /// 10⁻¹² US dollars; `nil` also when nobody has said what some of the calls cost, and no price is known for them.
  package var picoUSD: Int?

  /// Nothing is known.
  package init() {}

  /// Reads the columns of `ReaderCallStatements.past`: sums, which are shared out among the tasks.
  fileprivate init(_ row: borrowing Row) {
    tasks = Int(row.int(1))
    model = row.text(0)
    func share(_ sum: Int64?) -> Int? { sum.map { Int($0 / max(1, row.int(1))) } }
    callsMilli = share(row.int(2) * 1_000)
    inputTokens = share(row.optionalInt(3))
    outputTokens = share(row.optionalInt(4))
    picoUSD = share(row.optionalInt(5))
  }
}

extension StoreReader {
  /// What would become of the tasks of a job that have not begun, while it is found out.
  ///
  /// Each task is looked at as dispatch would look at it, when those that it needs are known: one whose needs are all
  /// taken from the store depends on what would be taken.
  package struct EstimateSearch: Sendable {
    fileprivate enum Outcome { case reused(ReusedTask), toRun, open }
    /// Whose results would be taken.
    fileprivate struct ReusedTask: Sendable {
      let task: Int64
      let generation: Int64
    }

    fileprivate let job: JobID
    /// Of the plugins that would make the tasks, by kind.
    fileprivate let versions: [String: String]
    /// The tasks up to this one are listed.
    fileprivate var listedUpTo: Int64 = 0
    fileprivate var isListed = false
    /// Not looked at yet, in an order in which most stand behind what they need.
    fileprivate var waiting: ArraySlice<Int64> = []
    /// Those that wait for others of them.
    fileprivate var deferred: [Int64] = []
    fileprivate var hasProgress = false
    fileprivate var outcomes: [ExactText: Outcome] = [:]
    fileprivate var byKind: [SortOfTask: EstimateGroup] = [:]

    package init(of job: JobID, versions: [String: String]) {
      self.job = job
      self.versions = versions
    }

    /// What was found, by kind and op.
    package var groups: [EstimateGroup] {
      byKind.sorted { ($0.key.kind, $0.key.op) < ($1.key.kind, $1.key.op) }.map(\.value)
    }

    fileprivate mutating func count(_ task: UnbegunTask, _ outcome: Outcome) {
      outcomes[ExactText(task.key)] = outcome
      hasProgress = true
      let sort = SortOfTask(kind: task.kind, op: task.op)
      var group = byKind[sort] ?? EstimateGroup(kind: task.kind, op: task.op)
      switch outcome {
      case .reused: group.reused += 1
      case .toRun: group.toRun += 1
      case .open: group.open += 1
      }
      byKind[sort] = group
    }
  }

  fileprivate struct SortOfTask: Hashable {
    let kind: String
    let op: String
  }

  /// More tasks than these are not looked at one by one: what they would do stays open.
  package static let estimatedTasksMax = 50_000
  private static let estimatedPerPart = 200

  /// Goes on with an estimate, by a bounded step.
  ///
  /// - Returns: whether it is made.
  package func estimate(_ search: inout EstimateSearch, _ caller: Caller) throws -> Bool {
    let job = try job(search.job, for: caller)
    guard search.isListed else {
      try list(&search)
      return false
    }
    let reuse = try sql.reuseOfJob.first(search.job.value) { JobForReuse($0) }
    guard let reuse else { return true }
    for id in search.waiting.prefix(StoreReader.estimatedPerPart) { try look(at: id, &search, job, reuse) }
    search.waiting = search.waiting.dropFirst(StoreReader.estimatedPerPart)
    guard search.waiting.isEmpty else { return false }
    try goOn(&search)
    guard search.waiting.isEmpty else { return false }
    for (sort, var group) in search.byKind {
      group.past = try pastUsage(kind: sort.kind, op: sort.op, owner: job.owner, models: job.models)
      search.byKind[sort] = group
    }
    return true
  }

  private func list(_ search: inout EstimateSearch) throws {
    let page = try sql.unbegun.all(search.job.value, search.listedUpTo, StoreReader.rowsPerStatementMax) { $0.int(0) }
    let room = StoreReader.estimatedTasksMax - search.waiting.count
    search.waiting += page.prefix(room)
    // What is not looked at stays open, and so does what needs it.
    for id in page.dropFirst(room) {
      if let task = try unbegun(id) { search.count(task, .open) }
    }
    search.listedUpTo = page.last ?? search.listedUpTo
    search.isListed = page.count < StoreReader.rowsPerStatementMax
  }

  /// Those that had to wait are looked at once more, as long as that brings anything.
  private func goOn(_ search: inout EstimateSearch) throws {
    guard !search.deferred.isEmpty else { return }
    if search.hasProgress {
      search.waiting = search.deferred[...]
    } else {
      // They wait for what the job does not have, or not yet.
      for id in search.deferred {
        if let task = try unbegun(id) { search.count(task, .open) }
      }
    }
    search.deferred = []
    search.hasProgress = false
  }

  private func look(at id: Int64, _ search: inout EstimateSearch, _ job: JobSummary, _ reuse: JobForReuse) throws {
    // One that was begun since, or is gone.
    guard let task = try unbegun(id) else { return }
    let needs = try sql.needs.all(id) {
      (key: $0.text(0), state: $0.optionalText(1).flatMap(TaskState.init(rawValue:)))
    }
    let open = needs.filter { $0.state?.isFinal != true }
    var sources: [EstimateSearch.ReusedTask] = []
    var isOpen = false
    for need in open {
      switch search.outcomes[ExactText(need.key)] {
      case .reused(let source): sources.append(source)
      case .toRun, .open: isOpen = true
      case nil:
        search.deferred.append(id)
        return
      }
    }
    search.count(
      task,
      try outcome(
        task, reuse, missing: needs.filter { $0.state?.isFinal == true && $0.state != .succeeded }.map(\.key),
        sources: sources, isOpen: isOpen, version: search.versions[task.kind]))
  }

  private func outcome(
    _ task: UnbegunTask, _ job: JobForReuse, missing: [String], sources: [EstimateSearch.ReusedTask], isOpen: Bool,
    version: String?
  ) throws -> EstimateSearch.Outcome {
    guard job.reuse != .none, !task.wasStarted, task.sample == nil else { return .toRun }
    let outputs = try sql.outputs.all(task.id) { $0.text(0) }
    // What would be copied of the files that are there is not followed up: what needs it stays open.
    if job.reuse == .exists, try hasHeads(outputs, job) { return .reused(.init(task: 0, generation: 0)) }
    guard let version else { return .toRun }
    guard !isOpen || task.reuseBy == .payload else { return .open }
    // Of one that is satisfied by whatever exists it is not known what it would bring.
    if task.reuseBy != .payload, sources.contains(where: { $0.task == 0 }) { return .open }
    var needs = NeededFiles(task.reuseBy, missing: task.hasSettledNeeds ? missing : [])
    if task.reuseBy != .payload {
      for file in try neededFiles(of: task, sources, project: job.project) { needs.add(file) }
    }
    let print = Fingerprint(
      owner: job.owner, key: task.key, kind: task.kind, op: task.op, version: version, basis: task.reuseBy,
      payload: task.payload, outputs: outputs, options: job.options, models: job.models,
      inputsDigest: job.inputsDigest, needs: needs)
    let source = try sql.source.first(print.bytes, job.owner.value) {
      EstimateSearch.ReusedTask(task: $0.int(0), generation: $0.int(3))
    }
    return source.map { .reused($0) } ?? .toRun
  }

  /// What the task could read: of needs that have ended, and of those that would be taken from the store.
  private func neededFiles(
    of task: UnbegunTask, _ sources: [EstimateSearch.ReusedTask], project: Int64
  ) throws -> [NeededFile] {
    var files = try sql.neededFiles.all(task.id) { NeededFile($0) }
    for source in sources {
      files += try sql.filesOfSource.all(source.task, source.generation, Int64.max, project) { NeededFile($0) }
    }
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private func hasHeads(_ outputs: [String], _ job: JobForReuse) throws -> Bool {
    guard !outputs.isEmpty else { return false }
    return try outputs.allSatisfy { try sql.hasHead.first(job.project, $0, job.id.value) { _ in true } == true }
  }

  private func unbegun(_ id: Int64) throws -> UnbegunTask? { try sql.unbegunTask.first(id) { UnbegunTask($0) } }

  /// What tasks of a sort of the owner's have taken before, with the job's first model, else with any. Nothing for a job that asks
  /// no model.
  private func pastUsage(kind: String, op: String, owner: UserID, models: [String]) throws -> PastUsage {
    if models.isEmpty { return PastUsage() }
    let all = try calls.past.all(owner.value, kind, op) { PastUsage($0) }
    return all.first { $0.model == models.first } ?? all.first ?? PastUsage()
  }
}

/// The part of a job that decides what is taken from the store.
private struct JobForReuse {
  let id: JobID
  let owner: UserID
  let project: Int64
  let reuse: ReusePolicy
  let options: [UInt8]
  let inputsDigest: [UInt8]?
  let models: [String]

  /// Reads the columns of `ReaderStatements.reuseOfJob`.
  init(_ row: borrowing Row) {
    id = JobID(row.int(0))
    owner = UserID(UInt32(truncatingIfNeeded: row.int(1)))
    project = row.int(2)
    reuse = ReusePolicy(rawValue: row.text(3)) ?? .none
    options = row.bytes(4)
    inputsDigest = row.optionalBytes(5)
    models = StoredModels.names(row.optionalText(6))
  }
}

/// A task that waits for others or for a worker.
private struct UnbegunTask {
  let id: Int64
  let key: String
  let kind: String
  let op: String
  let payload: [UInt8]
  let reuseBy: ReuseBasis
  let hasSettledNeeds: Bool
  let wasStarted: Bool
  let sample: Int64?

  /// Reads the columns of `ReaderStatements.unbegunTask`.
  init(_ row: borrowing Row) {
    id = row.int(0)
    key = row.text(1)
    kind = row.text(2)
    op = row.text(3)
    payload = row.bytes(4)
    reuseBy = ReuseBasis(rawValue: row.text(5)) ?? .all
    hasSettledNeeds = row.bool(6)
    wasStarted = !row.isNull(7)
    sample = row.optionalInt(8)
  }
}
