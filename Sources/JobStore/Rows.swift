package import JobModel
import SQLite

/// Whoever asks: users see their own jobs, the broker's own user and root see all.
package struct Caller: Sendable, Hashable {
  package let user: UserID
  package let seesAll: Bool

  package init(user: UserID, seesAll: Bool) {
    self.user = user
    self.seesAll = seesAll
  }
}

/// The part of a job that transitions read and change.
struct JobRow {
  let id: JobID
  let owner: UserID
  let project: Int64
  let kind: String
  var state: JobState
  var reason: String?
  let priority: Int
  var isSealed: Bool
  let maxAttempts: Int
  let maxCrashes: Int
  let timeoutMs: Int64?
  var startedMs: Int64?
  var endedMs: Int64?
  var counts: TaskCounts
  var files: Int64
  var bytes: Int64
  var outputsDeclared: Int64
  var outputsPresent: Int64
  /// That its tasks may use, `provider/model`.
  let models: [String]
  let reuse: ReusePolicy
  /// Whether it is paused when its first task has ended.
  var holds: Bool
  /// Goes into the model calls of its tasks.
  let sample: Int64
  let inputsDigest: [UInt8]?
  /// Tasks that were taken from the store.
  var reused: Int64
  /// What its labels say of its files, as `StoredColumns` writes it.
  let fileColumns: [UInt8]?
  /// True when the transaction has to write the row back.
  var isChanged = false

  func facts(outputsMissing: Int = 0) -> JobFacts {
    JobFacts(
      state: state, isSealed: isSealed, hasStarted: startedMs != nil, live: counts.live,
      unsuccessful: counts[.failed] + counts[.skipped] + counts[.cancelled], outputsMissing: outputsMissing)
  }

  /// Whether its tasks may be leased now.
  var givesLeases: Bool { isSealed && (state == .pending || state == .running) }
}

/// The models of a job, as they are stored: a line for each, since no name holds a line's end.
enum StoredModels {
  static func text(_ models: [ModelName]) -> String? {
    models.isEmpty ? nil : models.map(\.description).joined(separator: "\n")
  }

  static func names(_ text: String?) -> [String] { text?.split(separator: "\n").map(String.init) ?? [] }
}

/// How many tasks of a job are in each state.
package struct TaskCounts: Sendable, Equatable {
  private var blocked = 0
  private var ready = 0
  private var leased = 0
  private var succeeded = 0
  private var failed = 0
  private var skipped = 0
  private var cancelled = 0

  package init() {}

  package subscript(state: TaskState) -> Int {
    get {
      switch state {
      case .blocked: blocked
      case .ready: ready
      case .leased: leased
      case .succeeded: succeeded
      case .failed: failed
      case .skipped: skipped
      case .cancelled: cancelled
      }
    }
    set {
      switch state {
      case .blocked: blocked = newValue
      case .ready: ready = newValue
      case .leased: leased = newValue
      case .succeeded: succeeded = newValue
      case .failed: failed = newValue
      case .skipped: skipped = newValue
      case .cancelled: cancelled = newValue
      }
    }
  }

  /// One task is in another state than before; `old` is absent for one that is new.
  mutating func move(from old: TaskState?, to new: TaskState) {
    if let old { self[old] -= 1 }
    self[new] += 1
  }

  /// Everything that is live is cancelled.
  mutating func cancelLive() {
    cancelled += live
    (blocked, ready, leased) = (0, 0, 0)
  }

  /// Takes away what is counted elsewhere.
  package mutating func subtract(_ other: TaskCounts) {
    for state in TaskState.allCases { self[state] -= other[state] }
  }

  package var live: Int { blocked + ready + leased }
  package var total: Int { live + succeeded + failed + skipped + cancelled }

  /// Reads seven columns in the order of the states.
  init(_ row: borrowing Row, from column: Int32) {
    for (offset, state) in TaskState.allCases.enumerated() { self[state] = Int(row.int(column + Int32(offset))) }
  }
}

/// The part of a task that transitions read and change.
struct TaskRow {
  let id: TaskID
  let job: JobID
  let key: String
  let kind: String
  let hasSettledNeeds: Bool
  var generation: Int64
  /// The phase that it counts for.
  let phase: String?
  /// Whether it was ever leased: another one has no results.
  var wasStarted: Bool
  var facts: TaskFacts
  /// Of all that its files depend on, as it was when it last got a lease or was taken from the store.
  var fingerprint: [UInt8]?
  /// Its own, if it is made again.
  var sample: Int64?
  /// Whether its results were taken from the store.
  var isReused: Bool
  /// What the job is charged when it is made.
  let credits: Int64
  /// What it says of its files, as `StoredColumns` writes it.
  let fileColumns: [UInt8]?

  /// Reads `columns`, which begin at `start`.
  init(_ row: borrowing Row, from start: Int32 = 0) {
    id = TaskID(row.int(start))
    job = JobID(row.int(start + 1))
    key = row.text(start + 2)
    kind = row.text(start + 3)
    hasSettledNeeds = row.bool(start + 4)
    generation = row.int(start + 5)
    facts = TaskFacts(
      state: TaskState(rawValue: row.text(start + 6)) ?? .cancelled, unmet: Int(row.int(start + 7)),
      attempts: Int(row.int(start + 8)), crashes: Int(row.int(start + 9)), maxAttempts: Int(row.int(start + 10)),
      maxCrashes: Int(row.int(start + 11)))
    phase = row.optionalText(start + 12)
    wasStarted = !row.isNull(start + 13)
    fingerprint = row.optionalBytes(start + 14)
    sample = row.optionalInt(start + 15)
    isReused = row.bool(start + 16)
    credits = row.int(start + 17)
    fileColumns = row.optionalBytes(start + 18)
  }

  private static let names = [
    "id", "job", "key", "kind", "settled_needs", "generation", "state", "unmet", "attempts", "crashes", "max_attempts",
    "max_crashes", "phase", "started_ms", "fingerprint", "sample", "reused",
    "credits", "file_columns",
  ]
  static let columnCount = Int32(names.count)
  static let columns = names.joined(separator: ", ")

  /// The columns, of the table that a statement calls `alias`.
  static func columns(of alias: String) -> String { names.map { "\(alias).\($0)" }.joined(separator: ", ") }
}

/// A lease as the store knows it.
struct LeaseRow {
  let id: LeaseID
  let task: TaskID
  let job: JobID
  let session: String
  let attempt: Int
  let state: LeaseState
  /// The worker's process.
  let pid: Int32?

  private static let names = ["id", "task", "job", "session", "attempt", "state", "pid"]
  static let columns = names.joined(separator: ", ")
  static let columnCount = Int32(names.count)

  /// The columns, of the table that a statement calls `alias`.
  static func columns(of alias: String) -> String { names.map { "\(alias).\($0)" }.joined(separator: ", ") }
}

extension LeaseRow {
  /// Reads `columns`, which begin a row.
  init(_ row: borrowing Row) {
    id = LeaseID(row.int(0))
    task = TaskID(row.int(1))
    job = JobID(row.int(2))
    session = row.text(3)
    attempt = Int(row.int(4))
    state = LeaseState(rawValue: row.text(5)) ?? .expired
    pid = row.optionalInt(6).flatMap { Int32(exactly: $0) }
  }
}
