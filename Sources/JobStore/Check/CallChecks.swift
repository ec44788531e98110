import JobModel

extension StoreRule {
  /// The rules of model calls and their sums.
  static let ofCalls = [
    StoreRule(
      name: "model calls", sentence: "a call is counted for another amount than it has taken, or may take",
      violations: """
        SELECT 'call ' || id FROM model_call
        WHERE (state IN ('reserved', 'unknown') AND (counted_pico_usd, counted_tokens, counted_credits)
            IS NOT (coalesce(worst_pico_usd, 0), worst_tokens, worst_credits))
          OR (state IN ('failed', 'unsent') AND counted_pico_usd + counted_tokens + counted_credits > 0)
        """),
    StoreRule(
      name: "model calls", sentence: "a call belongs to another user than its job",
      violations: """
        SELECT 'call ' || c.id FROM model_call c JOIN job j ON j.id = c.job
        WHERE c.owner <> j.owner AND \(PruneStatements.owner) NOT IN (c.owner, j.owner)
        """),
    StoreRule(
      name: "credits", sentence: "credits are put aside for a task that has no lease, or that takes others",
      violations: """
        SELECT 'lease ' || c.lease FROM charge c LEFT JOIN lease l ON l.id = c.lease LEFT JOIN task t ON t.id = c.task
        WHERE c.state = 'reserved' AND (l.ended_ms IS NOT NULL OR t.credits IS NOT c.credits)
        """),
    StoreRule(
      name: "usage", sentence: "the sums of model calls are not those of the calls",
      violations: """
        SELECT 'job ' || job || ', ' || provider || '/' || model FROM (
          SELECT job, owner, day, provider, model, \(sums.joined(separator: ", ")) FROM usage WHERE job > 0
          UNION ALL SELECT job, owner, day, provider, model, \(negated(sums)) FROM (\(callSums))
          UNION ALL SELECT job, owner, day, '\(JobStore.taskProvider)', kind, \(chargeSums) FROM charge)
        WHERE job IN (SELECT id FROM job WHERE owner <> \(PruneStatements.owner))
        GROUP BY job, owner, day, provider, model HAVING \(isNotZero(sums))
        """),
    StoreRule(
      name: "spending", sentence: "what counts for a budget is not the sum of the calls",
      violations: """
        SELECT scope || ' ' || id || ', day ' || day FROM (
          SELECT scope, id, day, \(CallStatements.spendingSums.joined(separator: ", ")) FROM spending
          UNION ALL SELECT 'job', job, 0, \(spent) FROM usage WHERE job > 0
          UNION ALL SELECT 'user', owner, day, \(spent) FROM usage
          UNION ALL SELECT 'all', 0, day, \(spent) FROM usage)
        GROUP BY scope, id, day HAVING \(isNotZero(CallStatements.spendingSums))
        """),
  ]

  // What should be the same is added up with opposite signs and must come to nothing: a join of two sums of this size has no
  // index on either side, and would look at each of one for each of the other.
  private static let spent = negated(CallStatements.spendingSums)

  private static func negated(_ columns: [String]) -> String { columns.map { "-\($0)" }.joined(separator: ", ") }

  private static func isNotZero(_ columns: [String]) -> String {
    columns.map { "sum(\($0)) <> 0" }.joined(separator: " OR ")
  }

  // Sums of everything but hits, which belong to calls of other jobs.
  private static let sums = CallStatements.usageSums + CallStatements.usageCounts.filter { $0 != "hits" }

  /// Those of a charge, negative: it takes nothing but credits.
  private static let chargeSums = sums.map { sum in
    switch sum {
    case "settled_credits": "CASE WHEN state = 'settled' THEN -credits ELSE 0 END"
    case "reserved_credits": "CASE WHEN state = 'reserved' THEN -credits ELSE 0 END"
    default: "0"
    }
  }.joined(separator: ", ")

  /// The same sums, of the calls themselves.
  private static let callSums: String = {
    let states: [(String, String)] = [
      ("settled", "state IN ('settled', 'wasted', 'rejected')"), ("unknown", "state = 'unknown'"),
      ("reserved", "state = 'reserved'"), ("wasted", "state IN ('wasted', 'rejected')"),
    ]
    let amounts = states.flatMap { name, condition in
      Spent.Unit.allCases.map {
        "sum(CASE WHEN \(condition) THEN counted_\($0.rawValue) ELSE 0 END) AS \(name)_\($0.rawValue)"
      }
    }
    let isPaid = states[0].1
    let counts = [
      "sum(state = 'failed') AS failed", "sum(state = 'rejected') AS rejected",
      "sum(\(isPaid) AND pico_usd IS NULL) AS cost_unknown",
      "sum(CASE WHEN \(isPaid) THEN coalesce(input_tokens, 0) ELSE 0 END) AS input_tokens",
      "sum(CASE WHEN \(isPaid) THEN coalesce(output_tokens, 0) ELSE 0 END) AS output_tokens",
    ]
    return """
      SELECT job, (SELECT owner FROM job WHERE id = model_call.job) AS owner, day, provider, model,
        \((amounts + counts).joined(separator: ", "))
      FROM model_call GROUP BY job, day, provider, model
      """
  }()
}
