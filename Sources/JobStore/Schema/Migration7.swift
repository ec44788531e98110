/// Going back to earlier versions of files.
let migration7 = Migration(
  version: 7,
  sql: """
    -- The number of the event that tells of the version; 0 for those of before.
    ALTER TABLE result ADD COLUMN event INTEGER NOT NULL DEFAULT 0 CHECK (event >= 0);
    -- The last event before which the file was still there; absent for those that were retired before.
    ALTER TABLE result ADD COLUMN retired_event INTEGER CHECK (retired_event IS NULL OR standing = 'retired');
    -- The user who has retired it by going back to a time without it.
    ALTER TABLE result ADD COLUMN retired_by INTEGER CHECK (retired_by IS NULL OR standing = 'retired');
    -- The user who has made it by hand.
    ALTER TABLE result ADD COLUMN made_by INTEGER CHECK (made_by IS NULL OR lease = 0);
    -- The version whose bytes it has, when that user has gone back to these.
    ALTER TABLE result ADD COLUMN restored INTEGER
      CHECK (restored IS NULL OR (restored > 0 AND restored < version AND made_by IS NOT NULL));
    -- What that user has said about it.
    ALTER TABLE result ADD COLUMN why TEXT CHECK (why IS NULL OR made_by IS NOT NULL);
    -- It had succeeded in an earlier generation, so that there is something to go back to.
    ALTER TABLE task ADD COLUMN redone INTEGER NOT NULL DEFAULT 0 CHECK (redone = 0 OR redone = 1);
    """)
