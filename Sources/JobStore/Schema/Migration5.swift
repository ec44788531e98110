/// The ledger of model calls: what was asked and answered, what it has cost, and the sums of it.
let migration5 = Migration(
  version: 5,
  sql: """
    ALTER TABLE job ADD COLUMN models TEXT;
    ALTER TABLE job ADD COLUMN budget_pico_usd INTEGER CHECK (budget_pico_usd >= 0);
    ALTER TABLE job ADD COLUMN budget_calls INTEGER CHECK (budget_calls >= 0);
    ALTER TABLE job ADD COLUMN budget_tokens INTEGER CHECK (budget_tokens >= 0);
    ALTER TABLE job ADD COLUMN budget_credits INTEGER CHECK (budget_credits >= 0);

    -- One row for each call that was allowed, written before it is made. Numbers are never used twice. What it counts for in the
    -- sums is what it has taken, and as long as that is not known, what it takes at most.
    CREATE TABLE model_call (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      job INTEGER NOT NULL REFERENCES job (id),
      task INTEGER NOT NULL REFERENCES task (id),
      lease INTEGER NOT NULL,
      session TEXT NOT NULL,
      owner INTEGER NOT NULL,
      -- The UTC day on which it was allowed, from 1970.
      day INTEGER NOT NULL,
      request BLOB NOT NULL CHECK (length(request) = 32),
      sample INTEGER NOT NULL CHECK (sample >= 0),
      provider TEXT NOT NULL,
      account TEXT NOT NULL,
      model TEXT NOT NULL,
      purpose TEXT,
      state TEXT NOT NULL CHECK (state = 'reserved' OR state = 'settled' OR state = 'wasted' OR state = 'rejected'
        OR state = 'failed' OR state = 'unsent' OR state = 'unknown'),
      at_ms INTEGER NOT NULL,
      ended_ms INTEGER,
      worst_pico_usd INTEGER CHECK (worst_pico_usd >= 0),
      worst_tokens INTEGER NOT NULL CHECK (worst_tokens >= 0),
      worst_credits INTEGER NOT NULL CHECK (worst_credits >= 0),
      counted_pico_usd INTEGER NOT NULL CHECK (counted_pico_usd >= 0),
      counted_calls INTEGER NOT NULL CHECK (counted_calls = (state <> 'failed' AND state <> 'unsent')),
      counted_tokens INTEGER NOT NULL CHECK (counted_tokens >= 0),
      counted_credits INTEGER NOT NULL CHECK (counted_credits >= 0),
      input_tokens INTEGER CHECK (input_tokens >= 0),
      cached_tokens INTEGER CHECK (cached_tokens >= 0),
      output_tokens INTEGER CHECK (output_tokens >= 0),
      reasoning_tokens INTEGER CHECK (reasoning_tokens >= 0),
      pico_usd INTEGER CHECK (pico_usd >= 0),
      cost_source TEXT CHECK (cost_source = 'provider' OR cost_source = 'table' OR cost_source = 'none'),
      class TEXT,
      message TEXT,
      first_token_ms INTEGER CHECK (first_token_ms >= 0),
      total_ms INTEGER CHECK (total_ms >= 0),
      hits INTEGER NOT NULL DEFAULT 0 CHECK (hits >= 0),
      CHECK ((state = 'reserved') = (ended_ms IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX model_call_reserved ON model_call (owner, request, sample) WHERE state = 'reserved';
    -- The answers of a job that is being removed belong to nobody and stand in nobody's way.
    CREATE UNIQUE INDEX model_call_settled ON model_call (owner, request, sample)
      WHERE state = 'settled' AND owner <> 4294967295;
    CREATE INDEX model_call_open ON model_call (provider, model, session) WHERE state = 'reserved';
    CREATE INDEX model_call_job ON model_call (job, id);
    CREATE INDEX model_call_at ON model_call (at_ms);

    -- What was said, apart from the calls, so that these stay small.
    CREATE TABLE call_content (
      call INTEGER PRIMARY KEY REFERENCES model_call (id),
      prompt TEXT,
      answer TEXT,
      usage TEXT
    ) STRICT;

    CREATE TABLE call_file (
      call INTEGER NOT NULL REFERENCES model_call (id),
      number INTEGER NOT NULL CHECK (number >= 0),
      blob INTEGER NOT NULL REFERENCES blob (id),
      media_type TEXT NOT NULL,
      PRIMARY KEY (call, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX call_file_blob ON call_file (blob);

    -- Sums of calls by job, user, day and model. Those of a job that is removed are added to the row of job 0.
    CREATE TABLE usage (
      job INTEGER NOT NULL,
      owner INTEGER NOT NULL,
      day INTEGER NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      \(sums(["settled", "unknown", "reserved", "wasted"])),
      failed INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
      rejected INTEGER NOT NULL DEFAULT 0 CHECK (rejected >= 0),
      cost_unknown INTEGER NOT NULL DEFAULT 0 CHECK (cost_unknown >= 0),
      input_tokens INTEGER NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
      output_tokens INTEGER NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
      hits INTEGER NOT NULL DEFAULT 0 CHECK (hits >= 0),
      saved_pico_usd INTEGER NOT NULL DEFAULT 0 CHECK (saved_pico_usd >= 0),
      PRIMARY KEY (job, owner, day, provider, model)
    ) STRICT, WITHOUT ROWID;

    -- Sums of these sums, so that a budget is looked at in one row: of a job (day 0), of a user's day, and of everybody's day
    -- (id 0).
    CREATE TABLE spending (
      scope TEXT NOT NULL CHECK (scope = 'job' OR scope = 'user' OR scope = 'all'),
      id INTEGER NOT NULL,
      day INTEGER NOT NULL,
      \(sums(["settled", "unknown", "reserved"])),
      PRIMARY KEY (scope, id, day)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE call_limit (
      scope TEXT NOT NULL,
      unit TEXT NOT NULL,
      value INTEGER NOT NULL CHECK (value >= 0),
      PRIMARY KEY (scope, unit)
    ) STRICT, WITHOUT ROWID;

    -- Accounts of providers that nobody calls for a while, by the user whose worker was told so.
    CREATE TABLE parking (
      worker_owner INTEGER NOT NULL,
      provider TEXT NOT NULL,
      account TEXT NOT NULL,
      until_ms INTEGER NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (worker_owner, provider, account)
    ) STRICT, WITHOUT ROWID;
    """)

/// The columns of some sums, each in all units.
private func sums(_ names: [String]) -> String {
  names.flatMap { name in
    ["pico_usd", "calls", "tokens", "credits"].map {
      "\(name)_\($0) INTEGER NOT NULL DEFAULT 0 CHECK (\(name)_\($0) >= 0)"
    }
  }.joined(separator: ",\n      ")
}
