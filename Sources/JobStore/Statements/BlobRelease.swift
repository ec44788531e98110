import SQLite

/// Removing the rows of blobs that nothing needs any more, on the connection of whoever removes what named them.
struct BlobRelease {
  private let ifFree: Statement
  private let deleteBlob: Statement
  private let deleteUploads: Statement

  init(_ connection: borrowing Connection) {
    // Uploads that are not older than ?2 may be about to be named by a job.
    ifFree = connection.prepare(
      """
      SELECT size FROM blob WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM result WHERE blob = ?1)
        AND NOT EXISTS (SELECT 1 FROM job_input WHERE blob = ?1)
        AND NOT EXISTS (SELECT 1 FROM call_file WHERE blob = ?1)
        AND NOT EXISTS (SELECT 1 FROM upload WHERE blob = ?1 AND at_ms > ?2)
      """)
    deleteBlob = connection.prepare("DELETE FROM blob WHERE id = ?1")
    deleteUploads = connection.prepare("DELETE FROM upload WHERE blob = ?1")
  }

  /// Their files go later, when no row names them.
  ///
  /// - Parameter uploadsBefore: uploads up to this time, ms UTC, are given up.
  /// - Returns: the bytes of those that went.
  func release(_ blobs: [Int64], uploadsBefore: Int64) throws -> Int64 {
    var freed: Int64 = 0
    for blob in Set(blobs) {
      guard let size = try ifFree.first(blob, uploadsBefore, row: { $0.int(0) }) else { continue }
      try deleteUploads.run(blob)
      try deleteBlob.run(blob)
      freed += size
    }
    return freed
  }
}
