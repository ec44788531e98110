import FileSystem

/// Puts the write-ahead log on disk through a descriptor of its own, so that the thread that writes the log goes on
/// meanwhile.
///
/// Whatever was committed before ``run()`` begins is on disk when it returns. The log stays the same file for as long as a
/// connection is open: SQLite writes it from its beginning again, and removes it only when the last connection closes
/// (https://sqlite.org/wal.html#the_wal_file).
///
/// A checkpoint syncs the log, too. When that fails, the kernel takes the bytes for written, and it tells everybody who has
/// the file open once, with the next sync (https://docs.kernel.org/core-api/errseq.html): here, before anything is
/// acknowledged.
package final class LogSync {
  private let file: any DiskFile

  /// - Parameter file: a store that is open; its log is there.
  package init(_ file: StoreFile) throws {
    self.file = try file.disk.open(file.logPath)
  }

  /// - Throws: `FileError`: it is not known what is on disk, and a later sync would not tell.
  package func run() throws {
    try file.syncData()
  }
}
