import JSON
import PluginSupport
import Raster
import Testing

/// The executable over its pipes, as a worker drives it.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct PluginProcessTests {
  @Test func `a whole job goes over the pipes, large pictures as files, and the plugin exits with 0`() throws {
    let plugin = try PluginProcess(kind: "images")
    try plugin.initialize()
    let greeting = try plugin.receive()?["result"]
    #expect(greeting?["kind"] == "images")
    #expect(
      greeting?["ops"] == [
        "plan", "diagram", "generate", "palette", "floorplan", "elevation", "callout", "measure", "sketch", "close-up",
        "picture",
      ])
    var results: [String: JSONTree] = [:]
    var spawned: [JSONTree] = []
    // Many names, so that a PNG is larger than what fits a line.
    let tasks = (0..<80).map { "<task id=\"t\($0)\" name=\"The task of the number \($0)\"/>" }.joined()
    let input = ("m.bpmn", Models.file("<process id=\"p\">\(tasks)</process>"))
    try plugin.generate(2, op: "plan", payload: ["close_ups": false, "scale": 4])
    #expect(try plugin.serve(until: 2, input: input, results: &results, spawned: &spawned)["result"] != nil)
    #expect(spawned.map { $0["key"] } == ["images/m/diagram-1"])
    try plugin.generate(3, op: "diagram", key: "images/m/diagram-1", payload: spawned.first?["payload"] ?? [:])
    #expect(try plugin.serve(until: 3, input: input, results: &results, spawned: &spawned)["result"] != nil)
    #expect(results.keys.sorted() == ["images/m/diagram-1.png", "images/m/diagram-1.svg"])
    let png = try #require(results["images/m/diagram-1.png"])
    #expect(png["file"] != nil, "the fixture is too small to test large files")
    guard case .string(let data)? = png["data"], let bytes = Base64.decode(data) else { throw CancellationError() }
    #expect(try ImageFile(bytes).format == .png)
    try plugin.send(["jsonrpc": "2.0", "id": 99, "method": "shutdown"])
    #expect(try plugin.receive()?["id"] == 99)
    #expect(plugin.exitStatus() == 0)
  }
}
