import Foundation
import JSON
import Synchronization

/// What a plugin of these tests wrote down, one line for each thing.
struct PluginLine: Sendable {
  let atNs: Int64
  let pid: Int32
  /// `generate`, `result`, `item`, `answered`, `stopped`.
  let event: String
  let task: String
  let attempt: Int
  let path: String?
  let sha256: String?
  /// What the host said was done already.
  let done: [String]

  fileprivate init?(_ text: some Collection<UInt8>) {
    guard let value = try? JSONDocument(Array(text)).root, let event = value["event"]?.string else { return nil }
    self.event = event
    atNs = value["at_ns"]?.int ?? 0
    pid = Int32(value["pid"]?.int ?? 0)
    task = value["task"]?.string ?? ""
    attempt = Int(value["attempt"]?.int ?? 0)
    path = value["path"]?.string
    sha256 = value["sha256"]?.string
    done = value["done"]?.elements?.compactMap(\.string) ?? []
  }
}

/// Reads the log as it grows.
final class PluginLog: Sendable {
  private struct State {
    var offset: UInt64 = 0
    var rest: [UInt8] = []
    var lines: [PluginLine] = []
  }

  let path: String
  private let state = Mutex(State())

  init(_ path: String) { self.path = path }

  /// Everything so far.
  func lines() -> [PluginLine] {
    state.withLock { state in
      guard let file = FileHandle(forReadingAtPath: path) else { return [] }
      defer { try? file.close() }
      try? file.seek(toOffset: state.offset)
      let new = (try? file.readToEnd()).flatMap { $0 } ?? Data()
      state.offset += UInt64(new.count)
      var parts = (state.rest + new).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      state.rest = Array(parts.removeLast())
      state.lines += parts.compactMap { PluginLine($0) }
      return state.lines
    }
  }

  /// The tasks that are in a plugin's hands: asked for, and not answered.
  func working() -> [PluginLine] {
    var open: [Int32: PluginLine] = [:]
    for line in lines() {
      if line.event == "generate" { open[line.pid] = line }
      if line.event == "answered" { open[line.pid] = nil }
    }
    return open.values.sorted { $0.pid < $1.pid }
  }
}
