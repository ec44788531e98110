import Foundation
import JSON
import Synchronization

/// What a plugin of these tests wrote down, one line for each thing.
package struct PluginLogLine: Sendable {
  /// When, on the wall clock.
  package let atNs: Int64
  /// The process that wrote it.
  package let pid: Int32
  /// `generate`, `result`, `item`, `acknowledged`, `answered`, `stopped`.
  package let event: String
  /// The job of the task, where the line tells it.
  package let job: Int?
  /// The key of the task.
  package let task: String
  /// Which attempt of the task it is, from 1.
  package let attempt: Int
  /// The file that the line is about.
  package let path: String?
  /// The hash of that file.
  package let sha256: String?
  /// What the host said was done already.
  package let done: [String]

  fileprivate init?(_ text: some Collection<UInt8>) {
    guard let value = try? JSONDocument(Array(text)).root, let event = value["event"]?.string else { return nil }
    self.event = event
    atNs = value["at_ns"]?.int ?? 0
    pid = Int32(value["pid"]?.int ?? 0)
    job = value["job"]?.int.map(Int.init)
    task = value["task"]?.string ?? ""
    attempt = Int(value["attempt"]?.int ?? 0)
    path = value["path"]?.string
    sha256 = value["sha256"]?.string
    done = value["done"]?.elements?.compactMap(\.string) ?? []
  }
}

/// Reads the log as it grows.
package final class PluginLog: Sendable {
  private struct State {
    var offset: UInt64 = 0
    var rest: [UInt8] = []
    var lines: [PluginLogLine] = []
  }

  /// Where the log is.
  package let path: String
  private let state = Mutex(State())

  /// A log that need not exist yet.
  package init(_ path: String) { self.path = path }

  /// Everything so far.
  package func lines() -> [PluginLogLine] {
    state.withLock { state in
      guard let file = FileHandle(forReadingAtPath: path) else { return [] }
      defer { try? file.close() }
      try? file.seek(toOffset: state.offset)
      let new = (try? file.readToEnd()).flatMap { $0 } ?? Data()
      state.offset += UInt64(new.count)
      var parts = (state.rest + new).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      state.rest = Array(parts.removeLast())
      state.lines += parts.compactMap { PluginLogLine($0) }
      return state.lines
    }
  }

  /// The tasks that are in a plugin's hands: asked for, and not answered.
  package func working() -> [PluginLogLine] {
    var open: [Int32: PluginLogLine] = [:]
    for line in lines() {
      if line.event == "generate" { open[line.pid] = line }
      if line.event == "answered" { open[line.pid] = nil }
    }
    return open.values.sorted { $0.pid < $1.pid }
  }
}
