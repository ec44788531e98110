import JobStore
import SQLite
import Testing

/// The CHECK constraints restate the state machines: a row that no step could have written is refused by the file itself.
struct SchemaTests {
  /// A store with a job that has a task of each kind, and a lease, and a result; the statement must fail on it.
  private static let illegal: [(what: String, sql: String)] = [
    ("a state that is none", "UPDATE job SET state = 'sleeping'"),
    ("an ended job without its end", "UPDATE job SET state = 'failed'"),
    ("a live job with an end", "UPDATE job SET ended_ms = 1"),
    (
      "an ended job with live tasks",
      "UPDATE job SET state = 'cancelled', ended_ms = 1"
    ),
    (
      "a success with a failure",
      "UPDATE job SET state = 'succeeded', ended_ms = 1, blocked = 0, ready = 0, leased = 0, failed = 1"
    ),
    (
      "a success with a skipped task",
      "UPDATE job SET state = 'succeeded', ended_ms = 1, blocked = 0, ready = 0, leased = 0, skipped = 1"
    ),
    (
      "a success with a cancelled task",
      "UPDATE job SET state = 'succeeded', ended_ms = 1, blocked = 0, ready = 0, leased = 0, cancelled = 1"
    ),
    (
      "a success without an output",
      """
      UPDATE job SET state = 'succeeded', ended_ms = 1, blocked = 0, ready = 0, leased = 0, outputs_declared = 2,
        outputs_present = 1
      """
    ),
    ("more outputs than declared", "UPDATE job SET outputs_present = outputs_declared + 1"),
    ("a count below nothing", "UPDATE job SET ready = -1"),
    ("a priority out of bounds", "UPDATE job SET priority = 101"),
    ("no attempts", "UPDATE job SET max_attempts = 0"),
    ("a time limit of nothing", "UPDATE job SET timeout_ms = 0"),
    ("half sealed", "UPDATE job SET sealed = 2"),
    ("a state that is none", "UPDATE task SET state = 'asleep'"),
    ("blocked by nothing", "UPDATE task SET state = 'blocked', unmet = 0, not_before_ms = NULL"),
    ("ready with open needs", "UPDATE task SET unmet = 1 WHERE state = 'ready'"),
    ("leased with open needs", "UPDATE task SET unmet = 1 WHERE state = 'leased'"),
    ("succeeded with open needs", "UPDATE task SET state = 'succeeded', ended_ms = 1 WHERE state = 'blocked'"),
    ("ended without an end", "UPDATE task SET state = 'failed'"),
    ("an end without having ended", "UPDATE task SET ended_ms = 1"),
    ("a wait of a task that is not ready", "UPDATE task SET not_before_ms = 1 WHERE state = 'leased'"),
    ("attempts below nothing", "UPDATE task SET attempts = -1"),
    ("crashes below nothing", "UPDATE task SET crashes = -1"),
    ("a generation before the first", "UPDATE task SET generation = 0"),
    ("two tasks of one key", "UPDATE task SET key = 'same'"),
    ("a task of no job", "UPDATE task SET job = 99"),
    ("a lease in no state", "UPDATE lease SET state = 'forgotten'"),
    ("a live lease with an end", "UPDATE lease SET ended_ms = 1"),
    ("an ended lease without one", "UPDATE lease SET state = 'lost'"),
    ("a lease of no attempt", "UPDATE lease SET attempt = 0"),
    (
      "a second holder",
      """
      INSERT INTO lease (id, task, job, session, worker, attempt, state, started_ms)
      SELECT id + 1, task, job, session, worker, attempt, 'grace', 1 FROM lease
      """
    ),
    ("two leases of one number", "INSERT INTO lease SELECT * FROM lease"),
    ("a standing that is none", "UPDATE result SET standing = 'best'"),
    ("a version before the first", "UPDATE result SET version = 0"),
    ("two heads", "UPDATE result SET standing = 'head'"),
    ("two results of one version", "UPDATE result SET version = 1"),
    ("a result without bytes", "UPDATE result SET blob = 99"),
    ("a result of no task", "UPDATE result SET task = 99"),
    ("a hash that is none", "UPDATE blob SET sha256 = x'00'"),
    ("a size that is none", "UPDATE blob SET size = -1, body = NULL"),
    ("a size that is another", "UPDATE blob SET size = size + 1"),
    ("two blobs of one hash", "INSERT INTO blob (sha256, size, body) SELECT sha256, size, body FROM blob"),
    ("bytes that are in use", "DELETE FROM blob"),
    ("a job that has tasks", "DELETE FROM job"),
    ("two events of one number", "INSERT INTO event SELECT * FROM event"),
    ("a word for a number", "UPDATE job SET created_ms = 'yesterday'"),
    ("a fraction for a time", "UPDATE job SET created_ms = 1.5"),
    ("neither crash nor failure", "UPDATE error SET crash = 2"),
    ("the same label twice", "INSERT INTO job_label SELECT * FROM job_label"),
    ("two settings of one name", "INSERT INTO setting SELECT * FROM setting"),
  ]

  /// Either would let SQLite end the transaction of a group by itself, or at its commit, for the fault of one command.
  @Test func `nothing in the schema is deferred, and no conflict ends a transaction`() throws {
    let test = try TestStore()
    let reader = try test.store.file.openReader()
    let sql = try #require(try reader.text("SELECT upper(group_concat(sql, ';')) FROM sqlite_schema"))
    #expect(sql.contains("CREATE TABLE LEASE") && sql.contains("REFERENCES JOB"))
    #expect(!sql.contains("DEFERR") && !sql.contains("ON CONFLICT ROLLBACK"))
  }

  private func filled() throws -> TestStore {
    let test = try TestStore()
    _ = try test.submit([task("fails"), task("held"), task("ready"), task("blocked", needs: ["held"])]) {
      $0.labels = [("team", "docs")]
    }
    try test.worker("s", slots: 2)
    let grants = try test.dispatch()
    try test.put(grants[1], "a", "one")
    try test.put(grants[1], "a", "two")
    try test.fail(grants[0])
    return test
  }

  @Test func `every illegal row is refused`() throws {
    let test = try filled()
    let editor = try Connection(path: test.file.path, access: .readWrite)
    try editor.execute("PRAGMA foreign_keys = ON")
    for (what, sql) in Self.illegal {
      try editor.execute("BEGIN IMMEDIATE")
      let error = #expect(throws: SQLiteError.self, "\(what): \(sql)") { try editor.execute(sql) }
      #expect(error?.code.isConstraint ?? false, "\(what): \(error.map(String.init(describing:)) ?? "was accepted")")
      if editor.isInTransaction { try editor.execute("ROLLBACK") }
    }
    try test.checkPromises()
    print("schema: \(Self.illegal.count) illegal rows refused")
  }

  @Test func `no check and no index has a list, for which SQLite would build a table each time`() throws {
    let test = try TestStore()
    #expect(
      try test.text("SELECT group_concat(name) FROM sqlite_schema WHERE sql LIKE '% IN (''%' OR sql LIKE '% IN (\n%'")
        == "")
  }

  @Test func `times and money are never kept as fractions`() throws {
    let test = try TestStore()
    let fractions = try test.text("SELECT group_concat(name) FROM sqlite_schema WHERE sql LIKE '%REAL%'")
    #expect(fractions == "")
    let loose = try test.text(
      "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE '%STRICT%'"
    )
    #expect(loose == "")
  }
}
