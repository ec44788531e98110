package import Digest
package import JobModel
import SQLite

/// A version of a file, with what is known of its making.
package struct FileVersion: Sendable {
  package let file: FileRecord
  /// The user whose job has made it.
  package let owner: UserID
  /// It was taken from the store, and nothing was made.
  package let isReused: Bool
  /// The version whose bytes it has, when somebody has gone back to that; who, and why.
  package let restored: Int64?
  package let madeBy: UserID?
  package let why: String?
  package let worker: String?
  package let attempt: Int?
  /// What the attempt was charged with, for all its files.
  package let credits: Int64?
  /// The model calls of the attempt, for all its files, in their order.
  package fileprivate(set) var calls: [Call] = []

  /// A model call, with the hash of all that determines its answer.
  package struct Call: Sendable {
    package let record: CallRecord
    package let request: SHA256Digest
  }

  fileprivate let lease: Int64

  /// Reads the columns of `ReaderStatements.fileHistory`.
  fileprivate init?(_ row: borrowing Row) {
    guard let file = FileRecord(row) else { return nil }
    let next = FileRecord.columnCount
    self.file = file
    owner = UserID(UInt32(truncatingIfNeeded: row.int(next)))
    lease = row.int(next + 1)
    restored = row.optionalInt(next + 4)
    madeBy = row.optionalInt(next + 5).map { UserID(UInt32(truncatingIfNeeded: $0)) }
    why = row.optionalText(next + 6)
    isReused = lease == 0 && madeBy == nil
    worker = row.optionalText(next + 2)
    attempt = row.optionalInt(next + 3).map { Int($0) }
    credits = row.optionalInt(next + 7)
  }
}

extension StoreReader {
  /// So many calls of an attempt are told.
  static let callsPerVersionMax = 100

  /// The history of a path in a job's project, the newest version first.
  ///
  /// - Parameter before: only versions before this one.
  /// - Throws: `Refusal`: there is no such job, or no such file in its project.
  package func history(
    of path: String, before: Int64?, limit: Int, of id: JobID, for caller: Caller
  ) throws -> [FileVersion] {
    _ = try job(id, for: caller)
    let versions = try sql.fileHistory.all(id.value, path, before ?? Int64.max, limit) { FileVersion($0) }
    guard !versions.isEmpty || before != nil else { throw Refusal.noSuchFile(path, version: nil, of: id) }
    return try versions.compactMap { version in
      guard var version else { return nil }
      version.calls = try modelCalls(of: version)
      return version
    }
  }

  private func modelCalls(of version: FileVersion) throws -> [FileVersion.Call] {
    guard version.lease != 0 else { return [] }
    return try calls.ofLease.all(version.file.job.value, version.lease, StoreReader.callsPerVersionMax) { row in
      SHA256Digest(bytes: row.bytes(CallRecord.columnCount)).map {
        FileVersion.Call(record: CallRecord(row), request: $0)
      }
    }.compactMap { $0 }
  }
}
