package import Digest
import JobModel
import SQLite

/// What a call has used; what is absent is not known.
package struct CallUsage: Sendable, Equatable {
  package var inputTokens: Int64?
  package var cachedTokens: Int64?
  package var outputTokens: Int64?
  package var reasoningTokens: Int64?
  package var picoUSD: Int64?
  /// Who says what it has cost: `provider`, `table` or `none`.
  package var costSource = "none"
  /// One line of JSON, as the provider has sent it.
  package var raw: [UInt8]?

  package init() {}
}

/// A file of an answer.
package struct CallFile: Sendable, Equatable {
  package let mediaType: String
  package let sha256: SHA256Digest
  package let size: Int64

  package init(mediaType: String, sha256: SHA256Digest, size: Int64) {
    self.mediaType = mediaType
    self.sha256 = sha256
    self.size = size
  }
}

/// What is asked: the same owner, request and sample is the same question.
struct CallKey: Hashable {
  let owner: UserID
  let request: [UInt8]
  let sample: Int64
}

/// The part of a model call that transitions read and change.
struct CallRow {
  let id: CallID
  let job: JobID
  let task: TaskID
  let lease: LeaseID
  let session: String
  let owner: UserID
  let day: Int64
  let request: [UInt8]
  let sample: Int64
  let provider: String
  let account: String
  let model: String
  var state: CallState
  let atMs: Int64
  let worst: CallEstimate
  var counted: Spent
  var usage: CallUsage

  var key: CallKey { CallKey(owner: owner, request: request, sample: sample) }

  private static let names = [
    "id", "job", "task", "lease", "session", "owner", "day", "request", "sample", "provider", "account", "model",
    "state",
    "at_ms", "worst_tokens", "worst_pico_usd", "worst_credits", "counted_pico_usd", "counted_calls", "counted_tokens",
    "counted_credits", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "pico_usd", "cost_source",
  ]
  static let columns = names.joined(separator: ", ")
  static let columnCount = Int32(names.count)

  /// The columns, of the table that a statement calls `alias`.
  static func columns(of alias: String) -> String { names.map { "\(alias).\($0)" }.joined(separator: ", ") }

  /// Reads `columns`, which begin a row.
  init(_ row: borrowing Row) {
    id = CallID(row.int(0))
    job = JobID(row.int(1))
    task = TaskID(row.int(2))
    lease = LeaseID(row.int(3))
    session = row.text(4)
    owner = UserID(UInt32(truncatingIfNeeded: row.int(5)))
    day = row.int(6)
    request = row.bytes(7)
    sample = row.int(8)
    provider = row.text(9)
    account = row.text(10)
    model = row.text(11)
    state = CallState(rawValue: row.text(12)) ?? .unknown
    atMs = row.int(13)
    worst = CallEstimate(tokens: row.int(14), picoUSD: row.optionalInt(15), credits: row.int(16))
    counted = Spent(row, from: 17)
    usage = CallUsage()
    usage.inputTokens = row.optionalInt(21)
    usage.cachedTokens = row.optionalInt(22)
    usage.outputTokens = row.optionalInt(23)
    usage.reasoningTokens = row.optionalInt(24)
    usage.picoUSD = row.optionalInt(25)
    usage.costSource = row.optionalText(26) ?? "none"
  }
}

extension Spent {
  /// Reads four columns in the order of the units.
  init(_ row: borrowing Row, from column: Int32) {
    self.init(
      picoUSD: row.int(column), calls: row.int(column + 1), tokens: row.int(column + 2), credits: row.int(column + 3))
  }

  /// In the order of the units.
  var values: [Int64] { Unit.allCases.map { self[$0] } }
}

extension Spending {
  /// Reads the columns of `CallStatements.spendingSums`.
  init(_ row: borrowing Row) {
    self.init()
    settled = Spent(row, from: 0)
    unknown = Spent(row, from: 4)
    reserved = Spent(row, from: 8)
  }
}

extension Budget {
  /// Reads four columns in the order of the units.
  init(_ row: borrowing Row, from column: Int32) {
    self.init(
      picoUSD: row.optionalInt(column), calls: row.optionalInt(column + 1), tokens: row.optionalInt(column + 2),
      credits: row.optionalInt(column + 3))
  }
}

/// The UTC day of a time, from 1970.
package func utcDay(ofMs ms: Int64) -> Int64 { Int64((Double(ms) / msADay).rounded(.down)) }

/// The first millisecond of a UTC day, from 1970; there are no days beyond the numbers of milliseconds.
func msOfUTCDay(_ day: Int64) -> Int64 { Int64(Double(day) * msADay) }

private let msADay = 86_400_000.0
