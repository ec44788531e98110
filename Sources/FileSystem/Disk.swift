/// What a store needs of a disk, in the steps between which a crash can fall.
///
/// A program has the machine's own (``LocalDisk``); a simulation brings one that loses what was not synced, fills up and
/// fails.
package protocol Disk: Sendable {
  /// The SQLite VFS under which the same files are reached; `nil` for SQLite's default.
  var sqliteVFS: String? { get }

  /// What stands at `path`; `nil` when there is nothing.
  func status(_ path: String) throws(FileError) -> FileStatus?
  /// Makes a directory and those above it, synced; does nothing when it is there.
  func makeDirectories(_ path: String) throws(FileError)
  /// Names in a directory, sorted.
  func list(_ path: String) throws(FileError) -> [String]
  /// Creates a new file for writing, which only its owner can read; fails when there is one.
  func create(_ path: String) throws(FileError) -> any DiskFile
  /// Opens an existing regular file for reading.
  func open(_ path: String) throws(FileError) -> any DiskFile
  func rename(_ path: String, to target: String) throws(FileError)
  /// Removes a file; nothing there is no error.
  func remove(_ path: String) throws(FileError)
  /// Puts the names in a directory on disk.
  func syncDirectory(_ path: String) throws(FileError)
  /// Writes the bytes of a file over themselves, and syncs them.
  ///
  /// When a sync fails, the kernel keeps the bytes in memory and takes them for written; no later sync writes them
  /// (https://lwn.net/Articles/752063/). What a program then reads is not what is on disk, until it is written again.
  func rewrite(_ path: String) throws(FileError)
}

/// An open file of a ``Disk``; closed at the end of its life.
package protocol DiskFile: AnyObject {
  /// Writes all of `bytes` behind those written before.
  func write(_ bytes: [UInt8]) throws(FileError)
  /// Reads up to `count` bytes from `offset`; fewer only at the end of the file.
  func read(at offset: Int64, count: Int) throws(FileError) -> [UInt8]
  /// Puts what was written on disk.
  func sync() throws(FileError)
  /// Puts the bytes on disk, also those that were written through other descriptors, and of what is known of the file only
  /// what it takes to read them.
  func syncData() throws(FileError)
}

/// The file system of the machine.
package struct LocalDisk: Disk {
  package init() {}

  package var sqliteVFS: String? { nil }

  package func status(_ path: String) throws(FileError) -> FileStatus? { try FileTree.status(path) }
  package func makeDirectories(_ path: String) throws(FileError) { try FileTree.makeDirectories(path) }
  package func list(_ path: String) throws(FileError) -> [String] { try FileTree.list(path) }
  package func create(_ path: String) throws(FileError) -> any DiskFile { LocalFile(try File.create(path)) }
  package func open(_ path: String) throws(FileError) -> any DiskFile { LocalFile(try File.open(path)) }
  package func rename(_ path: String, to target: String) throws(FileError) { try FileTree.rename(path, to: target) }
  package func remove(_ path: String) throws(FileError) { try FileTree.remove(path) }
  package func syncDirectory(_ path: String) throws(FileError) { try File.directory(path).sync() }

  package func rewrite(_ path: String) throws(FileError) {
    let file = try File.update(path)
    var offset: Int64 = 0
    while true {
      let bytes = try file.read(at: offset, count: 1 << 20)
      if bytes.isEmpty { return try file.sync() }
      try file.write(bytes, at: offset)
      offset += Int64(bytes.count)
    }
  }
}

private final class LocalFile: DiskFile {
  private let file: File

  init(_ file: consuming File) { self.file = file }

  func write(_ bytes: [UInt8]) throws(FileError) { try file.write(bytes) }
  func read(at offset: Int64, count: Int) throws(FileError) -> [UInt8] { try file.read(at: offset, count: count) }
  func sync() throws(FileError) { try file.sync() }
  func syncData() throws(FileError) { try file.syncData() }
}
