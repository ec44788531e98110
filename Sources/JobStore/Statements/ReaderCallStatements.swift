import JobModel
import SQLite

/// The statements of the reader on model calls, by name.
struct ReaderCallStatements {
  let answerFile: Statement
  let assumed: Statement
  let bound: Statement
  let boundOfJob: Statement
  let budget: Statement
  let call: Statement
  let calls: Statement
  let content: Statement
  let files: Statement
  let limits: Statement
  let openOf: Statement
  let parked: Statement
  let past: Statement
  let spending: Statement
  let usage: Statement
  let ofLease: Statement
  let usageOfJob: Statement
  let window: Statement

  /// So many calls are looked back at for an estimate.
  private static let pastCallsMax = 20_000
  /// So many calls of a job are looked at for what is assumed of them: who watches it asks for that again and again.
  private static let assumedCallsMax = 5_000

  init(_ connection: borrowing Connection) {
    let columns = CallRecord.columns
    // A worker may read the answers of the user whose task it has.
    answerFile = connection.prepare(
      """
      SELECT b.sha256, b.id, b.body IS NULL, b.size
      FROM lease l JOIN job j ON j.id = l.job JOIN model_call c ON c.owner = j.owner
        JOIN call_file f ON f.call = c.id JOIN blob b ON b.id = f.blob
      WHERE l.id = ?1 AND l.session = ?2 AND c.id = ?3 AND f.number = ?4
      """)
    assumed = connection.prepare(
      """
      SELECT coalesce(sum(counted_pico_usd), 0), coalesce(sum(counted_calls), 0), coalesce(sum(counted_tokens), 0),
        coalesce(sum(counted_credits), 0)
      FROM (
        SELECT state, pico_usd, worst_pico_usd, counted_pico_usd, counted_calls, counted_tokens, counted_credits
        FROM model_call WHERE job = ?1 ORDER BY id DESC LIMIT \(ReaderCallStatements.assumedCallsMax))
      WHERE pico_usd IS NULL AND worst_pico_usd IS NOT NULL
        AND (state = 'settled' OR state = 'rejected' OR state = 'wasted')
      """)
    bound = connection.prepare("SELECT id FROM model_call WHERE id < ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2")
    boundOfJob = connection.prepare(
      "SELECT id FROM model_call WHERE job = ?3 AND id < ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2")
    budget = connection.prepare(
      "SELECT budget_pico_usd, budget_calls, budget_tokens, budget_credits FROM job WHERE id = ?1")
    call = connection.prepare(
      """
      SELECT \(columns), c.owner FROM model_call c JOIN task t ON t.id = c.task JOIN job j ON j.id = c.job
      WHERE c.id = ?1 AND j.owner <> \(PruneStatements.owner)
      """)
    calls = connection.prepare(
      """
      SELECT \(columns) FROM model_call c JOIN task t ON t.id = c.task JOIN job j ON j.id = c.job
      WHERE c.id < ?1 AND c.id >= ?2 AND (?3 IS NULL OR c.job = ?3) AND (?4 IS NULL OR t.key = ?4)
        AND (?5 IS NULL OR c.state = ?5) AND (?6 IS NULL OR j.owner = ?6) AND j.owner <> \(PruneStatements.owner)
      ORDER BY c.id DESC LIMIT ?7
      """)
    content = connection.prepare("SELECT prompt, answer FROM call_content WHERE call = ?1")
    files = connection.prepare(
      """
      SELECT f.media_type, b.sha256, b.size FROM call_file f JOIN blob b ON b.id = f.blob WHERE f.call = ?1
      ORDER BY f.number
      """)
    limits = connection.prepare("SELECT scope, unit, value FROM call_limit ORDER BY scope, unit")
    openOf = connection.prepare(
      """
      SELECT count(*) FROM model_call INDEXED BY model_call_open
      WHERE state = 'reserved' AND (?1 IS NULL OR provider = ?1) AND (?2 IS NULL OR model = ?2)
      """)
    // By the calls of its job: those of one lease have no index of their own.
    ofLease = connection.prepare(
      """
      SELECT \(columns), c.request FROM model_call c INDEXED BY model_call_job JOIN task t ON t.id = c.task
      WHERE c.job = ?1 AND c.lease = ?2 ORDER BY c.id LIMIT ?3
      """)
    parked = connection.prepare(
      """
      SELECT provider, account, until_ms, reason FROM parking WHERE until_ms > ?1 AND (?2 IS NULL OR worker_owner = ?2)
      ORDER BY provider, account, worker_owner LIMIT ?3
      """)
    // Of the newest calls of all; those of a model with the most tasks come first.
    past = connection.prepare(
      """
      SELECT c.provider || '/' || c.model,
        max(count(DISTINCT c.task), count(DISTINCT CASE WHEN l.state = 'completed' THEN c.lease END)) AS makings,
        count(*), sum(c.input_tokens),
        sum(c.output_tokens), CASE WHEN count(coalesce(c.pico_usd, c.worst_pico_usd)) = count(*)
        THEN sum(coalesce(c.pico_usd, c.counted_pico_usd)) END
      FROM model_call c JOIN task t ON t.id = c.task LEFT JOIN lease l ON l.id = c.lease
      WHERE c.id > (SELECT max(id) FROM model_call) - \(ReaderCallStatements.pastCallsMax) AND c.owner = ?1
        AND (c.state = 'settled' OR c.state = 'rejected' OR c.state = 'wasted') AND t.kind = ?2 AND t.op = ?3
      GROUP BY c.provider, c.model ORDER BY makings DESC, 1
      """)
    spending = connection.prepare(
      """
      SELECT \(CallStatements.spendingSums.joined(separator: ", ")) FROM spending
      WHERE scope = ?1 AND id = ?2 AND day = ?3
      """)
    let sums = (CallStatements.usageSums + CallStatements.usageCounts + ["saved_pico_usd"]).joined(separator: ", ")
    usage = connection.prepare(
      """
      SELECT job, owner, day, provider, model, \(sums) FROM usage
      WHERE (job, owner, day, provider, model) > (?1, ?2, ?3, ?4, ?5) ORDER BY job, owner, day, provider, model LIMIT ?6
      """)
    usageOfJob = connection.prepare(
      "SELECT job, owner, day, provider, model, \(sums) FROM usage WHERE job = ?1")
    window = connection.prepare(
      """
      SELECT id, at_ms, provider, model, counted_tokens FROM model_call
      WHERE at_ms > ?1 AND state <> 'unsent' ORDER BY at_ms, id
      """)
  }
}
