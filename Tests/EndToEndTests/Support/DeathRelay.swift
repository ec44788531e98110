import Foundation
import Glibc
import ProcessSupport
import TestSupport

/// What the machine itself needs for what the broker does when a worker is killed: the end of a process is seen at one
/// end of a pipe, and the news goes over three more threads, the second of which writes to a file.
///
/// So it is late with the same things as the broker: a processor that is not free, four times, and a disk that is busy.
final class DeathRelay: Sendable {
  private let pipe: String
  private let log: String
  /// As many bytes as the broker's log grows by when a worker is lost and its task is leased again.
  private static let written = 57_680

  /// Makes its pipe and its file in the directory.
  init(_ directory: String) throws {
    pipe = directory + "/relay.pipe"
    log = directory + "/relay.log"
    guard mkfifo(pipe, 0o600) == 0 else { throw SupportError(message: "no pipe at \(pipe): errno \(errno)") }
    try Data(count: Self.written).write(to: URL(filePath: log))
  }

  /// Starts a process, kills it, and returns the nanoseconds from kill(2) to the news at the end of the relay.
  ///
  /// - Parameter hasChild: the process has a child that ends with it, as a worker has a plugin.
  func kill(hasChild: Bool, _ installation: Installation) async throws -> Int64 {
    let news = try news()
    let arguments = ["python3", Built.plugins + "/pipe_holder.py", pipe] + (hasChild ? ["--child"] : [])
    let process = try await installation.start("/usr/bin/env", arguments)
    try await process.line(containing: "holding")
    let start = nowNanoseconds()
    process.signal(SIGKILL)
    let heard = try await news.value
    try await process.end()
    return heard - start
  }

  /// Starts the four threads; the value is when the last of them has heard, on the clock of `MonotonicTime`.
  private func news() throws -> Task<Int64, any Error> {
    let (seen, written, told) = (Pipe(), Pipe(), Pipe())
    let log = try FileHandle(forUpdating: URL(filePath: log))
    onOwnThread { [pipe] in
      // Opening blocks until the process has opened its end too.
      _ = try FileHandle(forReadingFrom: URL(filePath: pipe)).read(upToCount: 1)
      try seen.fileHandleForWriting.close()
    }
    onOwnThread {
      _ = try seen.fileHandleForReading.read(upToCount: 1)
      try log.write(contentsOf: Data(count: Self.written))
      try written.fileHandleForWriting.close()
    }
    onOwnThread {
      _ = try written.fileHandleForReading.read(upToCount: 1)
      try told.fileHandleForWriting.close()
    }
    return onOwnThread {
      _ = try told.fileHandleForReading.read(upToCount: 1)
      return nowNanoseconds()
    }
  }
}
