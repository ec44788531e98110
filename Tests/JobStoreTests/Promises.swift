import JobStore
import SQLite
import Testing

extension TestStore {
  /// The promises that can be read in the file, as queries for what breaks them; independent of those of StoreCheck.
  private static let broken: [(promise: String, query: String)] = [
    (
      "at most one open lease per task",
      "SELECT task FROM lease WHERE state IN ('live', 'tainted', 'grace') GROUP BY task HAVING count(*) > 1"
    ),
    (
      "leased means held",
      """
      SELECT id FROM task WHERE (state = 'leased') <>
        (id IN (SELECT task FROM lease WHERE state IN ('live', 'tainted', 'grace')))
      """
    ),
    (
      "a job succeeded only with everything there",
      """
      SELECT j.id FROM job j JOIN task t ON t.job = j.id LEFT JOIN task_output o ON o.task = t.id
      WHERE j.state = 'succeeded' AND (t.state <> 'succeeded' OR (o.path IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM result r WHERE r.project = j.project AND r.path = o.path AND r.standing = 'head')))
      """
    ),
    (
      "one head, and it is the newest that was in time and not retired",
      """
      SELECT path FROM result GROUP BY project, path
      HAVING total(standing = 'head') > 1
        OR max(CASE WHEN standing IN ('head', 'retired') THEN version END)
          IS NOT max(CASE WHEN standing <> 'late' THEN version END)
      """
    ),
    (
      "versions count from 1 without gaps",
      "SELECT path FROM result GROUP BY project, path HAVING max(version) <> count(*) OR min(version) <> 1"
    ),
    (
      "the counts of a job are those of its tasks",
      """
      SELECT j.id FROM job j
      WHERE blocked <> (SELECT count(*) FROM task WHERE job = j.id AND state = 'blocked')
        OR ready <> (SELECT count(*) FROM task WHERE job = j.id AND state = 'ready')
        OR leased <> (SELECT count(*) FROM task WHERE job = j.id AND state = 'leased')
        OR succeeded <> (SELECT count(*) FROM task WHERE job = j.id AND state = 'succeeded')
        OR failed <> (SELECT count(*) FROM task WHERE job = j.id AND state = 'failed')
        OR skipped <> (SELECT count(*) FROM task WHERE job = j.id AND state = 'skipped')
        OR cancelled <> (SELECT count(*) FROM task WHERE job = j.id AND state = 'cancelled')
      """
    ),
    (
      "the counts of a phase are those of its tasks, and every phase is counted",
      """
      SELECT job || ' ' || name FROM (
        SELECT job, phase AS name, total(state = 'blocked') AS b, total(state = 'ready') AS r, total(state = 'leased') AS l,
          total(state = 'succeeded') AS s, total(state = 'failed') AS f, total(state = 'skipped') AS k,
          total(state = 'cancelled') AS c FROM task WHERE phase <> '' GROUP BY job, phase) t
        FULL JOIN phase p USING (job, name)
      WHERE (b, r, l, s, f, k, c) IS NOT (blocked, ready, leased, succeeded, failed, skipped, cancelled)
      """
    ),
    (
      "the files and bytes of a job are those of the last version of each of its paths",
      """
      SELECT j.id FROM job j WHERE (files, bytes) IS NOT (
        SELECT count(*) FILTER (WHERE path NOT GLOB '//*'), total(size) FROM (
          SELECT path, size, max(version) FROM result r WHERE r.job = j.id AND standing IN ('head', 'past') GROUP BY path))
      """
    ),
    (
      "outputs are counted as they are declared, and present with their tasks",
      """
      SELECT j.id FROM job j WHERE (outputs_declared, outputs_present) IS NOT (
        SELECT count(o.path), count(CASE t.state WHEN 'succeeded' THEN o.path END)
        FROM task t JOIN task_output o ON o.task = t.id WHERE t.job = j.id)
      """
    ),
    (
      "an error row for every attempt and crash charged since the last reset, and no task above its bounds",
      """
      SELECT t.id FROM task t WHERE attempts > max_attempts OR crashes > max_crashes
        OR attempts > (SELECT count(*) FROM error e WHERE e.task = t.id AND NOT crash)
        OR crashes > (SELECT count(*) FROM error e WHERE e.task = t.id AND crash)
      """
    ),
    (
      "the last number of an event is written down",
      """
      SELECT value FROM setting WHERE name = 'event_high' AND value <> (SELECT coalesce(max(id), 0) FROM event)
      """
    ),
  ]

  /// Holds the whole store against its promises, against what watchers were told, and against its own check.
  func checkPromises(location: SourceLocation = #_sourceLocation) throws {
    for (promise, query) in TestStore.broken {
      let found = try look.prepare(query).all { $0.text(0) }
      #expect(found.isEmpty, "\(promise): \(found)", sourceLocation: location)
    }
    if followsHistory { try history.follow(look) }
    let findings = try StoreCheck.run(file, blobs: store.blobs).findings
    #expect(findings.isEmpty, "\(findings)", sourceLocation: location)
  }
}
