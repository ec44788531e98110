/// What files are found by, what tasks cost, and collections.
let migration8 = Migration(
  version: 8,
  sql: """
    -- JSON of the columns that labels of the job, and a task itself, say of its files.
    ALTER TABLE job ADD COLUMN file_columns TEXT;
    ALTER TABLE task ADD COLUMN file_columns TEXT;
    -- What the job's own unit of account is charged each time that the task is made.
    ALTER TABLE task ADD COLUMN credits INTEGER NOT NULL DEFAULT 0 CHECK (credits >= 0);
    -- JSON of the collections that its declared outputs belong to, and of the section there.
    ALTER TABLE task ADD COLUMN collections TEXT;

    -- The user is named where a version has any of the other columns, so that one index finds what is the user's.
    ALTER TABLE result ADD COLUMN owner INTEGER;
    \(columns.map { "ALTER TABLE result ADD COLUMN \($0) TEXT;" }.joined(separator: "\n"))
    -- Of a current version that nobody wants any more, and that is still there.
    ALTER TABLE result ADD COLUMN archived_ms INTEGER;
    \(columns.map { "CREATE INDEX result_\($0) ON result (owner, \($0), id) WHERE \($0) IS NOT NULL AND standing = 'head';" }
      .joined(separator: "\n"))
    CREATE INDEX result_product_revision ON result (owner, product, revision, id)
      WHERE product IS NOT NULL AND standing = 'head';
    CREATE INDEX result_marked ON result (owner, at_ms) WHERE owner IS NOT NULL AND standing = 'head';
    CREATE INDEX result_archived ON result (archived_ms) WHERE archived_ms IS NOT NULL AND standing = 'head';

    -- One row for each making of a task that costs credits: put aside when it is leased, taken when it is done, gone when it is not.
    -- It outlives its job, whose number is 0 then.
    CREATE TABLE charge (
      lease INTEGER PRIMARY KEY,
      owner INTEGER NOT NULL,
      project INTEGER NOT NULL,
      job INTEGER NOT NULL,
      task INTEGER NOT NULL,
      kind TEXT NOT NULL,
      -- Of the file that it is told with: the first declared output.
      path TEXT,
      product TEXT,
      credits INTEGER NOT NULL CHECK (credits > 0),
      state TEXT NOT NULL CHECK (state = 'reserved' OR state = 'settled'),
      -- The UTC day on which it was put aside, from 1970.
      day INTEGER NOT NULL,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX charge_file ON charge (project, path);
    CREATE INDEX charge_reserved ON charge (lease) WHERE state = 'reserved';
    CREATE INDEX charge_job ON charge (job) WHERE job > 0;
    CREATE INDEX charge_product ON charge (owner, product, at_ms) WHERE product IS NOT NULL AND state = 'settled';

    CREATE TABLE collection (
      id INTEGER PRIMARY KEY,
      owner INTEGER NOT NULL,
      name TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status = 'planned' OR status = 'active' OR status = 'completed' OR status = 'archived'),
      about TEXT,
      created_ms INTEGER NOT NULL,
      UNIQUE (owner, name)
    ) STRICT;

    -- A file that belongs to a collection, whether it is there yet or not.
    CREATE TABLE collection_item (
      id INTEGER PRIMARY KEY,
      collection INTEGER NOT NULL REFERENCES collection (id),
      project INTEGER NOT NULL REFERENCES project (id),
      path TEXT NOT NULL,
      section TEXT,
      -- Among those of the collection.
      position INTEGER NOT NULL,
      -- The last one that has promised it.
      task INTEGER,
      UNIQUE (collection, project, path)
    ) STRICT;
    CREATE INDEX collection_item_order ON collection_item (collection, position);
    CREATE INDEX collection_item_file ON collection_item (project, path);
    CREATE INDEX collection_item_task ON collection_item (task) WHERE task IS NOT NULL;

    -- The history of a file names the calls of a lease.
    CREATE INDEX model_call_lease ON model_call (lease);
    """)

/// In the order of `FileColumns.Name`.
private let columns = ["type", "view", "category", "product", "revision", "batch", "status"]
