import JobModel

/// A rule that every store keeps, as a query for what breaks it.
struct StoreRule {
  let name: String
  /// What is wrong with what the query finds.
  let sentence: String
  /// Selects one text for each violation.
  let violations: String

  static let all = [
    StoreRule(
      name: "job counts", sentence: "the counts of the job are not those of its tasks",
      violations: """
        SELECT 'job ' || j.id FROM job j LEFT JOIN (
          SELECT job, \(taskSums) FROM task GROUP BY job) t ON t.job = j.id
        WHERE \(noted(in: "j")) IS NOT \(summed) AND \(stays("j"))
        """),
    StoreRule(
      name: "phase counts", sentence: "the counts of the phase are not those of its tasks",
      violations: """
        SELECT 'job ' || p.job || ', phase ' || p.name FROM phase p LEFT JOIN (
          SELECT job, phase, \(taskSums) FROM task GROUP BY job, phase) t ON t.job = p.job AND t.phase = p.name
        WHERE \(noted(in: "p")) IS NOT \(summed) AND p.job IN \(staying)
        UNION ALL
        SELECT DISTINCT 'job ' || job || ', phase ' || phase FROM task
        WHERE phase <> '' AND NOT EXISTS (SELECT 1 FROM phase p WHERE p.job = task.job AND p.name = task.phase)
        """),
    StoreRule(
      name: "job files", sentence: "the job's sum of files is not that of its results",
      violations: """
        SELECT 'job ' || j.id FROM job j
        WHERE j.files <> (SELECT count(DISTINCT path) FROM result r WHERE r.job = j.id AND r.standing IN ('head', 'past')
          AND \(ResultStatements.isNoRecord))
          AND \(stays("j"))
        """),
    StoreRule(
      name: "leases", sentence: "a task is leased without an open lease",
      violations: """
        SELECT 'task ' || id || ' (' || key || ')' FROM task
        WHERE state = 'leased' AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.task = task.id AND l.ended_ms IS NULL)
        """),
    StoreRule(
      name: "leases", sentence: "a lease is open and its task is not leased",
      violations: """
        SELECT 'lease ' || l.id FROM lease l JOIN task t ON t.id = l.task
        WHERE l.ended_ms IS NULL AND t.state <> 'leased'
        """),
    StoreRule(
      name: "needs", sentence: "a task waits for fewer or more needs than are open",
      violations: """
        SELECT 'task ' || t.id || ' (' || t.key || ')' FROM task t
        WHERE t.state = 'blocked' AND t.unmet <> (
          SELECT count(*) FROM task_need n LEFT JOIN task d ON d.job = n.job AND d.key = n.key
          WHERE n.task = t.id
            AND coalesce(d.state, 'blocked') NOT IN ('succeeded', 'failed', 'skipped', 'cancelled'))
        """),
    StoreRule(
      name: "order of service", sentence: "a job has a task to give and is not in line",
      violations: """
        SELECT DISTINCT 'job ' || t.job || ', kind ' || t.kind FROM task t JOIN job j ON j.id = t.job
        WHERE t.state = 'ready' AND t.not_before_ms IS NULL AND j.sealed AND j.state IN ('pending', 'running')
          AND NOT (j.hold AND t.spawner IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM ready_job r WHERE r.job = t.job AND r.kind = t.kind)
        """),
    StoreRule(
      name: "outputs", sentence: "a task succeeded and a declared output does not exist",
      violations: """
        SELECT 'task ' || t.id || ' (' || t.key || '): ' || o.path
        FROM task t JOIN task_output o ON o.task = t.id JOIN job j ON j.id = t.job
        WHERE t.state = 'succeeded' AND \(stays("j")) AND NOT EXISTS (
          SELECT 1 FROM result r
          WHERE r.project = j.project AND r.path = o.path AND r.standing IN ('head', 'retired'))
        """),
    StoreRule(
      name: "reuse", sentence: "the job's number of tasks from the store is not that of its tasks",
      violations: """
        SELECT 'job ' || j.id FROM job j
        WHERE j.reused <> (SELECT coalesce(sum(reused), 0) FROM task t WHERE t.job = j.id) AND \(stays("j"))
        """),
    StoreRule(
      name: "reuse", sentence: "a task was taken from the store and has results that a worker has made",
      violations: """
        SELECT DISTINCT 'task ' || t.id || ' (' || t.key || ')' FROM task t
          JOIN result r ON r.task = t.id AND r.generation = t.generation
        WHERE t.reused AND r.lease <> 0
        """),
    StoreRule(
      name: "generations", sentence: "a task has succeeded, and a file that it has not made again is current",
      violations: """
        SELECT 'task ' || t.id || ' (' || t.key || '): ' || r.path FROM task t JOIN result r ON r.task = t.id
        WHERE t.state = 'succeeded' AND t.generation > 1 AND r.standing = 'head' AND r.generation < t.generation
        """),
    StoreRule(
      name: "heads", sentence: "a path has results and no head",
      violations: """
        SELECT path FROM result WHERE job IN \(staying) GROUP BY project, path
        HAVING sum(standing = 'head') > 1 OR sum(standing <> 'late') > 0 AND NOT EXISTS (
          SELECT 1 FROM result h WHERE h.project = result.project AND h.path = result.path
            AND h.standing IN ('head', 'retired'))
        """),
    StoreRule(
      name: "versions", sentence: "the versions of a path have gaps",
      // Where jobs were removed there are gaps.
      violations: """
        SELECT path FROM result WHERE NOT EXISTS (SELECT 1 FROM setting WHERE name = '\(Settings.prunedUpTo(nil))')
        GROUP BY project, path HAVING max(version) <> count(*)
        """),
    StoreRule(
      name: "ended jobs", sentence: "a job has not ended though nothing of it is live",
      violations: """
        SELECT 'job ' || id FROM job
        WHERE sealed AND state IN ('pending', 'running') AND blocked + ready + leased = 0
        """),
  ]
}

// The counts of tasks by state: as the tasks are, and as they are noted beside them.
private let states = TaskState.allCases.map(\.rawValue)
private let taskSums = states.map { "sum(state = '\($0)') AS \($0)" }.joined(separator: ", ")
private let summed = "(" + states.map { "coalesce(t.\($0), 0)" }.joined(separator: ", ") + ")"
private func noted(in table: String) -> String { "(" + states.map { "\(table).\($0)" }.joined(separator: ", ") + ")" }

// Of a job that is being removed only parts are left.
private func stays(_ job: String) -> String { "\(job).owner <> \(PruneStatements.owner)" }
private let staying = "(SELECT id FROM job WHERE \(stays("job")))"
