import JSON
import Testing

@testable import PluginKit

/// What a plugin says and does, as its host sees it.
struct SessionTests {
  @Test func `initialize is answered with kind, ops and version`() throws {
    let host = ScriptedHost()
    host.initialize()
    host.shutdown()
    try run(host)
    let expected: JSONTree = ["kind": "test", "ops": ["go"], "version": "3"]
    #expect(host.answer(to: 1)?["result"] == expected)
    #expect(host.answer(to: 99)?["result"] == .object([]))
  }

  @Test(arguments: [
    ("\"protocol\":1", "\"protocol\":2", "protocol"), ("\"kind\":\"test\"", "\"kind\":\"docs\"", "wrong_kind"),
  ])
  func `another protocol or kind is refused by name`(_ from: String, _ to: String, _ errorClass: String) throws {
    let host = ScriptedHost()
    let line = """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol":1,"kind":"test","limits":\
      {"line_bytes_max":1,"inline_data_bytes_max":1,"read_bytes_max":1}}}
      """
    host.say(line.replacing(from, with: to))
    host.close()
    try run(host)
    #expect(host.answer(to: 1)?["error"]?["data"]?["class"] == .string(errorClass))
  }

  @Test func `the end of the stream ends the plugin between tasks, and is an error during one`() throws {
    let idle = ScriptedHost()
    idle.close()
    try run(idle)
    let busy = ScriptedHost { message, host in if message["method"] == "read" { host.close() } }
    busy.generate()
    #expect(throws: HostGone.self) { try run(busy) { _, host in _ = try host.read("x") } }
  }

  @Test func `the task arrives whole, however the stream is cut`() throws {
    for pieceBytes in [1, 2, 7, 64] {
      var seen: GenerationTask?
      let host = ScriptedHost()
      host.pieceBytes = pieceBytes
      host.generate(done: "[{\"path\":\"a\",\"sha256\":\"\",\"size\":1}]")
      host.shutdown()
      try run(host) { task, _ in seen = task }
      #expect(seen?.key == "k" && seen?.op == "go" && seen?.job == 7 && seen?.attempt == 2 && seen?.outputs == ["o"])
      #expect(seen?.payload.text == "{\"a\":1}")
      #expect(seen?.isDone("a") == true && seen?.isDone("b") == false)
    }
  }

  @Test func `a long list of done items is read to its end`() throws {
    var done: [String] = []
    let host = ScriptedHost { message, host in
      guard message["method"] == "done", case .string(let after)? = message["params"]?["after"] else { return }
      host.reply(
        to: message,
        after == "a"
          ? "{\"items\":[{\"path\":\"b\",\"sha256\":\"\",\"size\":1}],\"more\":true}"
          : "{\"items\":[{\"path\":\"c\",\"sha256\":\"\",\"size\":1}],\"more\":false}")
    }
    host.generate(done: "[{\"path\":\"a\",\"sha256\":\"\",\"size\":1}]", doneMore: true)
    host.shutdown()
    try run(host) { task, _ in done = task.done }
    #expect(done == ["a", "b", "c"])
  }

  @Test func `a file whose name only looks like that of a done one is not done`() throws {
    var seen: GenerationTask?
    let host = ScriptedHost()
    host.generate(done: "[{\"path\":\"caf\u{E9}\",\"sha256\":\"\",\"size\":1}]")
    host.shutdown()
    try run(host) { task, _ in seen = task }
    #expect(seen?.isDone("caf\u{E9}") == true)
    #expect(seen?.isDone("cafe\u{301}") == false)
  }

  @Test func `a failure travels with its class and advice, any other error as one that may pass`() throws {
    let host = ScriptedHost()
    host.generate(id: 2)
    host.generate(id: 3, op: "other")
    host.shutdown()
    try run(host) { task, _ in
      if task.op == "go" { throw PluginFailure("rate_limited", "too fast", retryable: true, retryAfterMs: 5) }
      throw CancellationError()
    }
    let expected: JSONTree = [
      "code": 1, "message": "too fast",
      "data": ["class": "rate_limited", "retryable": true, "retry_after_ms": 5],
    ]
    #expect(host.answer(to: 2)?["error"] == expected)
    #expect(host.answer(to: 3)?["error"]?["data"]?["class"] == "plugin_error")
    #expect(host.answer(to: 3)?["error"]?["data"]?["retryable"] == true)
  }

  @Test func `lines that are no messages are answered and do not end the session`() throws {
    let host = ScriptedHost()
    for line in [
      "nonsense", "[]", "{}", "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"nothing\"}", "{\"jsonrpc\":\"1.0\"}",
    ] {
      host.say(line)
    }
    host.initialize()
    host.shutdown()
    try run(host)
    #expect(host.heard.count { $0["error"] != nil } == 5)
    #expect(host.answer(to: 5)?["error"]?["code"] == .int(-32601))
    #expect(host.answer(to: 1)?["result"] != nil)
  }

  @Test func `a cancelled task ends at its next look, and the next task is not cancelled`() throws {
    var looks = 0
    let host = ScriptedHost()
    host.generate(id: 2)
    host.say("{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"id\":2}}")
    try #require(throws: HostGone.self) {
      try run(host) { _, host in
        looks += 1
        try host.checkCancelled()
        looks += 100
      }
    }
    #expect(looks == 1)
    #expect(host.answer(to: 2)?["error"]?["data"]?["class"] == "cancelled")
    let next = ScriptedHost()
    next.say("{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"id\":2}}")
    next.generate(id: 3)
    next.say("{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"id\":2}}")
    next.shutdown()
    try run(next) { _, host in try? host.checkCancelled() }
    #expect(next.answer(to: 3) != nil)
  }

  @Test func `shutdown during a task cancels it and ends the plugin after its answer`() throws {
    let host = ScriptedHost()
    host.generate(id: 2)
    host.say("{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"shutdown\"}")
    try run(host) { _, host in try host.checkCancelled() }
    #expect(host.answer(to: 99) != nil)
    #expect(host.answer(to: 2)?["error"]?["data"]?["class"] == "cancelled")
  }

  @Test func `a second task during a task is refused`() throws {
    let host = ScriptedHost()
    host.generate(id: 2)
    host.generate(id: 3)
    host.close()
    #expect(throws: HostGone.self) { try run(host) { _, host in try host.checkCancelled() } }
    #expect(host.answer(to: 3)?["error"]?["data"]?["class"] == "busy")
  }
}
