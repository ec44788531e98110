/// The first schema. A migration that was released is never changed; a new one is added instead.
///
/// Times are ms since 1970 (UTC). States are words, so that people can read the file with any SQLite tool; the CHECK
/// constraints restate the state machines of JobModel.
let migration1 = Migration(
  version: 1,
  sql: """
    CREATE TABLE setting (
      name TEXT PRIMARY KEY,
      value ANY NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE project (
      id INTEGER PRIMARY KEY,
      owner INTEGER NOT NULL,
      name TEXT NOT NULL,
      UNIQUE (owner, name)
    ) STRICT;

    CREATE TABLE job (
      id INTEGER PRIMARY KEY,
      owner INTEGER NOT NULL,
      project INTEGER NOT NULL REFERENCES project (id),
      kind TEXT NOT NULL,
      title TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'paused', 'succeeded', 'failed', 'cancelled')),
      reason TEXT,
      priority INTEGER NOT NULL CHECK (priority BETWEEN -100 AND 100),
      labels TEXT NOT NULL DEFAULT '{}',
      options TEXT NOT NULL DEFAULT '{}',
      sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)),
      idempotency_key TEXT,
      submit_digest BLOB NOT NULL,
      max_attempts INTEGER NOT NULL CHECK (max_attempts > 0),
      max_crashes INTEGER NOT NULL CHECK (max_crashes > 0),
      timeout_ms INTEGER CHECK (timeout_ms > 0),
      created_ms INTEGER NOT NULL,
      started_ms INTEGER,
      ended_ms INTEGER,
      blocked INTEGER NOT NULL DEFAULT 0 CHECK (blocked >= 0),
      ready INTEGER NOT NULL DEFAULT 0 CHECK (ready >= 0),
      leased INTEGER NOT NULL DEFAULT 0 CHECK (leased >= 0),
      succeeded INTEGER NOT NULL DEFAULT 0 CHECK (succeeded >= 0),
      failed INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
      skipped INTEGER NOT NULL DEFAULT 0 CHECK (skipped >= 0),
      cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
      files INTEGER NOT NULL DEFAULT 0 CHECK (files >= 0),
      bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
      outputs_declared INTEGER NOT NULL DEFAULT 0 CHECK (outputs_declared >= 0),
      outputs_present INTEGER NOT NULL DEFAULT 0 CHECK (outputs_present BETWEEN 0 AND outputs_declared),
      CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (ended_ms IS NOT NULL)),
      CHECK (state NOT IN ('succeeded', 'failed', 'cancelled') OR blocked + ready + leased = 0),
      CHECK (state <> 'succeeded' OR (failed + skipped + cancelled = 0 AND outputs_present = outputs_declared))
    ) STRICT;
    CREATE UNIQUE INDEX job_idempotency ON job (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
    CREATE INDEX job_owner ON job (owner, id);
    CREATE INDEX job_live ON job (id) WHERE state IN ('pending', 'running', 'paused');

    CREATE TABLE job_label (
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      job INTEGER NOT NULL REFERENCES job (id),
      PRIMARY KEY (name, value, job)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE blob (
      id INTEGER PRIMARY KEY,
      sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
      size INTEGER NOT NULL CHECK (size >= 0),
      body BLOB CHECK (body IS NULL OR length(body) = size)
    ) STRICT;

    -- Who has sent which bytes: a hash alone gives nobody what others have stored.
    CREATE TABLE upload (
      owner INTEGER NOT NULL,
      blob INTEGER NOT NULL REFERENCES blob (id),
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (owner, blob)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX upload_blob ON upload (blob);

    CREATE TABLE job_input (
      job INTEGER NOT NULL REFERENCES job (id),
      name TEXT NOT NULL,
      blob INTEGER NOT NULL REFERENCES blob (id),
      PRIMARY KEY (job, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX job_input_blob ON job_input (blob);

    CREATE TABLE task (
      id INTEGER PRIMARY KEY,
      job INTEGER NOT NULL REFERENCES job (id),
      key TEXT NOT NULL,
      kind TEXT NOT NULL,
      op TEXT NOT NULL,
      title TEXT,
      phase TEXT,
      payload TEXT NOT NULL,
      spec_digest BLOB NOT NULL,
      settled_needs INTEGER NOT NULL CHECK (settled_needs IN (0, 1)),
      state TEXT NOT NULL
        CHECK (state IN ('blocked', 'ready', 'leased', 'succeeded', 'failed', 'skipped', 'cancelled')),
      unmet INTEGER NOT NULL DEFAULT 0 CHECK (unmet >= 0),
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      crashes INTEGER NOT NULL DEFAULT 0 CHECK (crashes >= 0),
      max_attempts INTEGER NOT NULL CHECK (max_attempts > 0),
      max_crashes INTEGER NOT NULL CHECK (max_crashes > 0),
      timeout_ms INTEGER CHECK (timeout_ms > 0),
      generation INTEGER NOT NULL DEFAULT 1 CHECK (generation > 0),
      not_before_ms INTEGER,
      started_ms INTEGER,
      ended_ms INTEGER,
      error TEXT,
      CHECK (state <> 'blocked' OR unmet > 0),
      CHECK (state NOT IN ('ready', 'leased', 'succeeded') OR unmet = 0),
      CHECK ((state IN ('succeeded', 'failed', 'skipped', 'cancelled')) = (ended_ms IS NOT NULL)),
      CHECK (not_before_ms IS NULL OR state = 'ready')
    ) STRICT;
    CREATE UNIQUE INDEX task_key ON task (job, key);
    CREATE INDEX task_ready ON task (job, kind, id) WHERE state = 'ready' AND not_before_ms IS NULL;
    CREATE INDEX task_due ON task (not_before_ms) WHERE not_before_ms IS NOT NULL;

    CREATE TABLE task_need (
      job INTEGER NOT NULL,
      key TEXT NOT NULL,
      task INTEGER NOT NULL REFERENCES task (id),
      PRIMARY KEY (job, key, task)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX task_need_task ON task_need (task, key);

    CREATE TABLE task_output (
      task INTEGER NOT NULL REFERENCES task (id),
      path TEXT NOT NULL,
      PRIMARY KEY (task, path)
    ) STRICT, WITHOUT ROWID;

    -- The jobs that have a task to give: one row for each job and kind, in the order in which they are served.
    CREATE TABLE ready_job (
      job INTEGER NOT NULL REFERENCES job (id),
      kind TEXT NOT NULL,
      owner INTEGER NOT NULL,
      priority INTEGER NOT NULL,
      turn INTEGER NOT NULL,
      PRIMARY KEY (job, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ready_job_order ON ready_job (kind, owner, priority DESC, turn);

    CREATE TABLE lease (
      id INTEGER PRIMARY KEY,
      task INTEGER NOT NULL REFERENCES task (id),
      job INTEGER NOT NULL REFERENCES job (id),
      session TEXT NOT NULL,
      worker TEXT NOT NULL,
      -- The worker's process, as the kernel named it; absent when it was not to be seen from the broker.
      pid INTEGER CHECK (pid > 0),
      attempt INTEGER NOT NULL CHECK (attempt > 0),
      state TEXT NOT NULL CHECK (state IN (
        'live', 'tainted', 'grace', 'completed', 'failed', 'released', 'lost', 'expired', 'revoked')),
      started_ms INTEGER NOT NULL,
      ended_ms INTEGER,
      CHECK ((state IN ('live', 'tainted', 'grace')) = (ended_ms IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX lease_holder ON lease (task) WHERE ended_ms IS NULL;
    CREATE INDEX lease_session ON lease (session) WHERE ended_ms IS NULL;
    CREATE INDEX lease_job ON lease (job) WHERE ended_ms IS NULL;

    CREATE TABLE result (
      id INTEGER PRIMARY KEY,
      project INTEGER NOT NULL REFERENCES project (id),
      path TEXT NOT NULL,
      version INTEGER NOT NULL CHECK (version > 0),
      standing TEXT NOT NULL CHECK (standing IN ('head', 'past', 'late')),
      task INTEGER NOT NULL REFERENCES task (id),
      job INTEGER NOT NULL REFERENCES job (id),
      generation INTEGER NOT NULL CHECK (generation > 0),
      lease INTEGER NOT NULL,
      blob INTEGER NOT NULL REFERENCES blob (id),
      size INTEGER NOT NULL,
      media_type TEXT NOT NULL,
      meta TEXT,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX result_version ON result (project, path, version);
    CREATE UNIQUE INDEX result_head ON result (project, path) WHERE standing = 'head';
    CREATE INDEX result_task ON result (task, path);
    CREATE INDEX result_job ON result (job, path);
    CREATE INDEX result_blob ON result (blob);

    CREATE TABLE event (
      id INTEGER PRIMARY KEY,
      job INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      type TEXT NOT NULL,
      task TEXT,
      detail TEXT
    ) STRICT;
    CREATE INDEX event_job ON event (job, id);

    CREATE TABLE error (
      id INTEGER PRIMARY KEY,
      job INTEGER NOT NULL REFERENCES job (id),
      task INTEGER NOT NULL REFERENCES task (id),
      lease INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      class TEXT NOT NULL,
      message TEXT NOT NULL,
      crash INTEGER NOT NULL CHECK (crash IN (0, 1)),
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX error_job ON error (job, id);

    CREATE TABLE log (
      id INTEGER PRIMARY KEY,
      job INTEGER NOT NULL REFERENCES job (id),
      task INTEGER NOT NULL REFERENCES task (id),
      lease INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX log_job ON log (job, id);
    CREATE INDEX log_task ON log (task, id);
    """)
