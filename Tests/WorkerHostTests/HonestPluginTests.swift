import BrokerSupport
import Digest
import EventLoop
import JSON
import Testing
import Wire
import WorkerHost

/// What an honest plugin can do, and what an eager one cannot.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HonestPluginTests {
  @Test func `a plugin that died after item 7 of 20 is asked only for the other 13`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          done = {item["path"] for item in params["done"]}
          for number in range(1, 21):
              path = "item%02d" % number
              if path in done: continue
              result(path, path)
              if number == 7 and params["task"]["attempt"] == 1: os.kill(os.getpid(), signal.SIGKILL)
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1))
      let crash = try await scene.broker.end(of: 1)
      #expect(crash.asFail?.class == "plugin_crash")
      var again = lease(2)
      again.key = "t1"
      again.attempt = 2
      again.done = await scene.broker.files.sorted { $0.key < $1.key }.map {
        WorkerAPI.DoneItem(path: $0.key, sha256: SHA256Digest(of: $0.value).hex, size: $0.value.count)
      }
      #expect(again.done.count == 7)
      await scene.broker.give(again)
      let end = try await scene.broker.end(of: 2)
      #expect(end.asComplete?.results == 20)
      let files = await scene.broker.files.map { (path: $0.key, sha256: SHA256Digest(of: $0.value)) }
      #expect(end.asComplete?.digest == CompletionDigest.of(files).hex)
      #expect(await scene.broker.calls.count { $0.asPut != nil } == 20)
    }
  }

  @Test func `a long list of done items is read by pages, by the worker and by the plugin`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          done, more = params["done"], params["done_more"]
          while more:
              page = ask("done", after=done[-1]["path"])["result"]
              done, more = done + page["items"], page["more"]
          result("count", "%d %s" % (len(done), done[-1]["path"]))
          finish(id)
      """)
    let items = (0..<1000).map { number in
      let digits = String(number)
      return WorkerAPI.DoneItem(
        path: "items/" + String(repeating: "0", count: 4 - digits.count) + digits,
        sha256: SHA256Digest(of: Array(digits.utf8)).hex, size: 1)
    }
    try await withWorker(plugin) { scene in
      await scene.broker.set { $0.doneItems = items }
      await scene.broker.give(lease(1, done: Array(items.prefix(994)), doneMore: true))
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.results == 1001)
      let count = try #require(await scene.broker.files["count"])
      #expect(String(decoding: count, as: UTF8.self) == "1000 items/0999")
    }
  }

  @Test func `inputs are listed and read piece by piece`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          names = [i["name"] for i in ask("inputs")["result"]["inputs"]]
          for name in names:
              data, end = b"", False
              while not end:
                  piece = ask("read", name=name, offset=len(data), length=1 << 20)["result"]
                  data, end = data + base64.b64decode(piece["data"]), piece["eof"]
              result(name + ".copy", data.decode())
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      let text = Array(String(repeating: "0123456789", count: 9000).utf8)
      await scene.broker.set { $0.inputs = ["a": [], "b": text] }
      await scene.broker.give(lease(1))
      _ = try await scene.broker.end(of: 1)
      #expect(await scene.broker.files == ["a.copy": [], "b.copy": text])
    }
  }

  @Test func `a file of 10 MB is committed, also when the broker goes away in the middle`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          with open("large", "wb") as file:
              for number in range(10): file.write(bytes([number]) * (1 << 20))
          answer = ask("result", path="large.bin", media_type="application/octet-stream", file="large")
          assert answer["result"] == {"path": "large.bin", "version": 1}
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1))
      try await scene.broker.wait("some chunks") { broker in
        broker.calls.count { if case .putChunk = $0 { true } else { false } } > 10
      }
      await scene.broker.disconnectAll()
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.results == 1)
      let large = try #require(await scene.broker.files["large.bin"])
      #expect(large.count == 10 << 20)
      #expect(large[9 << 20] == 9)
    }
  }

  @Test func `spawned tasks are passed on in parts that fit a message, and counted together`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          tasks = [{"key": "k%d" % n, "payload": {"text": "x" * 200000}} for n in range(4)]
          assert ask("spawn", tasks=tasks)["result"] == {"added": 4, "existing": 0}
          assert ask("spawn", tasks=[{"key": "n%d" % n} for n in range(6000)])["result"]["added"] == 6000
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1))
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.results == 0, "\(end)")
      let parts = await scene.broker.calls.compactMap { call in
        if case .spawnTasks(let spawn) = call { spawn.tasks.count } else { nil }
      }
      #expect(parts == [3, 1, 5000, 1000])
    }
  }

  @Test func `a flood of progress reaches the broker as a few calls, and a flood of errors as a bounded log`()
    async throws
  {
    let plugin = python(
      """
      def generate(id, params):
          for number in range(20000): send(method="progress", params={"done": number, "total": 20000})
          line = b"y" * 999 + b"\\n"
          for number in range(20000): os.write(2, line)
          os.write(2, b"\\xff never seen")
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1))
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.results == 0)
      let progress = await scene.broker.calls.count { if case .progress = $0 { true } else { false } }
      #expect(progress < 500, "20,000 were sent; \(progress) came through")
      let lines = await scene.broker.calls.compactMap(\.asLog).flatMap(\.lines)
      #expect(lines.reduce(0) { $0 + $1.utf8.count } < 1_100_000)
      #expect(lines.last?.contains("the log ends here") == true)
    }
  }

  @Test func `what a plugin writes to its standard error is the task's log, readable whatever it is`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          os.write(2, b"first\\r\\nbad \\xff\\xfe byte\\n" + b"z" * 10000 + b"\\nlast without an end")
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1))
      _ = try await scene.broker.end(of: 1)
      let lines = await scene.broker.calls.compactMap(\.asLog).flatMap(\.lines)
      #expect(lines.count == 4)
      #expect(lines[0] == "first")
      #expect(lines[1] == "bad \u{FFFD}\u{FFFD} byte")
      #expect(lines[2].hasSuffix("z…") && lines[2].utf8.count <= 8192)
      #expect(lines[3] == "last without an end")
    }
  }

  @Test func `one process does many tasks, in an empty private directory that is gone afterwards`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          result(params["task"]["key"], "%d %s %s" % (os.getpid(), os.getcwd(), oct(os.stat(".").st_mode & 0o777)))
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      for number in 1...5 { await scene.broker.give(lease(number)) }
      for number in 1...5 { _ = try await scene.broker.end(of: number) }
      let said = Set(await scene.broker.files.values.map { String(decoding: $0, as: UTF8.self) })
      #expect(said.count == 1)
      let words = try #require(said.first).split(separator: " ")
      #expect(words[1].hasPrefix(scene.directory + "/genworker-"))
      #expect(words[2] == "0o700")
      try await scene.finish()
      #expect(!exists(String(words[1])))
    }
  }

  @Test func `the example of contrib counts words`() async throws {
    try await withWorker("", change: { $0.plugin = packageRoot + "/contrib/python/genplugin_words.py" }) { scene in
      await scene.broker.set { $0.inputs = ["a.txt": Array("To be, or not to be".utf8), "b.txt": Array("x".utf8)] }
      let done = WorkerAPI.DoneItem(path: "b.txt.words.txt", sha256: SHA256Digest(of: []).hex, size: 0)
      var plan = lease(1, done: [done])
      plan.op = "plan"
      await scene.broker.give(plan)
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.results == 2)
      let files = await scene.broker.files.mapValues { String(decoding: $0, as: UTF8.self) }
      #expect(files == ["a.txt.words.txt": "      2 be\n      2 to\n      1 not\n      1 or\n"])
    }
  }
}
