import JobModel
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// A store of an earlier version is brought to the schema of this one, with everything that it holds.
struct MigrationTests {
  /// A store as the program of schema `version` has left it, with a job that runs.
  private func makeStore(version: Int64, at path: String) throws {
    let connection = try Connection(path: path, access: .readWrite)
    _ = try connection.text("PRAGMA journal_mode = WAL")
    for migration in Migrations.all where migration.version <= version { try connection.execute(migration.sql) }
    try connection.execute("PRAGMA application_id = \(Migrations.applicationID); PRAGMA user_version = \(version)")
    try connection.execute(
      """
      INSERT INTO setting VALUES ('history_id', 'old'), ('generation', 7), ('boot_id', 'boot'), ('event_high', 1),
        ('job_high', 1);
      INSERT INTO project (id, owner, name) VALUES (1, 1000, 'manual');
      INSERT INTO job (id, owner, project, kind, title, state, priority, sealed, submit_digest, max_attempts, max_crashes,
        created_ms, ready) VALUES (1, 1000, 1, 'docs', 'Manual', 'pending', 0, 1, x'00', 3, 5, 1, 1);
      INSERT INTO task (id, job, key, kind, op, payload, spec_digest, settled_needs, state, max_attempts, max_crashes)
        VALUES (1, 1, 'page', 'docs', 'generate', '{}', x'00', 0, 'ready', 3, 5);
      INSERT INTO ready_job VALUES (1, 'docs', 1000, 0, 1);
      INSERT INTO event (id, job, at_ms, type) VALUES (1, 1, 1, 'job.submitted');
      """)
  }

  @Test(arguments: 1..<(Migrations.all.last?.version ?? 1))
  func `a store of an earlier schema opens, is sound, and its work goes on`(version: Int64) throws {
    try withDirectory { directory in
      let (old, fresh) = (StoreFile(path: "\(directory)/old"), StoreFile(path: "\(directory)/new"))
      try makeStore(version: version, at: old.path)
      let store = try JobStore(file: old, bootID: "boot", freshID: "fresh", now: 2)
      #expect(store.generation == 8 && store.historyID == "old")
      #expect(try store.connection.text("PRAGMA integrity_check") == "ok")

      let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)"
      let new = try JobStore(file: fresh, bootID: "boot", freshID: "fresh", now: 2)
      #expect(try store.connection.text(schema) == new.connection.text(schema), "not the schema of a new store")

      store.openSession("s", kind: try Kind("docs"), worker: "w", pid: nil, owner: nil, slots: 1)
      try store.begin()
      _ = try store.dispatch(now: 3)
      try store.commit()
      #expect(store.takeEffects().count == 1, "the task was not leased")
    }
  }
}
