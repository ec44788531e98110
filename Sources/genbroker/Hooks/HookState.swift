import CommandLine
import EventLoop
import FileSystem
import JSON

/// How far a hook has come in the history, in a file that survives every crash: what it says is done is done.
struct HookCursor: Sendable, Equatable {
  /// As the broker gave it: the history and a number. A bare number when no broker has been asked yet.
  var text: String
  /// When the last event came that was seen, in milliseconds since 1970; 0 when none was.
  var atMs: Int

  /// Which history; nil for a bare number.
  var history: String? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? String(parts[0]) : nil
  }

  /// The event behind which to go on.
  var number: Int { text.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

  /// - throws: `HookCursorProblem` for anything but a file that ``json`` has made.
  init(parsing bytes: [UInt8]) throws(HookCursorProblem) {
    guard let root = try? JSONDocument(bytes).root, let text = root["cursor"]?.string, let atMs = root["at_ms"]?.int,
      let number = text.split(separator: ":").last.flatMap({ Int($0) }), number >= 0
    else { throw HookCursorProblem() }
    self.init(text, atMs: Int(atMs))
  }

  init(_ text: String, atMs: Int) {
    (self.text, self.atMs) = (text, atMs)
  }

  var json: [UInt8] {
    (["cursor": .string(text), "at_ms": .int(Int64(atMs))] as JSONTree).bytes + [UInt8(ascii: "\n")]
  }
}

/// A file that is no cursor.
struct HookCursorProblem: Error {}

/// The files of one hook in the directory of hooks: `NAME.cursor`, its lock, what it was made from (`NAME.hook`), and the
/// directory of what was given up.
struct HookState: Sendable {
  let undelivered: UndeliveredCalls
  private let path: String
  private let originPath: String
  /// Held as long as somebody goes on from the cursor.
  private let lock: FileLock?

  /// - parameter locks: whether the cursor is to be moved; only one process at a time may do that.
  /// - throws: `UserError` when another process goes on from it, or the directory is not only this user's.
  init(_ hook: String, in directory: String, locks: Bool) throws {
    if locks { try PrivateDirectory.ensure(directory) }
    path = "\(directory)/\(hook).cursor"
    originPath = "\(directory)/\(hook).hook"
    undelivered = UndeliveredCalls(directory: "\(directory)/\(hook)\(undeliveredSuffix)")
    lock = locks ? try Self.lock("\(directory)/\(hook).lock", hook) : nil
  }

  private static func lock(_ path: String, _ hook: String) throws -> FileLock {
    switch try FileLock.acquire(path) {
    case .locked(let lock): return lock
    case .heldByAnother(let pid):
      throw UserError(
        "the hook '\(hook)' is at work already" + (pid.map { " (process \($0))" } ?? ""),
        remedy: "stop that one, or give this one another --name or --state", exitCode: .refused)
    }
  }

  /// Where to go on; nil when the hook has never begun.
  func cursor() throws -> HookCursor? {
    guard try FileTree.status(path) != nil else { return nil }
    do {
      return try HookCursor(parsing: try FileTree.read(path, limitBytes: 4096))
    } catch is HookCursorProblem {
      throw UserError(
        "'\(path)' is no cursor of a hook",
        remedy: "remove it to begin with what happens from now on, or with --since N", exitCode: .failed)
    }
  }

  /// Replaces the cursor: it is the old one or the new one, also after a power failure.
  func write(_ cursor: HookCursor) throws(FileError) {
    precondition(lock != nil, "a cursor is moved without its lock")
    try FileTree.writeAtomically(path, cursor.json)
  }

  /// From what the hook was made that was at work last; nil when none was.
  func origin() throws -> HookOrigin? {
    guard try FileTree.status(originPath) != nil else { return nil }
    let bytes = try FileTree.read(originPath, limitBytes: originBytesMax)
    guard let root = try? JSONDocument(bytes).root, let origin = HookOrigin(root) else {
      throw UserError("'\(originPath)' is no hook", remedy: "remove it, and give the hook itself", exitCode: .failed)
    }
    return origin
  }

  /// Keeps from what the hook is made, for calls that are made by its name alone.
  func write(_ origin: HookOrigin) throws(FileError) {
    try FileTree.writeAtomically(originPath, origin.json.bytes + [UInt8(ascii: "\n")])
  }

  /// The names of the hooks in a directory that have given up calls.
  static func names(withUndelivered directory: String) throws(FileError) -> [String] {
    guard try FileTree.status(directory) != nil else { return [] }
    return try FileTree.list(directory).filter { $0.hasSuffix(undeliveredSuffix) }
      .map { String($0.dropLast(undeliveredSuffix.count)) }.filter(Hook.isName)
  }
}

private let undeliveredSuffix = ".undelivered"
/// More than any command line.
private let originBytesMax = 4 * 1024 * 1024
