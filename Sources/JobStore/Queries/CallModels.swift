package import JobModel
import SQLite

/// A model call as lists show it.
package struct CallRecord: Sendable {
  package let id: CallID
  package let job: JobID
  package let task: String
  package let state: CallState
  package let provider: String
  package let model: String
  package let purpose: String?
  package let sample: Int64
  package let atMs: Int64
  package let endedMs: Int64?
  package let inputTokens: Int64?
  package let outputTokens: Int64?
  package let picoUSD: Int64?
  /// What it counts for, or may become, while nobody has said what it cost; `nil` when no price is known or nothing was paid.
  package let atMostPicoUSD: Int64?
  package let firstTokenMs: Int64?
  package let totalMs: Int64?
  package let hits: Int64
  package let `class`: String?
  package let message: String?

  static let columns = """
    c.id, c.job, t.key, c.state, c.provider, c.model, c.purpose, c.sample, c.at_ms, c.ended_ms, c.input_tokens, \
    c.output_tokens, c.pico_usd, c.first_token_ms, c.total_ms, c.hits, c.class, c.message, \
    CASE WHEN c.pico_usd IS NULL AND c.worst_pico_usd IS NOT NULL AND c.state <> 'failed' AND c.state <> 'unsent' \
    THEN c.counted_pico_usd END
    """
  static let columnCount: Int32 = 19

  init(_ row: borrowing Row) {
    id = CallID(row.int(0))
    job = JobID(row.int(1))
    task = row.text(2)
    state = CallState(rawValue: row.text(3)) ?? .unknown
    provider = row.text(4)
    model = row.text(5)
    purpose = row.optionalText(6)
    sample = row.int(7)
    atMs = row.int(8)
    endedMs = row.optionalInt(9)
    inputTokens = row.optionalInt(10)
    outputTokens = row.optionalInt(11)
    picoUSD = row.optionalInt(12)
    firstTokenMs = row.optionalInt(13)
    totalMs = row.optionalInt(14)
    hits = row.int(15)
    `class` = row.optionalText(16)
    message = row.optionalText(17)
    atMostPicoUSD = row.optionalInt(18)
  }
}

/// A model call with what was said.
package struct CallDetails: Sendable {
  package let call: CallRecord
  /// One line of JSON.
  package let prompt: [UInt8]?
  package let answer: [UInt8]?
  package let files: [CallFile]
}

/// What model calls have taken, summed up.
package struct UsageSums: Sendable, Equatable {
  package fileprivate(set) var spending = Spending()
  package fileprivate(set) var failed: Int64 = 0
  package fileprivate(set) var rejected: Int64 = 0
  /// Calls that were paid for, and nobody has said what they cost.
  package fileprivate(set) var costUnknown: Int64 = 0
  package fileprivate(set) var inputTokens: Int64 = 0
  package fileprivate(set) var outputTokens: Int64 = 0
  package fileprivate(set) var hits: Int64 = 0
  package fileprivate(set) var savedPicoUSD: Int64 = 0

  package init() {}

  /// Reads the sums and counts of a row of `usage`, which begin at `start`.
  init(_ row: borrowing Row, from start: Int32) {
    spending.settled = Spent(row, from: start)
    spending.unknown = Spent(row, from: start + 4)
    spending.reserved = Spent(row, from: start + 8)
    spending.wasted = Spent(row, from: start + 12)
    failed = row.int(start + 16)
    rejected = row.int(start + 17)
    costUnknown = row.int(start + 18)
    inputTokens = row.int(start + 19)
    outputTokens = row.int(start + 20)
    hits = row.int(start + 21)
    savedPicoUSD = row.int(start + 22)
  }

  static func += (left: inout UsageSums, right: UsageSums) {
    left.spending = left.spending + right.spending
    left.failed = saturatingSum(left.failed, right.failed)
    left.rejected = saturatingSum(left.rejected, right.rejected)
    left.costUnknown = saturatingSum(left.costUnknown, right.costUnknown)
    left.inputTokens = saturatingSum(left.inputTokens, right.inputTokens)
    left.outputTokens = saturatingSum(left.outputTokens, right.outputTokens)
    left.hits = saturatingSum(left.hits, right.hits)
    left.savedPicoUSD = saturatingSum(left.savedPicoUSD, right.savedPicoUSD)
  }
}

/// What the calls of a job have taken, and what they may take.
package struct JobSpending: Sendable {
  package let budget: Budget
  package let sums: UsageSums
  /// Of what is settled: calls of which nobody has said what they cost, and which count at their worst.
  package let assumed: Spent
}

/// By what usage is summed up.
package enum UsageGrouping: Sendable {
  case job
  case model
  case owner
  case day
}

/// A limit, and what is taken of it now.
package struct LimitRecord: Sendable {
  package let key: CallLimits.Key
  package let value: Int64
  package let used: Int64
}

/// An account of a provider that nobody calls for now.
package struct ParkedRecord: Sendable {
  package let provider: String
  package let account: String
  package let untilMs: Int64
  package let reason: String
}
