/// Archived files are found by that.
let migration9 = Migration(
  version: 9,
  sql: """
    CREATE INDEX result_archived_of_user ON result (owner, id)
      WHERE archived_ms IS NOT NULL AND owner IS NOT NULL AND standing = 'head';
    """)
