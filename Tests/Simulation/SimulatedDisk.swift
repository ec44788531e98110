package import CSimulatedDisk
package import FileSystem
import Glibc
import SQLite

/// The disk of a simulated machine (see `CSimulatedDisk.h`), for SQLite and for the files beside the database.
///
/// Unchecked `Sendable`: a simulated machine has one thread.
package final class SimulatedDisk: Disk, @unchecked Sendable {
  private let disk: OpaquePointer
  private let name: String

  /// - Parameters:
  ///   - name: of the VFS; no two disks of a process may have the same.
  ///   - original: what is on the platter to begin with; empty when absent.
  package init(seed: UInt64, name: String, copyOf original: SimulatedDisk? = nil) {
    self.name = name
    disk = original.map { simdisk_copy($0.disk, seed) } ?? simdisk_new(seed)
    let code = simdisk_register(disk, name)
    precondition(code == 0, "SQLite takes no VFS: \(code)")
  }

  deinit {
    GatheredLog.forget(over: name)
    simdisk_free(disk)
  }

  // MARK: What goes wrong

  package func plan(_ fault: simdisk_fault, after: Int, calls: Int = .max) {
    simdisk_plan(disk, fault, UInt64(after), UInt64(calls))
  }

  package func endFaults() { simdisk_plan(disk, SIMDISK_NO_FAULT, 0, 0) }

  package var isOff: Bool { simdisk_is_off(disk) }
  package func powerOff() { simdisk_power_off(disk) }
  /// Everything that was not synced is kept, lost or torn.
  package func powerOn() { simdisk_power_on(disk) }
  /// Files that the program has open.
  package var openFiles: Int { Int(simdisk_open_files(disk)) }
  /// The machine goes on without the program; nothing is lost.
  package func programDied() { simdisk_program_died(disk) }
  package func setSyncMs(_ ms: Int64) { simdisk_set_sync_ms(disk, ms) }
  package func takeElapsedMs() -> Int64 { simdisk_take_elapsed_ms(disk) }
  package func setUTC(ms: Int64) { simdisk_set_utc_ms(disk, ms) }
  package var counts: simdisk_counts { simdisk_get_counts(disk) }

  /// Runs `body`, and `meanwhile` before every call of the disk that changes or syncs something.
  func run(_ body: () -> Void, meanwhile: @escaping () -> Void) {
    let hook = Hook(meanwhile)
    // The hook is alive, and nobody else's, until it is taken away below.
    simdisk_set_hook(
      disk, { context in if let context { Unmanaged<Hook>.fromOpaque(context).takeUnretainedValue().body() } },
      Unmanaged.passUnretained(hook).toOpaque())
    body()
    simdisk_set_hook(disk, nil, nil)
    withExtendedLifetime(hook) {}
  }

  private final class Hook {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  // MARK: Disk

  package var sqliteVFS: String? { name }

  package func status(_ path: String) throws(FileError) -> FileStatus? {
    if path == "/" { return FileStatus(size: 0, isDirectory: true) }
    var size: Int64 = 0
    let kind = simdisk_status(disk, path, &size)
    return kind == 0 ? nil : FileStatus(size: size, isDirectory: kind == 2)
  }

  package func makeDirectories(_ path: String) throws(FileError) {
    if try status(path)?.isDirectory == true { return }
    guard let parent = FileTree.parent(of: path) else { return }
    try makeDirectories(parent)
    try check("make directory", path, simdisk_make_directory(disk, path))
    try syncDirectory(parent)
  }

  package func list(_ path: String) throws(FileError) -> [String] {
    guard try status(path) != nil else { throw FileError("list", path, errno: ENOENT) }
    var names: [String] = []
    while let next = simdisk_next_name(disk, path, names.last ?? "") { names.append(String(cString: next)) }
    return names
  }

  package func create(_ path: String) throws(FileError) -> any DiskFile {
    try SimulatedFile(opened(path, create: true), path)
  }
  package func open(_ path: String) throws(FileError) -> any DiskFile {
    try SimulatedFile(opened(path, create: false), path)
  }

  private func opened(_ path: String, create: Bool) throws(FileError) -> OpaquePointer {
    var file: OpaquePointer?
    try check("open", path, simdisk_open(disk, path, create, &file))
    guard let file else { throw FileError("open", path, errno: EIO) }
    return file
  }

  package func rename(_ path: String, to target: String) throws(FileError) {
    try check("rename", path, simdisk_rename(disk, path, target))
  }

  package func remove(_ path: String) throws(FileError) {
    let answer = simdisk_remove(disk, path)
    if answer != -ENOENT { try check("remove", path, answer) }
  }

  package func rewrite(_ path: String) throws(FileError) {
    let file = SimulatedFile(try opened(path, create: false), path)
    let bytes = try file.read(at: 0, count: Int(try status(path)?.size ?? 0))
    try file.write(bytes, at: 0)
    try file.sync()
  }

  package func syncDirectory(_ path: String) throws(FileError) {
    try check("sync", path, simdisk_sync_directory(disk, path))
  }
}

private func check(_ operation: String, _ path: String, _ answer: Int32) throws(FileError) {
  guard answer >= 0 else { throw FileError(operation, path, errno: -answer) }
}

private final class SimulatedFile: DiskFile {
  private let file: OpaquePointer
  private let path: String

  init(_ file: OpaquePointer, _ path: String) {
    self.file = file
    self.path = path
  }

  deinit { simdisk_close(file) }

  func write(_ bytes: [UInt8]) throws(FileError) { try write(bytes, at: simdisk_size(file)) }

  func write(_ bytes: [UInt8], at offset: Int64) throws(FileError) {
    // The pointer is used during the call only.
    let written = bytes.withUnsafeBytes { simdisk_write(file, $0.baseAddress, Int64($0.count), offset) }
    if written < bytes.count { try check("write", path, written < 0 ? Int32(written) : -ENOSPC) }
  }

  func read(at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let got = buffer.withUnsafeMutableBytes { simdisk_read(file, $0.baseAddress, Int64(count), offset) }
    if got < 0 { try check("read", path, Int32(got)) }
    return Array(buffer.prefix(Int(got)))
  }

  func sync() throws(FileError) { try check("sync", path, simdisk_sync(file)) }
  func syncData() throws(FileError) { try sync() }
}
