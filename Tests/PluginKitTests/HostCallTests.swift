import Foundation
import JSON
import Testing
import Wire

@testable import PluginKit

/// The calls of `Host`, as they look on the stream.
struct HostCallTests {
  @Test func `put sends text, bytes or a file and returns after its answer`() throws {
    let host = ScriptedHost { message, host in
      if message["method"] == "result" { host.reply(to: message, "{\"path\":\"p\",\"version\":1}") }
    }
    host.generate()
    host.shutdown()
    try run(host) { _, host in
      try host.put(path: "a", mediaType: "text/plain", text: "ä\n", meta: try JSONText("{\"x\": 1}"))
      try host.put(path: "b", mediaType: "image/png", bytes: [0, 255])
      try host.put(path: "c", mediaType: "text/plain", file: "/x/y")
    }
    let params = host.calls("result").compactMap { $0["params"] }
    let first: JSONTree = ["path": "a", "media_type": "text/plain", "text": "ä\n", "meta": ["x": 1]]
    let second: JSONTree = ["path": "b", "media_type": "image/png", "data": "AP8="]
    let third: JSONTree = ["path": "c", "media_type": "text/plain", "file": "/x/y"]
    #expect(params == [first, second, third])
    #expect(host.answer(to: 2)?["result"] != nil)
  }

  @Test func `putLater keeps no more on its way than the window, and the task ends after the last answer`() throws {
    var (open, most, late): (Int, Int, [JSONTree]) = (0, 0, [])
    let host = ScriptedHost { message, host in
      guard message["method"] == "result" else { return }
      open += 1
      most = max(most, open)
      late.append(message)
      // Answered only when the window is full, or when nothing more comes.
      guard late.count == TaskHost.resultsInFlightMax || message["params"]?["path"] == "39" else { return }
      for message in late { host.reply(to: message, "{\"path\":\"p\",\"version\":1}") }
      (open, late) = (0, [])
    }
    host.generate()
    host.shutdown()
    try run(host) { _, host in
      for index in 0..<40 {
        try host.putLater(ResultFile(path: "\(index)", mediaType: "text/plain", content: .text("x")))
      }
    }
    #expect(most == TaskHost.resultsInFlightMax)
    #expect(host.heard.firstIndex { $0["id"] == 2 && $0["method"] == nil } == 40)
  }

  @Test func `a refused result names its path`() throws {
    let host = ScriptedHost { message, host in
      host.refuse(message, "{\"code\":1,\"message\":\"no space\",\"data\":{\"class\":\"full\",\"retryable\":false}}")
    }
    host.generate()
    host.shutdown()
    try run(host) { _, host in try host.put(path: "a/b", mediaType: "text/plain", text: "") }
    #expect(host.answer(to: 2)?["error"]?["message"] == "a/b: no space")
    #expect(host.answer(to: 2)?["error"]?["data"]?["class"] == "full")
  }

  @Test func `what is too large for a line goes by a file that is gone afterwards`() throws {
    var paths: [String] = []
    var sizes: [Int] = []
    var open: [JSONTree] = []
    let host = ScriptedHost { message, _ in if message["method"] == "result" { open.append(message) } }
    host.beforeWaiting = { host in
      for message in open {
        guard case .string(let path)? = message["params"]?["file"] else { continue }
        paths.append(path)
        sizes.append(FileManager.default.contents(atPath: path)?.count ?? -1)
        host.reply(to: message, "{\"path\":\"p\",\"version\":1}")
      }
      open = []
    }
    host.initialize(line: 4_096, inline: 3_000)
    host.generate()
    host.shutdown()
    try run(host) { _, host in
      try host.put(path: "a", mediaType: "text/plain", text: String(repeating: "x", count: 3_001))
      try host.put(path: "b", mediaType: "image/png", bytes: Array(repeating: 7, count: 5_000))
      // Fits the inline limit, but not the line once it is escaped.
      try host.put(path: "c", mediaType: "text/plain", text: String(repeating: "\u{1}", count: 1_000))
    }
    #expect(sizes == [3_001, 5_000, 1_000])
    #expect(paths.allSatisfy { !$0.contains("/") }, "the host takes files of the working folder only")
    #expect(paths.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
    #expect(host.answer(to: 2)?["result"] != nil)
  }

  @Test func `read joins the chunks and asks for no more than the host gives`() throws {
    let content = Array("0123456789".utf8)
    var lengths: [JSONTree?] = []
    let host = ScriptedHost { message, host in
      guard message["method"] == "read", case .int(let offset)? = message["params"]?["offset"] else { return }
      lengths.append(message["params"]?["length"])
      let chunk = content[Int(offset)..<min(Int(offset) + 4, 10)]
      host.reply(
        to: message, "{\"data\":\"\(Base64.string(Array(chunk)))\",\"size\":10,\"eof\":\(chunk.endIndex == 10)}")
    }
    host.initialize(read: 4)
    host.generate()
    host.shutdown()
    var read: [UInt8] = []
    try run(host) { _, host in read = try host.read("x") }
    #expect(read == content)
    #expect(lengths == [4, 4, 4])
  }

  @Test(arguments: [
    "{\"data\":\"!\",\"size\":1,\"eof\":true}", "{\"data\":\"\",\"size\":1,\"eof\":false}", "{\"size\":1}", "{}",
  ])
  func `a host that answers a read with nonsense fails the task and not the plugin`(_ answer: String) throws {
    let host = ScriptedHost { message, host in if message["method"] == "read" { host.reply(to: message, answer) } }
    host.generate()
    host.shutdown()
    try run(host) { _, host in _ = try host.read("x") }
    #expect(host.answer(to: 2)?["error"]?["data"]?["class"] == "protocol")
  }

  @Test func `inputs are read page by page`() throws {
    func entry(_ name: String) -> String {
      "{\"name\":\"\(name)\",\"sha256\":\"00\",\"size\":1,\"media_type\":\"a/b\",\"meta\":{\"m\":\"\(name)\"}}"
    }
    let host = ScriptedHost { message, host in
      guard message["method"] == "inputs" else { return }
      let isFirst = message["params"]?["after"] == nil
      host.reply(
        to: message,
        isFirst
          ? "{\"inputs\":[\(entry("a")),\(entry("b"))],\"more\":true}" : "{\"inputs\":[\(entry("c"))],\"more\":false}")
    }
    host.generate()
    host.shutdown()
    var names: [String] = []
    try run(host) { _, host in names = try host.inputs().map { "\($0.name) \($0.meta?.text ?? "")" } }
    #expect(names == ["a {\"m\":\"a\"}", "b {\"m\":\"b\"}", "c {\"m\":\"c\"}"])
    #expect(host.calls("inputs").last?["params"]?["after"] == "b")
  }

  @Test func `many tasks are spawned in messages below the line limit, in order`() throws {
    let host = ScriptedHost { message, host in
      if message["method"] == "spawn" { host.reply(to: message, "{\"added\":1,\"existing\":0}") }
    }
    host.generate()
    host.shutdown()
    try run(host) { _, host in
      try host.spawn(
        (0..<1_200).map { NewTask(key: "t\($0)", op: "go", needs: $0 == 0 ? [] : ["t0"], outputs: ["o\($0)"]) })
      let large = JSONText(JSONTree.object([.init("x", .string(String(repeating: "y", count: 200_000)))]))
      try host.spawn((0..<5).map { NewTask(key: "large\($0)", op: "go", payload: large) })
    }
    let batches = host.calls("spawn").compactMap { call -> [JSONTree]? in
      guard case .array(let tasks)? = call["params"]?["tasks"] else { return nil }
      return tasks
    }
    #expect(batches.map(\.count) == [500, 500, 200, 2, 2, 1])
    #expect(batches.flatMap(\.self).prefix(1_200).map { $0["key"] } == (0..<1_200).map { .string("t\($0)") })
    // The job may be of another kind than the plugin.
    let first: JSONTree = ["key": "t0", "kind": "test", "op": "go", "payload": [:], "outputs": ["o0"]]
    #expect(batches[0][0] == first)
    #expect(batches.allSatisfy { $0.reduce(0) { $0 + $1.bytes.count } < WireLimits.lineBytesMax })
  }

  @Test func `a spawned task says what it costs, what its files are found by and where they belong`() throws {
    let host = ScriptedHost { message, host in
      if message["method"] == "spawn" { host.reply(to: message, "{\"added\":1,\"existing\":0}") }
    }
    host.generate()
    host.shutdown()
    try run(host) { _, host in
      try host.spawn([
        NewTask(
          key: "t", op: "go", outputs: ["o"], reuseBy: .meta, credits: 2, columns: ["view": "front"],
          collections: ["Winter 2025"], section: "Parka")
      ])
    }
    let expected: JSONTree = [
      "key": "t", "kind": "test", "op": "go", "payload": [:], "outputs": ["o"], "reuse_by": "meta", "credits": 2,
      "columns": ["view": "front"], "collections": ["Winter 2025"], "section": "Parka",
    ]
    #expect(host.calls("spawn").first?["params"]?["tasks"] == [expected])
  }

  @Test func `progress and log are told and not answered`() throws {
    let host = ScriptedHost()
    host.generate()
    host.shutdown()
    try run(host) { _, host in
      try host.progress(done: 1, total: 2, note: "n")
      try host.log(String(repeating: "l", count: 100_000))
    }
    let progress: JSONTree = ["jsonrpc": "2.0", "method": "progress", "params": ["done": 1, "total": 2, "note": "n"]]
    #expect(host.calls("progress") == [progress])
    guard case .string(let text)? = host.calls("log").first?["params"]?["text"] else {
      Issue.record("no log")
      return
    }
    #expect(text.utf8.count == TaskHost.logTextBytesMax)
  }
}
