import Foundation
import Glibc
import TestSupport

/// One thing that the broker has told a client.
enum Told: Codable, Equatable {
  /// A line of the history, as a watcher was shown it.
  struct Event: Codable, Equatable {
    let number: Int
    let job: Int
    let type: String
    let task: String?
  }

  case submitted(key: String, job: Int, existing: Bool)
  case tasksAdded(job: Int, keys: [String])
  case sealed(job: Int)
  case uploaded(sha256: String)
  case cancelled(job: Int)
  case retried(job: Int)
  /// A job was shown in its last state.
  case ended(job: Int, state: String)
  /// A lease came, with the files that are there already.
  case leased(lease: Int, job: Int, task: String, done: [String])
  case result(lease: Int, job: Int, path: String, version: Int, sha256: String, duplicate: Bool)
  /// A result was refused, since its lease was over.
  case stale(lease: Int, job: Int, path: String, sha256: String)
  case completed(lease: Int, job: Int, task: String)
  case failed(lease: Int, job: Int, task: String)
  /// What a watcher of everything was shown in one reply.
  case history(events: [Event], cursor: String)
  /// What a watcher of one job was shown in one reply.
  case historyOfJob(job: Int, events: [Event], cursor: String)
}

/// What a client was told, in a file of its own: written before anything else is done with it, and there after every death
/// of the client.
final class ClientLog {
  private let descriptor: Int32

  /// Opens the log to write more; a line that a death has cut off is ended.
  init(appendingTo path: String) throws {
    descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SupportError(message: "cannot open \(path): errno \(errno)") }
    var last: UInt8 = 0
    let size = lseek(descriptor, 0, SEEK_END)
    if size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") { try append(Data("\n".utf8)) }
  }

  deinit { close(descriptor) }

  func add(_ told: Told) throws { try append(try JSONEncoder().encode(told) + Data("\n".utf8)) }

  private func append(_ line: Data) throws {
    let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == line.count else { throw SupportError(message: "cannot write a log: errno \(errno)") }
  }

  /// Everything in the log at `path`, without what was cut off; nothing when there is no log.
  static func read(_ path: String) -> [Told] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    let decoder = JSONDecoder()
    return data.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(Told.self, from: $0) }
  }
}
