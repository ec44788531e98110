import Digest
import Foundation
import JSON
import PluginSupport
import Testing
import Wire

/// The executable over its pipes, as a worker drives it.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct PluginProcessTests {
  private let model = Array(
    """
    <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="P">
    <startEvent id="s"/><task id="t" name="T"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/></process></definitions>
    """.utf8)

  private func serve(
    _ plugin: PluginProcess, until id: Int64, results: inout [String: JSONTree], spawned: inout [JSONTree]
  ) throws -> JSONTree {
    try plugin.serve(until: id, input: ("m.bpmn", model), results: &results, spawned: &spawned)
  }

  @Test func `a whole job goes over the pipes, and the plugin exits with 0 after shutdown`() throws {
    let plugin = try PluginProcess(kind: "docs")
    try plugin.initialize()
    #expect(try plugin.receive()?["result"]?["kind"] == "docs")
    var results: [String: JSONTree] = [:]
    var spawned: [JSONTree] = []
    try plugin.generate(2, op: "plan")
    #expect(try serve(plugin, until: 2, results: &results, spawned: &spawned)["result"] != nil)
    #expect(spawned.map { $0["key"] } == ["node/m/s", "node/m/t", "process/m/p", "file/m", "index"])
    for (index, task) in spawned.enumerated() {
      guard case .string(let op)? = task["op"], case .string(let key)? = task["key"] else { continue }
      let id = Int64(index + 3)
      try plugin.generate(id, op: op, key: key, payload: task["payload"] ?? [:])
      #expect(try serve(plugin, until: id, results: &results, spawned: &spawned)["result"] != nil)
    }
    let expected = [
      "assets/site.js", "assets/style.css", "glossary.html", "index.html", "m/index.html", "m/p.html", "m/s.html",
      "m/t.html",
    ]
    #expect(results.keys.sorted() == expected)
    try plugin.send(["jsonrpc": "2.0", "id": 99, "method": "shutdown"])
    #expect(try plugin.receive()?["id"] == 99)
    #expect(plugin.exitStatus() == 0)
  }

  @Test func `a result is not followed by the answer of the task before it is acknowledged`() throws {
    let plugin = try PluginProcess(kind: "docs")
    try plugin.initialize()
    _ = try plugin.receive()
    var results: [String: JSONTree] = [:]
    var spawned: [JSONTree] = []
    try plugin.generate(2, op: "plan")
    _ = try serve(plugin, until: 2, results: &results, spawned: &spawned)
    try plugin.generate(3, op: "page", payload: spawned.first?["payload"] ?? [:])
    let inputs = try #require(try plugin.receive())
    #expect(inputs["method"] == "inputs")
    let input: JSONTree = [
      "name": "m.bpmn", "sha256": .string(SHA256Digest(of: model).hex), "size": 1, "media_type": "application/xml",
    ]
    try plugin.reply(to: inputs, ["inputs": [input], "more": false])
    let result = try #require(try plugin.receive())
    // The parsed file was kept: nothing is read again.
    #expect(result["method"] == "result")
    try plugin.send(["jsonrpc": "2.0", "method": "cancel", "params": ["id": 3]])
    try plugin.reply(to: result, ["path": "m/s.html", "version": 1])
    let answer = try #require(try plugin.receive())
    #expect(answer["id"] == 3)
    #expect(answer["error"]?["data"]?["class"] == "cancelled")
  }

  @Test func `the end of the stream ends the process: 0 when idle, 1 in the middle of a task`() throws {
    let idle = try PluginProcess(kind: "docs")
    try idle.close()
    #expect(try idle.receive() == nil)
    #expect(idle.exitStatus() == 0)
    let busy = try PluginProcess(kind: "docs")
    try busy.generate(2, op: "plan")
    #expect(try busy.receive()?["method"] == "inputs")
    try busy.close()
    #expect(try busy.receive() == nil)
    #expect(busy.exitStatus() == 1)
  }

  @Test func `nonsense on the stream is answered, and the next request is served`() throws {
    let plugin = try PluginProcess(kind: "docs")
    try plugin.send(raw: "{\"jsonrpc\":\"2.0\",\"id\":1")
    #expect(try plugin.receive()?["error"] != nil)
    try plugin.initialize()
    #expect(try plugin.receive()?["result"] != nil)
    try plugin.close()
    #expect(plugin.exitStatus() == 0)
  }
}
