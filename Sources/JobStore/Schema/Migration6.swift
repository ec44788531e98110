/// What is taken from the store instead of being made again, and what is made again although it is there.
let migration6 = Migration(
  version: 6,
  sql: """
    -- One more standing: the task that made the file was done once more and has not made it again.
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema
    SET sql = replace(sql, '\(standings.quoted))', '\(standings.quoted) OR standing = ''retired'')')
    WHERE name = 'result';
    PRAGMA writable_schema = RESET;

    ALTER TABLE job ADD COLUMN reuse TEXT NOT NULL DEFAULT 'unchanged'
      CHECK (reuse = 'unchanged' OR reuse = 'exists' OR reuse = 'none');
    -- Pause when the first task has ended.
    ALTER TABLE job ADD COLUMN hold INTEGER NOT NULL DEFAULT 0 CHECK (hold = 0 OR hold = 1);
    ALTER TABLE job ADD COLUMN sample INTEGER NOT NULL DEFAULT 0 CHECK (sample >= 0);
    -- Of names and hashes of its inputs; absent without any.
    ALTER TABLE job ADD COLUMN inputs_digest BLOB;
    -- Tasks that were taken from the store.
    ALTER TABLE job ADD COLUMN reused INTEGER NOT NULL DEFAULT 0 CHECK (reused >= 0);
    -- Of jobs of before it is not known: they are like no others.
    UPDATE job SET inputs_digest = CAST('job ' || id AS BLOB)
    WHERE ended_ms IS NULL AND EXISTS (SELECT 1 FROM job_input i WHERE i.job = job.id);

    ALTER TABLE task ADD COLUMN reuse_by TEXT NOT NULL DEFAULT 'all'
      CHECK (reuse_by = 'all' OR reuse_by = 'needs' OR reuse_by = 'meta' OR reuse_by = 'payload');
    -- Of everything that its files depend on, as it was when it was last given to a worker, or taken from the store.
    ALTER TABLE task ADD COLUMN fingerprint BLOB CHECK (fingerprint IS NULL OR length(fingerprint) = 32);
    -- Its own, if it is made again; otherwise that of its job.
    ALTER TABLE task ADD COLUMN sample INTEGER CHECK (sample IS NULL OR sample > 0);
    -- The task that has added it while it ran.
    ALTER TABLE task ADD COLUMN spawner INTEGER;
    ALTER TABLE task ADD COLUMN reused INTEGER NOT NULL DEFAULT 0
      CHECK (reused = 0 OR (reused = 1 AND state = 'succeeded'));
    -- The newest of those that depend on the same things is the last.
    CREATE INDEX task_reusable ON task (fingerprint, ended_ms) WHERE state = 'succeeded' AND fingerprint IS NOT NULL;
    CREATE INDEX task_spawner ON task (spawner) WHERE spawner IS NOT NULL;
    """)

/// As migration 4 has left it.
private let standings = "standing = 'head' OR standing = 'past' OR standing = 'late'"

extension String {
  /// As a part of a text of SQL.
  fileprivate var quoted: String { replacing("'", with: "''") }
}
