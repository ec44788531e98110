/// How many bytes are files beside the database: adding them up would read every blob.
let migration3 = Migration(
  version: 3,
  sql: """
    CREATE INDEX blob_file ON blob (size) WHERE body IS NULL;
    """)
