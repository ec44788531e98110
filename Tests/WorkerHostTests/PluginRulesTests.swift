import BrokerSupport
import JSON
import Testing
import TestSupport
import Wire

@testable import WorkerHost

struct PluginRulesTests {
  @Test func `only harmless variables are passed on, and those that are named`() {
    let host = ["PATH": "/bin", "TZ": "UTC", "AWS_SECRET_ACCESS_KEY": "x", "LC_FOO": "x", "MINE": "y"]
    #expect(PluginEnvironment.entries(from: host) == ["PATH=/bin", "TZ=UTC"])
    #expect(PluginEnvironment.entries(from: host, extra: ["MINE", "NONE"]) == ["MINE=y", "PATH=/bin", "TZ=UTC"])
    #expect(PluginEnvironment.entries(from: [:]) == ["PATH=/usr/local/bin:/usr/bin:/bin"])
  }

  @Test func `a plugin is found beside the own program, then in PATH`() throws {
    try withDirectory { directory in
      try writeExecutable("#!/bin/sh\n", to: directory + "/genplugin-docs")
      let found = try PluginDiscovery.find(
        kind: "docs", given: nil, beside: directory, path: "/nowhere", currentDirectory: "/")
      #expect(found == directory + "/genplugin-docs")
      let inPath = try PluginDiscovery.find(
        kind: "docs", given: nil, beside: "/nowhere", path: "/none:\(directory)", currentDirectory: "/")
      #expect(inPath == found)
      let named = try PluginDiscovery.find(
        kind: "x", given: "genplugin-docs", beside: nil, path: "", currentDirectory: directory)
      #expect(named == found, "a relative path counts from the current directory")
    }
  }

  @Test func `a plugin that is not found is told in one short line, however long PATH is`() throws {
    let path = (0..<100).map { "/some/where/\($0)" }.joined(separator: ":")
    let error = #expect(throws: PluginNotFound.self) {
      _ = try PluginDiscovery.find(kind: "docs", given: nil, beside: "/a", path: path, currentDirectory: "/")
    }
    #expect(error?.problem == "no plugin for the kind 'docs': genplugin-docs is neither in /a nor in PATH")
    #expect(error?.remedy.contains("--plugin") == true)
  }

  @Test func `a file of the right name that cannot be run is told of instead`() throws {
    try withDirectory { directory in
      try writeExecutable("", to: directory + "/genplugin-docs")
      makeUnexecutable(directory + "/genplugin-docs")
      let error = #expect(throws: PluginNotFound.self) {
        _ = try PluginDiscovery.find(
          kind: "docs", given: nil, beside: "/a", path: "/b:\(directory)", currentDirectory: "/")
      }
      #expect(error?.problem.hasSuffix("\(directory)/genplugin-docs is not executable") == true)
      #expect(error?.remedy == "run: chmod +x \(directory)/genplugin-docs")
    }
  }

  @Test func `a file that cannot be run is told with what to do`() throws {
    try withDirectory { directory in
      try writeExecutable("", to: directory + "/plugin")
      makeUnexecutable(directory + "/plugin")
      let error = #expect(throws: PluginNotFound.self) {
        _ = try PluginDiscovery.find(kind: "x", given: "plugin", beside: nil, path: "", currentDirectory: directory)
      }
      #expect(error?.remedy == "run: chmod +x \(directory)/plugin")
    }
  }

  @Test func `lines are cut out of pieces, whatever their borders`() {
    let text = Array("one\r\ntwo\n\nthree".utf8)
    for size in 1...text.count {
      var lines = TextLines()
      var seen: [String] = []
      for start in stride(from: 0, to: text.count, by: size) { seen += lines.add(Array(text[start...].prefix(size))) }
      #expect(seen == ["one", "two", ""])
      #expect(lines.rest() == "three")
      #expect(lines.rest() == nil)
    }
  }

  @Test func `a log ends at its bound with a line that says so`() {
    var log = TaskLog()
    for _ in 0..<200 { log.add([String(repeating: "x", count: 8000)]) }
    var lines: [String] = []
    while !log.isEmpty {
      let batch = log.takeBatch()
      #expect(!batch.isEmpty && batch.reduce(0) { $0 + $1.utf8.count } <= WorkerLimits.logBytesPerCallMax)
      lines += batch
    }
    #expect(lines.count == 132)
    #expect(lines.last == TaskLog.cutMark)
  }

  @Test func `waits double up to their bound, and begin anew after a success`() {
    var backoff = Backoff(firstMs: 50, longestMs: 2000)
    let waits = (0..<8).map { _ in backoff.nextMs(random: 0.999_999) }
    #expect(waits == [49, 99, 199, 399, 799, 1599, 1999, 1999])
    #expect(backoff.nextMs(random: 0) == 0)
    backoff.succeeded()
    #expect(backoff.nextMs(random: 0.999_999) == 49)
  }

  @Test func `a plugin is stopped step by step, and a step is never taken back but the first`() {
    var ladder = StopLadder()
    var isNew = [ladder.climb(to: .asked), ladder.climb(to: .asked)]
    #expect(isNew == [true, false])
    ladder.stepDown()
    #expect(ladder.rung == .standing)
    isNew = [ladder.climb(to: .terminated), ladder.climb(to: .asked)]
    #expect(isNew == [true, false])
    ladder.stepDown()
    let rungs = [ladder.climb(), ladder.climb()]
    #expect(rungs == [.killed, .killed])
  }

  @Test func `an input has the media type that its name tells, and a result the one it was given`() {
    let unknown = "application/octet-stream"
    func readable(_ name: String, task: String? = nil, _ mediaType: String = unknown) -> WorkerAPI.Readable {
      WorkerAPI.Readable(name: name, task: task, sha256: "", size: 0, mediaType: mediaType)
    }
    let page = GenerateCall.inputsPage(
      WorkerAPI.Inputs.Reply(
        inputs: [
          readable("a/LETTER.TXT"), readable("order.bpmn"), readable("a.b/c"), readable(".txt"), readable("x.unheard"),
          readable("made.txt", task: "t"), readable("made.html", task: "t", "text/css"), readable("known.txt", "a/b"),
        ], more: false))
    #expect(
      page.inputs.map(\.mediaType) == [
        "text/plain", "application/xml", unknown, unknown, unknown, unknown, "text/css", "a/b",
      ])
  }

  @Test func `a task that alone is too large is not spawned`() {
    let large = WorkerAPI.TaskSpec(key: "k", needs: (0..<5000).map { "\($0)" + String(repeating: "n", count: 200) })
    #expect(throws: PluginFailure.self) { try SpawnParts.split([large]) }
    #expect((try? SpawnParts.split([]))?.isEmpty == true)
  }

  /// The broker would end the connection for a message that is nested too deep, and with it every lease of the worker.
  @Test(arguments: [48, 49, 62]) func `what is nested too deep is refused before it is sent`(levels: Int) throws {
    let text = String(repeating: #"{"a":"#, count: levels - 1) + "{}" + String(repeating: "}", count: levels - 1)
    let value = try RawJSON(parsing: Array(text.utf8))
    let result = HostAPI.Result(path: "a", mediaType: "text/plain", text: "x", meta: value)
    let task = WorkerAPI.TaskSpec(key: "k", payload: value)
    guard levels > WireLimits.objectDepthMax else {
      try ResultRules.check(result)
      #expect(try SpawnParts.split([task]).count == 1)
      return
    }
    #expect(throws: PluginFailure.self) { try ResultRules.check(result) }
    #expect(throws: PluginFailure.self) { try SpawnParts.split([task]) }
  }
}
