/// How far each phase of a job is, kept beside the tasks: counting them would read every task of the job.
let migration2 = Migration(
  version: 2,
  sql: """
    -- In the order of their ids, which is that of their first tasks. A task without a phase is counted in its job alone.
    CREATE TABLE phase (
      id INTEGER PRIMARY KEY,
      job INTEGER NOT NULL REFERENCES job (id),
      name TEXT NOT NULL CHECK (name <> ''),
      blocked INTEGER NOT NULL CHECK (blocked >= 0),
      ready INTEGER NOT NULL CHECK (ready >= 0),
      leased INTEGER NOT NULL CHECK (leased >= 0),
      succeeded INTEGER NOT NULL CHECK (succeeded >= 0),
      failed INTEGER NOT NULL CHECK (failed >= 0),
      skipped INTEGER NOT NULL CHECK (skipped >= 0),
      cancelled INTEGER NOT NULL CHECK (cancelled >= 0),
      UNIQUE (job, name)
    ) STRICT;
    INSERT INTO phase (job, name, blocked, ready, leased, succeeded, failed, skipped, cancelled)
    SELECT job, phase, sum(state = 'blocked'), sum(state = 'ready'), sum(state = 'leased'), sum(state = 'succeeded'),
      sum(state = 'failed'), sum(state = 'skipped'), sum(state = 'cancelled')
    FROM task WHERE phase <> '' GROUP BY job, phase ORDER BY min(id);
    """)
