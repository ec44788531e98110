import Digest
package import Foundation
package import JSON

/// The real executable, with this test as its host.
package final class PluginProcess {
  private let kind: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffered: [UInt8] = []

  /// Beside the tests' own executable.
  package static func executable(_ kind: String) -> URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("genplugin-\(kind)")
  }

  /// Starts the plugin of a kind.
  package init(kind: String) throws {
    self.kind = kind
    signal(SIGPIPE, SIG_IGN)
    process.executableURL = Self.executable(kind)
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    if process.isRunning { process.terminate() }
  }

  /// Sends a line.
  package func send(_ tree: JSONTree) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(tree.bytes + [10]))
  }

  /// Sends any line.
  package func send(raw: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data((raw + "\n").utf8))
  }

  /// Closes the input of the plugin.
  package func close() throws { try input.fileHandleForWriting.close() }

  /// The next line; nil at the end of the stream.
  package func receive() throws -> JSONTree? {
    while true {
      if let end = buffered.firstIndex(of: 10) {
        let line = Array(buffered[..<end])
        buffered.removeFirst(end + 1)
        return JSONTree(try JSONDocument(line).root)
      }
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { return nil }
      buffered += data
    }
  }

  /// Waits for the end of the plugin.
  package func exitStatus() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// The first call.
  package func initialize() throws {
    let limits: JSONTree = ["line_bytes_max": 1_048_576, "inline_data_bytes_max": 262_144, "read_bytes_max": 32_768]
    try send([
      "jsonrpc": "2.0", "id": 1, "method": "initialize",
      "params": ["protocol": 1, "kind": .string(kind), "limits": limits],
    ])
  }

  /// The call of a task.
  package func generate(_ id: Int64, op: String, key: String = "plan", payload: JSONTree = [:]) throws {
    let task: JSONTree = [
      "job": 1, "key": .string(key), "kind": .string(kind), "op": .string(op), "title": "", "payload": payload,
      "options": [:],
      "outputs": [], "attempt": 1, "missing_needs": [],
    ]
    let params: JSONTree = ["task": task, "done": [], "done_more": false, "model": false]
    try send(["jsonrpc": "2.0", "id": .int(id), "method": "generate", "params": params])
  }

  /// The answer to a call of the plugin.
  package func reply(to message: JSONTree, _ result: JSONTree) throws {
    try send(["jsonrpc": "2.0", "id": message["id"] ?? .null, "result": result])
  }

  /// Answers what the plugin asks until it answers the task; gives that answer and what it put.
  package func serve(
    until id: Int64, input: (name: String, bytes: [UInt8]), results: inout [String: JSONTree], spawned: inout [JSONTree]
  ) throws -> JSONTree {
    while let message = try receive() {
      guard case .string(let method)? = message["method"] else {
        if message["id"] == .int(id) { return message }
        continue
      }
      let params = message["params"] ?? [:]
      switch method {
      case "inputs":
        let readable: JSONTree = [
          "name": .string(input.name), "sha256": .string(SHA256Digest(of: input.bytes).hex),
          "size": .int(Int64(input.bytes.count)), "media_type": "application/xml",
        ]
        try reply(to: message, ["inputs": [readable], "more": false])
      case "read":
        let data = Base64.string(input.bytes)
        try reply(to: message, ["data": .string(data), "size": .int(Int64(input.bytes.count)), "eof": true])
      case "spawn":
        if case .array(let tasks)? = params["tasks"] { spawned += tasks }
        try reply(to: message, ["added": 0, "existing": 0])
      case "result":
        if case .string(let path)? = params["path"] { results[path] = try Self.withBytes(params) }
        try reply(to: message, ["path": params["path"] ?? "", "version": 1])
      default: break
      }
    }
    throw CancellationError()
  }

  /// A result that came as a file, with the bytes of the file: it is gone after the answer.
  private static func withBytes(_ result: JSONTree) throws -> JSONTree {
    guard case .string(let file)? = result["file"], case .object(let members) = result else { return result }
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    return .object(members + [.init("data", .string(Base64.string(bytes)))])
  }
}
