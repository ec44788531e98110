import CommandLine
import Digest
import EventLoop
import FileSystem
import Glibc
import JobModel

/// The directory that an export writes to. Nothing outside of it is ever touched: every path is proved, and no symbolic
/// link below it is followed.
struct ExportDirectory {
  let root: String
  /// Parents that were seen to be directories of their own.
  private var proved: Set<ResultPath> = []

  /// Makes the directory if it is not there. It may be reached by a link: that is what the user asked for.
  init(_ root: String) throws {
    self.root = root
    if try FileTree.status(root) == nil { try FileTree.makeDirectories(root, mode: 0o755) }
    guard try FileTree.status(root)?.isDirectory == true else {
      throw UserError("'\(root)' is not a directory", remedy: "name another one with '-o'", exitCode: .usage)
    }
    try Self.removeUnfinished(in: root)
  }

  /// Where a path of the store lies in the directory.
  ///
  /// - throws: `UserError` when it would lie outside, or be a file of the export's own.
  func location(of path: String) throws -> String { location(of: try checked(path)) }

  private func location(of path: ResultPath) -> String { root + "/" + path.text }

  private func checked(_ path: String) throws -> ResultPath {
    do throws(NameError) {
      return try ResultPath(path)
    } catch {
      throw UserError(error.message, remedy: error.remedy, exitCode: .refused)
    }
  }

  /// What stands at a path now.
  ///
  /// - throws: `UserError` when something above it is no directory of its own.
  mutating func place(of path: String) throws -> ExportPlace {
    let location = try location(of: path)
    guard try proveParents(of: path, making: false) else { return .absent }
    guard let status = try FileTree.status(location, followingLinks: false) else { return .absent }
    guard status.isRegular else { return .other }
    return .file(sha256: try hash(ofFile: location))
  }

  /// Writes a file, with the directories above it.
  mutating func write(_ bytes: [UInt8], to path: String) throws {
    let location = try location(of: path)
    _ = try proveParents(of: path, making: true)
    try Self.write(bytes, to: location)
  }

  /// Under a name of its own first, which is short and hidden whatever the name of the file is.
  private static func write(_ bytes: [UInt8], to location: String) throws {
    let parent = FileTree.parent(of: location) ?? "."
    try FileTree.writeAtomically(
      location, bytes, mode: 0o644, temporary: "\(parent)/\(unfinishedPrefix)\(getpid())\(unfinishedSuffix)")
  }

  /// Removes what an export was about to write when it was killed; that of one that still runs stays.
  private static func removeUnfinished(in directory: String) throws {
    for name in try FileTree.list(directory)
    where name.hasPrefix(unfinishedPrefix) && name.hasSuffix(unfinishedSuffix) {
      let number = name.dropFirst(unfinishedPrefix.count).dropLast(unfinishedSuffix.count)
      guard let pid = Int32(number), pid > 0, !processExists(pid) else { continue }
      try FileTree.remove(directory + "/" + name)
    }
  }

  /// Removes a file, and the directories above it that are empty then.
  mutating func remove(_ path: String) throws {
    let location = try location(of: path)
    guard try proveParents(of: path, making: false) else { return }
    try FileTree.remove(location)
    for parent in try checked(path).directories.reversed() {
      // One that holds something else stays: the kernel refuses to remove it.
      guard rmdir(self.location(of: parent)) == 0 else { return }
      proved.remove(parent)
    }
  }

  /// Goes down the directories above a path and refuses to go through anything that is no directory of its own.
  ///
  /// - returns: whether all of them exist.
  private mutating func proveParents(of path: String, making: Bool) throws -> Bool {
    for parent in try checked(path).directories where !proved.contains(parent) {
      let location = location(of: parent)
      if making, try FileTree.status(location, followingLinks: false) == nil {
        try FileTree.makeDirectories(location, mode: 0o755)
      }
      guard let status = try FileTree.status(location, followingLinks: false) else { return false }
      guard status.isDirectory else {
        throw UserError(
          "'\(location)' is a link or a file, and '\(path)' would go through it",
          remedy: "remove it, or export to another directory", exitCode: .refused)
      }
      try Self.removeUnfinished(in: location)
      proved.insert(parent)
    }
    return true
  }

  // MARK: The manifest

  /// What earlier exports have noted; nothing in a new directory.
  func readManifest() throws -> ExportManifest {
    let path = manifestPath
    guard try FileTree.status(path, followingLinks: false) != nil else { return ExportManifest() }
    do {
      return try ExportManifest(try FileTree.read(path, limitBytes: ExportManifest.bytesMax))
    } catch let error as ExportManifestError {
      throw UserError(
        "'\(path)' cannot be read: \(error.reason)",
        remedy: "remove it: the export then asks the store which files were edited", exitCode: .usage)
    }
  }

  func write(_ manifest: ExportManifest) throws {
    try Self.write(manifest.bytes, to: manifestPath)
  }

  private var manifestPath: String { root + "/" + ExportManifest.fileName }
}

/// The hash of a file, read piece by piece.
func hash(ofFile path: String) throws(FileError) -> String {
  let file = try File.open(path, followingLinks: false)
  var hasher = SHA256()
  var offset: Int64 = 0
  while true {
    let bytes = try file.read(at: offset, count: hashedAtOnceBytes)
    hasher.update(bytes)
    offset += Int64(bytes.count)
    if bytes.count < hashedAtOnceBytes { return hasher.finish().hex }
  }
}

/// Between them stands the number of the process that writes.
private let unfinishedPrefix = "\(ResultPath.reservedPrefix)."
private let unfinishedSuffix = ".tmp"
private let hashedAtOnceBytes = 1 << 20
