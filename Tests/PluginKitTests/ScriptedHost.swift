import JSON
import Wire

@testable import PluginKit

/// The host's end of a stream: what it says is decided by a function of what it hears. Everything happens in one thread:
/// when the plugin reads, the host has already answered.
final class ScriptedHost: ByteChannel {
  /// Lines from the plugin, in order.
  private(set) var heard: [JSONTree] = []
  /// What comes next, already cut into the pieces in which it arrives.
  private var pending: [[UInt8]] = []
  private var isClosed = false
  private var isShutdownDue = false
  private var decoder = LineDecoder()
  private let answer: (JSONTree, ScriptedHost) -> Void
  /// What the host does when the plugin has nothing to do but wait: a host may take its time with an answer.
  var beforeWaiting: ((ScriptedHost) -> Void)?
  /// Bytes of one piece.
  var pieceBytes = 1 << 20

  init(_ answer: @escaping (JSONTree, ScriptedHost) -> Void = { _, _ in }) {
    self.answer = answer
  }

  func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    pending += stride(from: 0, to: bytes.count, by: pieceBytes).map {
      Array(bytes[$0..<min($0 + pieceBytes, bytes.count)])
    }
  }

  func close() { isClosed = true }

  func read(isWaiting: Bool) throws -> [UInt8]? {
    if isWaiting { beforeWaiting?(self) }
    if !pending.isEmpty { return pending.removeFirst() }
    if isClosed { return [] }
    guard isWaiting else { return nil }
    if isShutdownDue {
      isShutdownDue = false
      say("{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"shutdown\"}")
      return pending.removeFirst()
    }
    throw HostGone(description: "the plugin waits for something that the host does not say")
  }

  func write(_ bytes: [UInt8]) throws {
    decoder.append(bytes)
    while let line = try decoder.next() {
      let message = JSONTree(try JSONDocument(line).root)
      heard.append(message)
      answer(message, self)
    }
  }

  /// The first line from the plugin that is an answer to that request.
  func answer(to id: Int) -> JSONTree? { heard.first { $0["id"] == .int(Int64(id)) && $0["method"] == nil } }

  func calls(_ method: String) -> [JSONTree] { heard.filter { $0["method"] == .string(method) } }

  /// Answers a request of the plugin.
  func reply(to message: JSONTree, _ result: String) {
    guard case .int(let id)? = message["id"] else { return }
    say("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"result\":\(result)}")
  }

  func refuse(_ message: JSONTree, _ error: String) {
    guard case .int(let id)? = message["id"] else { return }
    say("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"error\":\(error)}")
  }

  func initialize(line: Int = 1 << 20, inline: Int = 256 << 10, read: Int = 32 << 10) {
    say(
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol":1,"kind":"test","limits":\
      {"line_bytes_max":\(line),"inline_data_bytes_max":\(inline),"read_bytes_max":\(read)}}}
      """)
  }

  func generate(id: Int = 2, op: String = "go", done: String = "[]", doneMore: Bool = false, model: Bool = false) {
    say(
      """
      {"jsonrpc":"2.0","id":\(id),"method":"generate","params":{"task":{"job":7,"key":"k","kind":"test","op":"\(op)",\
      "title":"T","payload":{"a":1},"options":{},"outputs":["o"],"attempt":2,"missing_needs":[]},"done":\(done),\
      "done_more":\(doneMore),"model":\(model)}}
      """)
  }

  /// When the plugin has nothing else to do.
  func shutdown() { isShutdownDue = true }
}

/// A generator that is a closure.
struct Closure: Generator {
  let kind = "test", version = "3", ops = ["go"]
  let body: (GenerationTask, any Host) throws -> Void

  mutating func generate(_ task: GenerationTask, host: any Host) throws { try body(task, host) }
}

/// Runs a plugin against a host until it ends.
@discardableResult
func run(_ host: ScriptedHost, _ body: @escaping (GenerationTask, any Host) throws -> Void = { _, _ in }) throws
  -> ScriptedHost
{
  var session = PluginSession(Closure(body: body), host)
  try session.run()
  return host
}
