package import JobModel
import SQLite

/// A record: a row of JSON that a task has committed.
package struct StoredRecord: Sendable {
  package let name: RecordName
  /// An object, one line.
  package let value: [UInt8]
  package let version: Int64
  package let job: JobID
  package let task: String
  package let atMs: Int64
}

/// Records of a job's project.
extension StoreReader {
  /// The current records of a job's project, by set and key.
  ///
  /// - Parameters:
  ///   - set: only of this one.
  ///   - after: behind this record.
  package func records(
    of id: JobID, set: String?, after: RecordName?, limit: Int, for caller: Caller
  ) throws -> [StoredRecord] {
    _ = try job(id, for: caller)
    let prefix = set.map(RecordName.pathPrefix(ofSet:))
    // The character behind the slash ends a set.
    let end = set.map { RecordName.prefix + $0 + "0" } ?? RecordName.end
    return try files.records.all(
      id.value, after?.path ?? prefix ?? RecordName.prefix, end, limit
    ) { StoredRecord($0) }.compactMap { $0 }
  }
}

extension StoredRecord {
  /// Reads the columns of `ReaderFileStatements.records`.
  fileprivate init?(_ row: borrowing Row) {
    guard let name = try? RecordName(path: row.text(0)) else { return nil }
    self.name = name
    value = row.bytes(1)
    version = row.int(2)
    job = JobID(row.int(3))
    task = row.text(4)
    atMs = row.int(5)
  }
}
