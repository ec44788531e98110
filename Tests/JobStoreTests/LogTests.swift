import FileSystem
import Glibc
import SQLite
import Testing

@testable import JobStore

/// SQLite's write-ahead log, as the broker uses it.
struct LogTests {
  /// How often the log was begun anew: https://sqlite.org/fileformat2.html#walformat, bytes 12 to 15 of its head.
  private func sequence(_ test: TestStore) throws -> UInt32 {
    let head = try File.open(test.store.file.path + "-wal").read(at: 0, count: 32)
    return head[12..<16].reduce(0) { $0 << 8 | UInt32($1) }
  }

  @Test func `a log that was moved is begun anew before anybody waits for it`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    let before = try sequence(test)
    #expect(try Checkpointer(test.store.file).run().pagesLeft == 0)
    test.store.beginNewLog()
    #expect(try sequence(test) == before + 1)
    _ = try test.submit([task("b")])
    #expect(try sequence(test) == before + 1, "a commit had to begin the log")
    try test.checkPromises()
  }

  @Test func `a log that somebody still reads is not moved, and the store goes on with it`() throws {
    let test = try TestStore()
    let reader = try test.store.file.openReader()
    try reader.execute("BEGIN")
    _ = try reader.integer("SELECT count(*) FROM job")
    _ = try test.submit([task("a")])
    let before = try sequence(test)
    #expect(try Checkpointer(test.store.file).run().pagesLeft > 0)
    test.store.beginNewLog()
    #expect(try sequence(test) == before)
    _ = try test.submit([task("b")])
    try test.checkPromises()
    try reader.execute("COMMIT")
  }

  @Test func `a log that cannot be begun leaves memory as it is: nobody gets a lease too many`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a"), task("b")])
    try test.worker("s", slots: 1)
    _ = try test.lease()
    try test.store.connection.execute("PRAGMA query_only = ON")
    test.store.beginNewLog()
    try test.store.connection.execute("PRAGMA query_only = OFF")
    #expect(try test.dispatch().isEmpty)
    try test.checkPromises()
  }

  @Test func `pages written are counted since they were last asked for`() throws {
    let test = try TestStore()
    _ = test.store.takePagesWritten()
    _ = try test.submit([task("a")])
    #expect((5...50).contains(test.store.takePagesWritten()))
    #expect(test.store.takePagesWritten() == 0)
  }

  @Test func `the log can be moved while a check reads the files`() throws {
    let test = try TestStore()
    try test.store.connection.execute("INSERT INTO blob (sha256, size, body) VALUES (zeroblob(32), 200000, NULL)")
    let checkpointer = try Checkpointer(test.file)
    let disk = DiskToLookInto {
      try test.store.connection.execute("INSERT INTO setting VALUES ('meanwhile', 1)")
      try #require(try checkpointer.run().pagesLeft == 0)
    }
    let blobs = BlobFiles(directory: test.file.blobDirectory, disk: disk)
    #expect(try StoreCheck.run(test.file, blobs: blobs).findings.map(\.check) == ["blobs"])
    #expect(disk.looks == 1)
  }
}

/// A disk on which nothing can be opened; whoever tries has something else done meanwhile.
///
/// Unchecked `Sendable`: used by one thread.
private final class DiskToLookInto: Disk, @unchecked Sendable {
  private let meanwhile: () throws -> Void
  private(set) var looks = 0

  init(meanwhile: @escaping () throws -> Void) { self.meanwhile = meanwhile }

  var sqliteVFS: String? { nil }

  private func refuse(_ path: String) -> FileError { FileError("use", path, errno: ENOSYS) }

  func open(_ path: String) throws(FileError) -> any DiskFile {
    #expect(throws: Never.self) { try meanwhile() }
    looks += 1
    throw refuse(path)
  }

  func status(_ path: String) throws(FileError) -> FileStatus? { throw refuse(path) }
  func makeDirectories(_ path: String) throws(FileError) { throw refuse(path) }
  func list(_ path: String) throws(FileError) -> [String] { throw refuse(path) }
  func create(_ path: String) throws(FileError) -> any DiskFile { throw refuse(path) }
  func rename(_ path: String, to target: String) throws(FileError) { throw refuse(path) }
  func remove(_ path: String) throws(FileError) { throw refuse(path) }
  func syncDirectory(_ path: String) throws(FileError) { throw refuse(path) }
  func rewrite(_ path: String) throws(FileError) { throw refuse(path) }
}
