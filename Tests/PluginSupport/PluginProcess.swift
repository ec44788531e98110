import Foundation
package import JSON

/// The executable of a plugin, with a test as its host.
package final class PluginProcess {
  private let kind: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffered: [UInt8] = []

  /// Starts the plugin of a kind, which lies beside the tests' own executable.
  package init(kind: String) throws {
    self.kind = kind
    signal(SIGPIPE, SIG_IGN)
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("genplugin-\(kind)")
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    if process.isRunning { process.terminate() }
  }

  /// Sends a message.
  package func send(_ tree: JSONTree) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(tree.bytes + [10]))
  }

  /// Sends a line of any content.
  package func send(raw: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data((raw + "\n").utf8))
  }

  /// Ends the plugin's standard input.
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

  /// Waits for its end.
  package func exitStatus() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Says the first thing that a host says.
  package func initialize() throws {
    let limits: JSONTree = ["line_bytes_max": 1_048_576, "inline_data_bytes_max": 262_144, "read_bytes_max": 32_768]
    try send([
      "jsonrpc": "2.0", "id": 1, "method": "initialize",
      "params": ["protocol": 1, "kind": .string(kind), "limits": limits],
    ])
  }

  /// Gives a task.
  package func generate(_ id: Int64, op: String, key: String = "plan", payload: JSONTree = [:]) throws {
    let task: JSONTree = [
      "job": 1, "key": .string(key), "kind": .string(kind), "op": .string(op), "title": "", "payload": payload,
      "options": [:],
      "outputs": [], "attempt": 1, "missing_needs": [],
    ]
    let params: JSONTree = ["task": task, "done": [], "done_more": false, "model": false]
    try send(["jsonrpc": "2.0", "id": .int(id), "method": "generate", "params": params])
  }

  /// Answers what the plugin has asked.
  package func reply(to message: JSONTree, _ result: JSONTree) throws {
    try send(["jsonrpc": "2.0", "id": message["id"] ?? .null, "result": result])
  }
}
