import Digest
import FileSystem
import JobModel
import SQLite

/// What a backup holds.
package struct BackupReport: Sendable, Equatable {
  package let jobs: Int
  /// Versions of files, of all jobs.
  package let results: Int
  package let events: Int
  /// Of the database and the files beside it.
  package let bytes: Int64
}

/// Copies a store while its broker works: one snapshot of the database, and the large files that it names.
///
/// `VACUUM INTO` reads the snapshot in one go on a connection of its own. It waits for nobody and holds up no commit;
/// the log only cannot begin anew meanwhile. SQLite's backup API would begin again whenever the broker commits
/// (https://sqlite.org/c3ref/backup_finish.html, "sqlite3_backup_step()"), so that a busy store would never be copied; in
/// one step it would read as long, and copy the free pages, too.
///
/// The copy is made under another name, checked, synced and renamed: what stands at the target is whole. Its caller sees
/// to it that no file that the snapshot names is removed meanwhile.
package struct StoreBackup {
  private let source: StoreFile
  private let sourceBlobs: BlobFiles
  /// Absolute path of the directory that the copy is to be.
  private let target: String
  private let parent: String

  /// The name of the database in a backup.
  package static let databaseName = "jobs.sqlite"
  /// How the name begins under which a copy is made; what a killed broker has left of one may be removed.
  package static let unfinishedPrefix = ".genbroker-backup-"

  /// Copies the store at `file` into a new directory.
  ///
  /// - Parameter target: absolute path of the directory; nothing may stand there, and the one above it must be there.
  /// - Throws: `StoreError`; then nothing is left of the copy.
  package static func run(_ file: StoreFile, blobs: BlobFiles, to target: String) throws -> BackupReport {
    let backup = try StoreBackup(source: file, blobs: blobs, target: target)
    let unfinished = try backup.explaining {
      try FileTree.makeDirectory(named: unfinishedPrefix, in: backup.parent)
    }
    do {
      return try backup.explaining { try backup.make(in: unfinished) }
    } catch {
      try? FileTree.removeTree(unfinished)  // the first error is the one to tell
      throw error
    }
  }

  private init(source: StoreFile, blobs: BlobFiles, target: String) throws {
    guard target.utf8.first == UInt8(ascii: "/"), !target.utf8.contains(0) else {
      throw Refusal(.invalid, "'\(visible(target))' is no absolute path", remedy: "give the whole path of a directory")
    }
    (self.source, sourceBlobs) = (source, blobs)
    self.target = StoreBackup.withoutSlashes(target)
    parent = FileTree.parent(of: self.target) ?? "/"
    try requireRoom()
  }

  private static func withoutSlashes(_ path: String) -> String {
    let end = path.utf8.lastIndex { $0 != UInt8(ascii: "/") }
    return end.map { String(decoding: path.utf8[...$0], as: UTF8.self) } ?? "/"
  }

  /// Nothing stands at the target, and its directory is there.
  private func requireRoom() throws {
    guard try FileTree.status(parent)?.isDirectory == true else {
      throw Refusal(.invalid, "there is no directory '\(visible(parent))'", remedy: "make it, or give another path")
    }
    guard try FileTree.status(target, followingLinks: false) == nil else {
      throw Refusal(
        .conflict, "'\(visible(target))' is there already, and a backup writes over nothing",
        remedy: "give a new path, or move away what is there")
    }
  }

  private func make(in directory: String) throws -> BackupReport {
    let copy = StoreFile(path: "\(directory)/\(StoreBackup.databaseName)")
    // SQLite would make it readable for everybody; an empty file it writes into.
    do { _ = try File.create(copy.path) }
    do {
      let connection = try source.openCopier()
      try connection.vacuum(into: copy.path)
    }
    let files = try mark(copy)
    let fileBytes = try copyFiles(files, to: copy)
    let report = try verify(copy, fileBytes: fileBytes)
    try File.update(copy.path).sync()
    try File.directory(directory).sync()
    try requireRoom()
    try FileTree.rename(directory, to: target)
    try File.directory(parent).sync()
    return report
  }

  /// Writes into the copy that it is one.
  ///
  /// - Returns: the blobs that it needs as files.
  private func mark(_ copy: StoreFile) throws -> [SHA256Digest] {
    let connection = try Connection(path: copy.path, access: .readWrite)
    try connection.execute(BackupStatements.mark)
    return try connection.prepare(BackupStatements.files).all { SHA256Digest(bytes: $0.bytes(0)) }.compactMap { $0 }
  }

  /// - Returns: how many bytes they have.
  private func copyFiles(_ files: [SHA256Digest], to copy: StoreFile) throws -> Int64 {
    guard !files.isEmpty else { return 0 }
    let blobs = BlobFiles(directory: copy.blobDirectory, disk: copy.disk)
    var bytes: Int64 = 0
    var directories: Set<String> = []
    for sha256 in files {
      let path = blobs.path(of: sha256)
      if let directory = FileTree.parent(of: path), directories.insert(directory).inserted {
        try FileTree.makeDirectories(directory)
      }
      bytes += try copyFile(sha256, to: path)
    }
    for directory in directories { try File.directory(directory).sync() }
    return bytes
  }

  private func copyFile(_ sha256: SHA256Digest, to path: String) throws -> Int64 {
    let from: any DiskFile
    do { from = try sourceBlobs.open(sha256) } catch { throw damaged(error.description) }
    let file = try File.create(path)
    var hasher = SHA256()
    var offset: Int64 = 0
    while true {
      let chunk = try from.read(at: offset, count: 1 << 20)
      if chunk.isEmpty { break }
      hasher.update(chunk)
      try file.write(chunk)
      offset += Int64(chunk.count)
    }
    guard hasher.finish() == sha256 else { throw damaged("the bytes of \(sha256) are others") }
    try file.sync()
    return offset
  }

  private func damaged(_ what: String) -> StoreError {
    .unusable(
      "the store is damaged, and so would be its copy: \(what)",
      remedy: "'genbroker check' names the files; 'genbroker prune JOB' removes the jobs that they belong to")
  }

  /// The copy has to pass the check of a store.
  private func verify(_ copy: StoreFile, fileBytes: Int64) throws -> BackupReport {
    let blobs = BlobFiles(directory: copy.blobDirectory, disk: copy.disk)
    if let finding = try StoreCheck.run(copy, blobs: blobs).findings.first {
      throw damaged("\(finding.check): \(finding.message)")
    }
    let connection = try copy.openReader()
    let counts = try connection.prepare(BackupStatements.counts).first {
      (Int($0.int(0)), Int($0.int(1)), Int($0.int(2)))
    }
    guard let counts else { throw damaged("it counts nothing") }
    let size = try FileTree.status(copy.path)?.size ?? 0
    return BackupReport(jobs: counts.0, results: counts.1, events: counts.2, bytes: size + fileBytes)
  }

  /// Errors of the target's disk are not those of the store.
  private func explaining<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as SQLiteError where error.isDiskFull {
      throw noSpace
    } catch let error as FileError where error.isDiskFull {
      throw noSpace
    } catch let error as FileError {
      throw StoreError.unusable(error.description, remedy: "look at the permissions of '\(visible(parent))'")
    } catch let error as SQLiteError where error.code.isCorrupt {
      throw damaged(error.message)
    }
  }

  private var noSpace: StoreError {
    .unusable(
      "there is no space for the backup in '\(visible(parent))'", remedy: "make room there, or give another path")
  }
}

extension StoreFile {
  /// Opens the connection that a backup reads by. `query_only` would also keep it from writing the copy.
  func openCopier() throws -> Connection {
    let connection = try Connection(path: path, access: .readOnly, vfs: disk.sqliteVFS)
    connection.setBusyTimeout(milliseconds: StoreFile.busyTimeoutMs)
    return connection
  }
}

/// A store that is a copy, at its first start.
enum RestoredCopy {
  /// Between the generation of a copy and that of the broker that starts on it. The broker of the original has gone on,
  /// and was perhaps started again; no lease of it has the number of one that is given here. Two brokers that start on
  /// copies of one snapshot keep apart by chance. Small, so that hundreds of restores stay below 2⁵³, to which
  /// programs that know only floating-point numbers can read an id.
  static func generationsSkipped(random: Double) -> Int64 { 4096 + Int64(random * 4096) }

  /// Whether a copy was never started on.
  static func isMarked(_ sql: EventStatements) throws -> Bool {
    try Settings.integer(BackupStatements.markName, sql) != 0
  }
}
