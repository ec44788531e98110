package import JobModel
import SQLite

/// The job store: everything that changes what is stored, used by one thread.
///
/// A change is made inside a transaction that the caller opens and ends (`begin`, `commit`), and as an `attempt` of its
/// own, so that one refused command does not touch the others of its group. What the world has to hear of it (leases
/// given, leases taken back) collects and may be told (``takeEffects()``) once `commit` has returned.
package final class JobStore {
  let connection: Connection
  let sql: Statements
  package let file: StoreFile
  package let blobs: BlobFiles
  package let retryPolicy: RetryPolicy
  /// A number from 0 up to 1 for the jitter of waits; a parameter so that a test can repeat a run.
  let random: () -> Double

  /// How often a broker has started on this store.
  package let generation: Int64
  /// Which history the numbers of events belong to; a restored backup gets another.
  package let historyID: String
  /// Whether the file is a backup on which no broker was started before.
  package let isRestored: Bool

  /// Rows that a transaction has read or changed. Those that are as they were committed are kept for the next ones.
  var jobs: [JobID: JobRow] = [:]
  var phases: [PhaseKey: PhaseRow] = [:]
  /// Goes up with every change of a job or phase that the transaction holds.
  var rowChanges: Int64 = 0
  var leaseCounter: Int64 = 0
  var turn: Int64
  var lastServed: [Int64: Int64] = [:]
  var slots = SlotRegistry()
  private var slotsAtBegin = SlotRegistry()
  /// Model calls that wait for something that will be told.
  var callWaiters = CallWaiters()
  private var callWaitersAtBegin = CallWaiters()

  /// Number of the last event.
  package internal(set) var eventHigh: Int64
  private var eventHighStored: Int64
  /// Number of the last job; numbers are never used twice, also when jobs were pruned.
  var jobHigh: Int64
  private var jobHighStored: Int64

  private var logsBegun: Int64 = 0

  var known = KnownFacts()
  var replays = SpawnReplays()
  var reuseBudget = ReuseBudget()
  var heldLeases = HeldLeases()
  /// The limits of model calls as they are stored; `nil` when they have to be read.
  var callLimits: CallLimits?
  /// The calls of the last minute, while calls are limited by the minute; `nil` when they have to be read.
  var callWindow: RateWindow?

  /// What removes jobs; opened when it is first needed.
  var jobRemoval: JobRemoval?
  /// Why it is not known whether a transaction between two groups was committed.
  var ownCommitUnknown: String?

  /// What the current transaction has to tell the world.
  package internal(set) var effects: [StoreEffect] = []

  /// Opens the store, creating or migrating it, and raises its generation; all of that is on disk when it returns.
  ///
  /// - Parameters:
  ///   - bootID: tells whether the machine was restarted since; leases of before are then over.
  ///   - freshID: 128 random bits as text, used when the store is new.
  /// - Throws: `StoreError`.
  package init(
    file: StoreFile, bootID: String, freshID: String, now: Int64, retryPolicy: RetryPolicy = RetryPolicy(),
    random: @escaping () -> Double = { Double.random(in: 0..<1) }
  ) throws {
    self.file = file
    self.retryPolicy = retryPolicy
    self.random = random
    connection = try file.openWriter()
    try Migrations.apply(to: connection, path: file.path)
    blobs = BlobFiles(directory: file.blobDirectory, disk: file.disk)
    try blobs.prepare()
    sql = Statements(connection)
    try sql.begin.run()
    isRestored = try RestoredCopy.isMarked(sql.events)
    historyID = isRestored ? freshID : try Settings.text("history_id", sql.events) ?? freshID
    let skipped = isRestored ? RestoredCopy.generationsSkipped(random: random()) : 0
    generation = try Settings.integer("generation", sql.events) + skipped + 1
    eventHigh = try Settings.integer("event_high", sql.events)
    eventHighStored = eventHigh
    jobHigh = try Settings.integer("job_high", sql.events)
    jobHighStored = jobHigh
    turn = try connection.integer("SELECT coalesce(max(turn), 0) FROM ready_job") ?? 0
    // Leases of a copy go on at the broker of the original, if anywhere.
    let sameBoot = try !isRestored && Settings.text("boot_id", sql.events) == bootID
    if isRestored { try connection.execute(BackupStatements.unmark) }
    try sql.events.setSetting.run("history_id", historyID)
    try sql.events.setSetting.run("generation", generation)
    try sql.events.setSetting.run("boot_id", bootID)
    if isRestored { try skipCallNumbers() }
    try recoverLeases(sameBoot: sameBoot, now: now)
    if !sameBoot { try loseAllCalls(now: now) }
    try commit()
    // Rows that a crash left in the log may be readable and not yet on disk: nobody may hear of them before this.
    try sync()
    try checkpoint()
  }

  // MARK: Transactions

  /// Opens the transaction of a group.
  package func begin() throws {
    slotsAtBegin = slots
    callWaitersAtBegin = callWaiters
    hasLeftovers = false
    if jobs.count > JobStore.rowsKeptMax { jobs.removeAll(keepingCapacity: true) }
    phases.removeAll(keepingCapacity: true)
    effects = []
    try sql.begin.run()
  }

  /// Writes back what was collected and commits; nothing is promised to be on disk before `sync`.
  package func commit() throws {
    try writeBack()
    try sql.commit.run()
    eventHighStored = eventHigh
    jobHighStored = jobHigh
  }

  /// Writes what was collected in memory into the transaction; once more when it has grown since.
  package func writeBack() throws {
    try writeBackJobs()
    try writeBackPhases()
    if eventHigh != eventHighStored { try sql.events.setSetting.run("event_high", eventHigh) }
    if jobHigh != jobHighStored { try sql.events.setSetting.run("job_high", jobHigh) }
  }

  /// What the last transaction has to tell the world, once. The store keeps nothing of it: another thread reads it.
  package func takeEffects() -> [StoreEffect] {
    defer { effects = [] }
    return effects
  }

  /// Puts every commit so far on disk.
  package func sync() throws {
    try connection.syncWriteAheadLog()
  }

  /// Gives up the transaction, also when SQLite has already done so by itself.
  package func rollback() {
    // An error here means that there is no transaction any more, which is what is wanted.
    if connection.isInTransaction { try? sql.rollback.run() }
    forgetRows()
    phases.removeAll(keepingCapacity: true)
    effects = []
    eventHigh = eventHighStored
    jobHigh = jobHighStored
    slots = slotsAtBegin
    callWaiters = callWaitersAtBegin
  }

  /// Rows of jobs that are kept from one transaction to the next.
  private static let rowsKeptMax = 256

  /// Forgets what was read of rows: they are no longer what they were, or somebody else is about to change them.
  func forgetRows() {
    jobs.removeAll(keepingCapacity: true)
    heldLeases.forgetAll()
    callLimits = nil
    callWindow = nil
    replays.forgetAll()
    known.mayHaveDue = true
    known.mayHaveCharges = true
    known.forgetDirectories()
  }

  /// Whether the transaction is still there; after a disk error SQLite may have ended it.
  package var isInTransaction: Bool { connection.isInTransaction }

  /// Whether every command of a group gets a savepoint of its own. Without them a group costs less, and is run again with
  /// them if one of its commands fails after it has changed something, which nearly none does.
  package var usesSavepoints = true
  /// A command without a savepoint has failed and left something behind: the transaction has to be given up.
  package private(set) var hasLeftovers = false

  /// Runs one command so that it succeeds or fails alone: in a savepoint, or watched (see ``usesSavepoints``).
  package func attempt<Result>(_ body: (JobStore) throws -> Result) throws -> Result {
    try usesSavepoints ? inSavepoint(body) : watched(body)
  }

  private func watched<Result>(_ body: (JobStore) throws -> Result) throws -> Result {
    let before = (rows: totalChanges, memory: changesInMemory)
    do {
      return try body(self)
    } catch {
      if before != (totalChanges, changesInMemory) { hasLeftovers = true }
      throw error
    }
  }

  /// Goes up with everything that a transition changes beside the database.
  private var changesInMemory: Int64 {
    rowChanges + slots.changes + callWaiters.changes + Int64(effects.count) + eventHigh + jobHigh + turn
  }

  private func inSavepoint<Result>(_ body: (JobStore) throws -> Result) throws -> Result {
    let before = (
      jobs: jobs, phases: phases, effects: effects.count, eventHigh: eventHigh, jobHigh: jobHigh, turn: turn,
      slots: slots, callWaiters: callWaiters
    )
    try sql.savepoint.run()
    do {
      let result = try body(self)
      try sql.release.run()
      return result
    } catch {
      if connection.isInTransaction {
        try sql.rollbackToSavepoint.run()
        try sql.release.run()
      }
      forgetRows()
      jobs = before.jobs
      phases = before.phases
      effects.removeSubrange(before.effects...)
      eventHigh = before.eventHigh
      jobHigh = before.jobHigh
      turn = before.turn
      slots = before.slots
      callWaiters = before.callWaiters
      throw error
    }
  }

  /// Rows changed since the store was opened: the same number before and after means that there is nothing to sync.
  package var totalChanges: Int64 { connection.totalChanges }

  /// Moves the log into the database as far as readers allow.
  package func checkpoint() throws {
    try connection.checkpoint()
  }

  /// Begins the log anew after all of it was moved into the database.
  ///
  /// SQLite syncs the head of a new log inside the first commit to it, before anything else can go on
  /// (https://sqlite.org/fileformat2.html#walformat); here nobody waits for that commit. It stands for nothing, and so it
  /// need not be on disk.
  package func beginNewLog() {
    logsBegun += 1
    do {
      try begin()
      try sql.events.setSetting.run("logs_begun", logsBegun)
      try commit()
    } catch {
      // A full disk, say. Whoever commits next has to wait for the head, and hears of what is wrong.
      rollback()
    }
  }

  /// Pages written to the log since this was last asked.
  package func takePagesWritten() -> Int { connection.takePagesWritten() + (jobRemoval?.takePagesWritten() ?? 0) }

  // MARK: Jobs of the transaction

  /// The job as it is inside this transaction.
  func job(_ id: JobID) throws -> JobRow {
    if let row = jobs[id] { return row }
    guard let row = try sql.jobs.row.first(id.value, row: { JobRow($0) }) else { throw Refusal.noSuchJob(id) }
    jobs[id] = row
    return row
  }

  /// The job, if `caller` may see it. Every call of a user on a job passes here.
  func job(_ id: JobID, for caller: Caller) throws -> JobRow {
    let row = try job(id)
    // One that is being removed is nobody's.
    guard row.owner != .nobody, caller.seesAll || row.owner == caller.user else { throw Refusal.noSuchJob(id) }
    return row
  }

  func change(_ id: JobID, _ body: (inout JobRow) -> Void) throws {
    var row = try job(id)
    body(&row)
    row.isChanged = true
    jobs[id] = row
    rowChanges += 1
  }

  /// Writes the rows that have changed. If the commit fails they are forgotten. Marked in their places: a loop over the
  /// dictionary would copy it.
  private func writeBackJobs() throws {
    var place = jobs.startIndex
    while place != jobs.endIndex {
      defer { jobs.formIndex(after: &place) }
      guard jobs.values[place].isChanged else { continue }
      try write(jobs.values[place])
      jobs.values[place].isChanged = false
    }
  }

  private func write(_ row: JobRow) throws {
    try sql.jobs.update.run(
      row.id.value, row.state.rawValue, row.reason, row.isSealed, row.startedMs, row.endedMs, row.files, row.bytes,
      row.outputsDeclared, row.outputsPresent, row.counts[.blocked], row.counts[.ready], row.counts[.leased],
      row.counts[.succeeded], row.counts[.failed], row.counts[.skipped], row.counts[.cancelled], row.holds, row.reused)
  }
}

extension JobRow {
  /// A job as it is when it comes in.
  init(_ new: NewJob, _ id: JobID, project: Int64, _ counts: TaskCounts, outputsDeclared: Int64, sample: Int64) {
    self.init(
      id: id, owner: new.owner, project: project, kind: new.kind.name, state: .pending, reason: nil,
      priority: new.priority, isSealed: new.isSealed, maxAttempts: new.maxAttempts, maxCrashes: new.maxCrashes,
      timeoutMs: new.timeoutMs, startedMs: nil, endedMs: nil, counts: counts, files: 0, bytes: 0,
      outputsDeclared: outputsDeclared, outputsPresent: 0, models: new.models.map(\.description),
      reuse: new.reuse, holds: new.holds, sample: sample, inputsDigest: new.inputsDigest, reused: 0,
      fileColumns: StoredColumns.json(new.fileColumns))
  }

  /// Reads the columns of `JobStatements.rowColumns`.
  init(_ row: borrowing Row) {
    id = JobID(row.int(0))
    owner = UserID(UInt32(truncatingIfNeeded: row.int(1)))
    project = row.int(2)
    kind = row.text(3)
    state = JobState(rawValue: row.text(4)) ?? .failed
    reason = row.optionalText(5)
    priority = Int(row.int(6))
    isSealed = row.bool(7)
    maxAttempts = Int(row.int(8))
    maxCrashes = Int(row.int(9))
    timeoutMs = row.optionalInt(10)
    startedMs = row.optionalInt(11)
    endedMs = row.optionalInt(12)
    files = row.int(13)
    bytes = row.int(14)
    outputsDeclared = row.int(15)
    outputsPresent = row.int(16)
    counts = TaskCounts(row, from: 17)
    models = StoredModels.names(row.optionalText(24))
    reuse = ReusePolicy(rawValue: row.text(25)) ?? .none
    holds = row.bool(26)
    sample = row.int(27)
    inputsDigest = row.optionalBytes(28)
    reused = row.int(29)
    fileColumns = row.optionalBytes(30)
  }
}

/// Named values in the table `setting`.
enum Settings {
  static func text(_ name: String, _ sql: EventStatements) throws -> String? {
    try sql.setting.first(name) { $0.text(0) }
  }

  static func integer(_ name: String, _ sql: EventStatements) throws -> Int64 {
    try sql.setting.first(name) { $0.int(0) } ?? 0
  }
}
