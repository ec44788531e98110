import JobModel
import SQLite

/// The statements on model calls, by name.
struct CallStatements {
  let addContent: Statement
  let addFile: Statement
  let budget: Statement
  let byID: Statement
  let content: Statement
  let countHit: Statement
  let deleteLimit: Statement
  let end: Statement
  let files: Statement
  let insert: Statement
  let limits: Statement
  let lose: Statement
  let openOf: Statement
  let open: Statement
  let openOfJob: Statement
  let openOfSession: Statement
  let openOfSessionCount: Statement
  let park: Statement
  let parked: Statement
  let forgetContent: Statement
  let forgetParked: Statement
  let reserved: Statement
  let rebind: Statement
  let removedAnswer: Statement
  let parkedLongest: Statement
  let setAnswer: Statement
  let setBudget: Statement
  let setLimit: Statement
  let settled: Statement
  let skipNumbers: Statement
  let spending: Statement
  let addSpending: Statement
  let addUsage: Statement
  let beginNumbers: Statement
  let unpark: Statement
  let window: Statement

  /// The sums of a row, each in all units.
  static func sums(_ names: [String]) -> [String] {
    names.flatMap { name in Spent.Unit.allCases.map { "\(name)_\($0.rawValue)" } }
  }

  static let spendingSums = sums(["settled", "unknown", "reserved"])
  static let usageSums = sums(["settled", "unknown", "reserved", "wasted"])
  static let usageCounts = ["failed", "rejected", "cost_unknown", "input_tokens", "output_tokens", "hits"]

  /// Adds values to the row of a key, which begins with nothing.
  static func add(to table: String, key: [String], sums: [String], saturating: [String] = []) -> String {
    let columns = key + sums + saturating
    let numbers = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, "?\($0 + 1)") })
    func value(_ column: String) -> String { numbers[column] ?? "NULL" }
    // Only a row that is there can become less; the CHECKs of a new one would be looked at first.
    let values = key.map(value) + (sums + saturating).map { "max(\(value($0)), 0)" }
    let updates =
      sums.map { "\($0) = \($0) + \(value($0))" }
      + saturating.map { "\($0) = \($0) + min(\(value($0)), \(Int64.max) - \($0))" }
    return """
      INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))
      ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET \(updates.joined(separator: ", "))
      """
  }

  init(_ connection: borrowing Connection) {
    let columns = CallRow.columns
    addContent = connection.prepare("INSERT INTO call_content (call, prompt) VALUES (?1, ?2)")
    addFile = connection.prepare("INSERT INTO call_file (call, number, blob, media_type) VALUES (?1, ?2, ?3, ?4)")
    budget = connection.prepare(
      "SELECT budget_pico_usd, budget_calls, budget_tokens, budget_credits FROM job WHERE id = ?1")
    byID = connection.prepare("SELECT \(columns) FROM model_call WHERE id = ?1")
    content = connection.prepare("SELECT answer, usage FROM call_content WHERE call = ?1")
    countHit = connection.prepare("UPDATE model_call SET hits = hits + 1 WHERE id = ?1")
    deleteLimit = connection.prepare("DELETE FROM call_limit WHERE scope = ?1 AND unit = ?2")
    end = connection.prepare(
      """
      UPDATE model_call SET state = ?2, ended_ms = ?3, counted_pico_usd = ?4, counted_calls = ?5, counted_tokens = ?6,
        counted_credits = ?7, input_tokens = ?8, cached_tokens = ?9, output_tokens = ?10, reasoning_tokens = ?11,
        pico_usd = ?12, cost_source = ?13, class = ?14, message = ?15, first_token_ms = ?16, total_ms = ?17
      WHERE id = ?1
      """)
    files = connection.prepare(
      """
      SELECT f.media_type, b.sha256, b.size FROM call_file f JOIN blob b ON b.id = f.blob WHERE f.call = ?1
      ORDER BY f.number
      """)
    insert = connection.prepare(
      """
      INSERT INTO model_call (job, task, lease, session, owner, day, request, sample, provider, account, model, purpose,
        state, at_ms, worst_pico_usd, worst_tokens, worst_credits, counted_pico_usd, counted_calls, counted_tokens,
        counted_credits)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'reserved', ?13, ?14, ?15, ?16, coalesce(?14, 0), 1, ?15,
        ?16)
      """)
    limits = connection.prepare("SELECT scope, unit, value FROM call_limit")
    lose = connection.prepare(
      "UPDATE model_call SET state = 'unknown', ended_ms = ?2, class = ?3, message = ?4 WHERE id = ?1")
    // How many are being made: of all, of a provider, of a model.
    openOf = connection.prepare(
      """
      SELECT count(*) FROM model_call INDEXED BY model_call_open
      WHERE state = 'reserved' AND (?1 IS NULL OR provider = ?1) AND (?2 IS NULL OR model = ?2)
      """)
    open = connection.prepare(
      """
      SELECT \(CallRow.columns(of: "c")), l.pid FROM model_call c LEFT JOIN lease l ON l.id = c.lease
      WHERE c.state = 'reserved' ORDER BY c.id
      """)
    openOfJob = connection.prepare(
      "SELECT \(columns) FROM model_call WHERE job = ?1 AND state = 'reserved' ORDER BY id")
    openOfSession = connection.prepare(
      "SELECT \(columns) FROM model_call INDEXED BY model_call_open WHERE state = 'reserved' AND session = ?1 ORDER BY id"
    )
    openOfSessionCount = connection.prepare(
      """
      SELECT count(*) FROM (
        SELECT 1 FROM model_call INDEXED BY model_call_open WHERE state = 'reserved' AND session = ?1 LIMIT ?2)
      """)
    park = connection.prepare(
      """
      INSERT INTO parking (worker_owner, provider, account, until_ms, reason) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT DO UPDATE SET until_ms = ?4, reason = ?5 WHERE until_ms < ?4
      """)
    parked = connection.prepare(
      "SELECT until_ms, reason FROM parking WHERE worker_owner = ?1 AND provider = ?2 AND account = ?3 AND until_ms > ?4"
    )
    parkedLongest = connection.prepare("SELECT max(until_ms) FROM parking WHERE until_ms > ?1")
    forgetContent = connection.prepare("DELETE FROM call_content WHERE call = ?1")
    forgetParked = connection.prepare("DELETE FROM parking WHERE until_ms <= ?1")
    reserved = connection.prepare(
      "SELECT \(columns) FROM model_call WHERE owner = ?1 AND request = ?2 AND sample = ?3 AND state = 'reserved'")
    rebind = connection.prepare("UPDATE model_call SET session = ?2 WHERE id = ?1")
    removedAnswer = connection.prepare("UPDATE model_call SET owner = \(PruneStatements.owner) WHERE id = ?1")
    setAnswer = connection.prepare(
      """
      INSERT INTO call_content (call, answer, usage) VALUES (?1, ?2, ?3)
      ON CONFLICT (call) DO UPDATE SET answer = ?2, usage = ?3
      """)
    setBudget = connection.prepare(
      """
      UPDATE job SET budget_pico_usd = ?2, budget_calls = ?3, budget_tokens = ?4, budget_credits = ?5 WHERE id = ?1
      """)
    setLimit = connection.prepare(
      "INSERT INTO call_limit (scope, unit, value) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3")
    settled = connection.prepare(
      """
      SELECT \(CallRow.columns(of: "c")), j.owner <> \(PruneStatements.owner)
      FROM model_call c JOIN job j ON j.id = c.job
      WHERE c.owner = ?1 AND c.request = ?2 AND c.sample = ?3 AND c.state = 'settled'
        AND c.owner <> \(PruneStatements.owner)
      """)
    skipNumbers = connection.prepare("UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'model_call'")
    beginNumbers = connection.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('model_call', ?1)")
    spending = connection.prepare(
      """
      SELECT \(CallStatements.spendingSums.joined(separator: ", ")) FROM spending
      WHERE scope = ?1 AND id = ?2 AND day = ?3
      """)
    addSpending = connection.prepare(
      CallStatements.add(to: "spending", key: ["scope", "id", "day"], sums: CallStatements.spendingSums))
    addUsage = connection.prepare(
      CallStatements.add(
        to: "usage", key: ["job", "owner", "day", "provider", "model"],
        sums: CallStatements.usageSums + CallStatements.usageCounts, saturating: ["saved_pico_usd"]))
    unpark = connection.prepare("DELETE FROM parking WHERE account = ?1")
    window = connection.prepare(
      """
      SELECT id, at_ms, provider, model, counted_tokens FROM model_call
      WHERE at_ms > ?1 AND state <> 'unsent' ORDER BY at_ms, id
      """)
  }
}
