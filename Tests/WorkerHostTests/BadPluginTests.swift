import EventLoop
import Testing
import WorkerHost
import Wire

/// One way in which a plugin can fail, and what the broker hears of it.
private struct Misdeed: Sendable, CustomTestStringConvertible {
  let name: String
  /// The body of `generate`, see `python`.
  let body: String
  let errorClass: String
  var isCrash = false
  /// Stands in the message.
  let says: String
  var timeoutMs: Int?

  init(
    _ name: String, _ errorClass: String, crash: Bool = false, says: String, timeoutMs: Int? = nil, _ body: String
  ) {
    self.name = name
    self.errorClass = errorClass
    isCrash = crash
    self.says = says
    self.timeoutMs = timeoutMs
    self.body = body
  }

  var testDescription: String { name }
}

/// A result that is refused, after which the plugin claims to be done.
private func result(_ members: String) -> String {
  """
      ask("result", **{\(members)})
      finish(id)
  """
}

private let misdeeds: [Misdeed] = [
  // It dies.
  Misdeed("exits with an error", "plugin_crash", crash: true, says: "exited with code 3", "    sys.exit(3)"),
  Misdeed(
    "exits as if all were well", "plugin_crash", crash: true, says: "exited with code 0 without an answer",
    "    sys.exit(0)"),
  Misdeed(
    "is killed", "plugin_crash", crash: true, says: "killed by signal 9", "    os.kill(os.getpid(), signal.SIGKILL)"),
  Misdeed(
    "has a fault in memory", "plugin_crash", crash: true, says: "killed by signal 11",
    "    os.kill(os.getpid(), signal.SIGSEGV)"),
  Misdeed(
    "throws", "plugin_crash", crash: true, says: "ZeroDivisionError", "    1 / 0"),
  Misdeed(
    "exits while a grandchild holds its output", "plugin_crash", crash: true, says: "exited with code 0",
    "    subprocess.Popen(['sleep', '1000']); sys.exit(0)"),
  Misdeed(
    "closes its output and hangs", "plugin_crash", crash: true, says: "killed by signal 15",
    "    os.close(1); hang()"),

  // It hangs.
  Misdeed("hangs", "timeout", says: "within 100 ms", timeoutMs: 100, "    hang()"),
  Misdeed(
    "ignores being told", "timeout", says: "within 100 ms", timeoutMs: 100,
    "    signal.signal(signal.SIGTERM, signal.SIG_IGN); hang()"),
  Misdeed(
    "is busy and reads nothing", "timeout", says: "within 100 ms", timeoutMs: 100,
    """
        while True: pass
    """),
  Misdeed(
    "answers too late", "timeout", says: "within 100 ms", timeoutMs: 100,
    """
        assert read_line()["method"] == "cancel"
        finish(id)
    """),

  // It breaks the protocol.
  Misdeed("prints to its output", "plugin_protocol", says: "in 'hello'", #"    raw("hello\n"); hang()"#),
  Misdeed(
    "misspells a method and does not care", "plugin_protocol", says: "there is no method reslt",
    #"    ask("reslt", path="a", media_type="text/plain", text="x"); finish(id)"#),
  Misdeed("writes an array", "plugin_protocol", says: "not a JSON object", #"    raw("[]\n"); hang()"#),
  Misdeed(
    "writes bytes that are no UTF-8", "plugin_protocol", says: "not JSON",
    #"    os.write(1, b'{"jsonrpc":"2.0","method":"log","params":{"text":"\xff"}}\n'); hang()"#),
  Misdeed(
    "writes a line without an end", "plugin_protocol", says: "a line of more than",
    #"    os.write(1, b"x" * (2 << 20)); hang()"#),
  Misdeed(
    "ends within a line", "plugin_protocol", says: "its last line has no end",
    #"    raw('{"jsonrpc":"2.0",'); sys.exit(0)"#),
  Misdeed(
    "forgets the version of JSON-RPC", "plugin_protocol", says: "is missing",
    #"    raw('{"id":2,"result":{}}\n'); hang()"#),
  Misdeed("answers what was not asked", "plugin_protocol", says: "an answer to no request", "    finish(77); hang()"),
  Misdeed(
    "answers with a wrong field", "plugin_protocol", says: "note", "    finish(id, note=7); hang()"),
  Misdeed(
    "answers with an error without a message", "plugin_protocol", says: "error.message",
    #"    send(id=id, error={"code": 1}); hang()"#),
  Misdeed(
    "answers both well and ill", "plugin_protocol", says: "exactly one of",
    #"    send(id=id, result={}, error={"code": 1, "message": "x"}); hang()"#),
  Misdeed(
    "misspells a field and does not care", "plugin_protocol",
    says: "result: media_type is missing, and there is no field media-type",
    result(#""path": "a", "media-type": "text/plain", "text": "x""#)),
  Misdeed(
    "gives a field too many", "plugin_protocol", says: "result: there is no field mediatype",
    result(#""path": "a", "media_type": "text/plain", "text": "x", "mediatype": "text/plain""#)),
  Misdeed(
    "gives a field of another type", "plugin_protocol", says: "result: media_type has a wrong type or value",
    result(#""path": "a", "media_type": 7, "text": "x""#)),
  Misdeed(
    "sends text and data", "plugin_protocol", says: "exactly one",
    result(#""path": "a", "media_type": "text/plain", "text": "x", "data": "eA==""#)),
  Misdeed(
    "sends no content", "plugin_protocol", says: "exactly one",
    result(#""path": "a", "media_type": "text/plain""#)),
  Misdeed(
    "asks for very much and reads nothing", "plugin_stuck", says: "did not read",
    """
        while True: send(id="x" * 5000, method="progress", params={"note": "x"})
    """),

  // Its results cannot be taken.
  Misdeed(
    "leaves the directory", "bad_result", says: "etc/passwd",
    result(#""path": "../../etc/passwd", "media_type": "text/plain", "text": "x""#)),
  Misdeed(
    "has an absolute path", "bad_result", says: "absolute",
    result(#""path": "/etc/passwd", "media_type": "text/plain", "text": "x""#)),
  Misdeed(
    "has an empty path", "bad_result", says: "empty",
    result(#""path": "", "media_type": "text/plain", "text": "x""#)),
  Misdeed(
    "has a NUL in its path", "bad_result", says: "control",
    result(#""path": "a\u0000b", "media_type": "text/plain", "text": "x""#)),
  Misdeed(
    "has a path of 5,000 bytes", "bad_result", says: "1024",
    result(#""path": "a/" * 2500 + "a", "media_type": "text/plain", "text": "x""#)),
  Misdeed(
    "has no media type", "bad_result", says: "media type",
    result(#""path": "a", "media_type": "text", "text": "x""#)),
  Misdeed(
    "has no base64", "bad_result", says: "base64",
    result(#""path": "a", "media_type": "text/plain", "data": "%%%""#)),
  Misdeed(
    "has very large meta", "bad_result", says: "meta",
    result(#""path": "a", "media_type": "text/plain", "text": "x", "meta": {"x": "y" * 300000}"#)),
  Misdeed(
    "names a link", "bad_result", says: "link",
    "    os.symlink('/etc/passwd', 'link')\n" + result(#""path": "a", "media_type": "text/plain", "file": "link""#)),
  Misdeed(
    "names a file behind a link and a combining mark", "bad_result", says: "etc",
    "    os.mkdir('real')\n    open('real/\\u0301x', 'w').close()\n    os.symlink('real', 'etc')\n"
      + result(#""path": "a", "media_type": "text/plain", "file": "etc/\u0301x""#)),
  Misdeed(
    "names a file behind a link", "bad_result", says: "etc",
    "    os.symlink('/etc', 'etc')\n" + result(#""path": "a", "media_type": "text/plain", "file": "etc/passwd""#)),
  Misdeed(
    "names a file elsewhere", "bad_result", says: "not below",
    result(#""path": "a", "media_type": "text/plain", "file": "/etc/passwd""#)),
  Misdeed(
    "names a file above", "bad_result", says: "not below",
    result(#""path": "a", "media_type": "text/plain", "file": "../plugin""#)),
  Misdeed(
    "names a folder", "bad_result", says: "folder",
    "    os.mkdir('folder')\n" + result(#""path": "a", "media_type": "text/plain", "file": "folder""#)),
  Misdeed(
    "names a pipe", "bad_result", says: "pipe",
    "    os.mkfifo('pipe')\n" + result(#""path": "a", "media_type": "text/plain", "file": "pipe""#)),
  Misdeed(
    "names nothing", "bad_result", says: "nothing",
    result(#""path": "a", "media_type": "text/plain", "file": "nothing""#)),

  Misdeed(
    "does not ask for an answer", "bad_result", says: "etc/passwd",
    #"""
        send(method="result", params={"path": "../etc/passwd", "media_type": "text/plain", "text": "x"}); finish(id)
    """#),
  Misdeed(
    "passes a refusal on without its class", "bad_result", says: "etc/passwd",
    #"""
        why = result("../etc/passwd", "x")["error"]["message"]
        send(id=id, error={"code": 1, "message": "refused: " + why})
    """#),
  Misdeed(
    "says after a refusal only that it failed", "bad_result", says: "etc/passwd",
    #"""
        result("../etc/passwd", "x")
        send(id=id, error={"code": 1, "message": "no luck"})
    """#),
  Misdeed(
    "has a class of its own after a refusal", "too_bad", says: "no luck",
    #"""
        result("../etc/passwd", "x")
        send(id=id, error={"code": 1, "message": "no luck", "data": {"class": "too_bad"}})
    """#),

  // It says what is wrong.
  Misdeed("fails", "plugin_error", says: "no luck", #"    send(id=id, error={"code": 1, "message": "no luck"})"#),
  Misdeed(
    "has a class of its own", "rate_limited", says: "slow",
    #"""
        send(id=id, error={"code": 1, "message": "slow", "data": {"class": "rate_limited", "retry_after_ms": 5}})
    """#),
  Misdeed(
    "has a class that is no word", "plugin_error", says: "odd",
    #"""
        send(id=id, error={"code": 1, "message": "odd", "data": {"class": "Very bad!"}})
    """#),
]

@Suite(.serialized, .timeLimit(.minutes(10)))
struct BadPluginTests {
  /// The second task shows that the worker goes on.
  @Test(arguments: misdeeds)
  private func `what a plugin does wrong has its class, and the next task is done`(_ misdeed: Misdeed) async throws {
    let plugin = python(
      """
      def generate(id, params):
          if params["task"]["key"] == "t2":
              result("fine.txt", "fine")
              return finish(id)
      \(misdeed.body)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1, timeoutMs: misdeed.timeoutMs))
      let fail = try #require(try await scene.broker.end(of: 1).asFail)
      #expect(fail.class == misdeed.errorClass)
      #expect(fail.crash ?? false == misdeed.isCrash)
      #expect(fail.message.contains(misdeed.says), "\(fail.message)")
      await scene.broker.give(lease(2))
      let second = try await scene.broker.end(of: 2)
      #expect(second.asComplete?.results == 1)
      #expect(Array(await scene.broker.files.keys) == ["fine.txt"])
      #expect(await scene.broker.ends(of: 1).count == 1)
    }
  }

  @Test func `what the broker refuses ends the attempt, whatever the plugin says`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          assert "error" in result("taken.txt", "x")
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.set {
        $0.react = { $0.asPut == nil ? .accept : .refuse(WorkerAPI.Conflict(message: "taken", remedy: "leave it")) }
      }
      await scene.broker.give(lease(1))
      let fail = try #require(try await scene.broker.end(of: 1).asFail)
      #expect(fail.class == "refused")
      #expect(fail.message == "taken (leave it)")
    }
  }

  @Test func `what is only said for people, or only read, costs no attempt when it is wrong, and is in the log`()
    async throws
  {
    let plugin = python(
      """
      def generate(id, params):
          send(method="progress", params={"done": "3"})
          assert "error" in ask("progress", done="3")
          send(method="log", params={"txt": "x"})
          assert "error" in ask("read", name="nothing", offset=0, length=1)
          result("fine.txt", "fine")
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.set {
        $0.react = { call in
          if case .readInput = call { return .refuse(WorkerAPI.Refused(message: "no", remedy: "none")) }
          return .accept
        }
      }
      await scene.broker.give(lease(1))
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.results == 1)
      let log = await scene.broker.logLines
      #expect(log.count { $0.contains("progress: done has a wrong type or value") } == 2)
      #expect(log.contains { $0.contains("log: text is missing, and there is no field txt") })
    }
  }

  @Test(arguments: ["", #", "id": "q""#])
  func `a refused result is in the log, whether or not its answer was asked for`(_ id: String) async throws {
    let plugin = python(
      """
      def generate(id, params):
          raw('{"jsonrpc":"2.0","method":"result","params":{"path":"../x","media_type":"a/b","text":""}\(id)}\\n')
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1))
      let end = try await scene.broker.end(of: 1)
      #expect(end.asFail?.class == "bad_result")
      #expect(await scene.broker.logLines.contains { $0.contains("a call of the plugin was refused: ") })
    }
  }

  @Test func `a task with an op that the plugin does not name is failed for good, and not begun`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          result(params["task"]["op"], "x")
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      var other = lease(1)
      other.op = "plan"
      await scene.broker.give(other)
      let fail = try #require(try await scene.broker.end(of: 1).asFail)
      #expect(fail.class == "bad_op" && !fail.retryable)
      #expect(fail.message == "the plugin has no op 'plan'; it names 'generate'")
      await scene.broker.give(lease(2))
      let end = try await scene.broker.end(of: 2)
      #expect(end.asComplete?.results == 1)
      #expect(Array(await scene.broker.files.keys) == ["generate"])
    }
  }

  @Test func `a result after the last word is not taken for the next task`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          key = params["task"]["key"]
          result(key, key)
          if key == "t1":
              sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": id, "result": {}}) + "\\n")
              return send(id="late", method="result", params={"path": "late", "media_type": "a/b", "text": "x"})
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1))
      await scene.broker.give(lease(2))
      for number in [1, 2] {
        let end = try await scene.broker.end(of: number)
        #expect(end.asComplete?.results == 1)
      }
      #expect(Set(await scene.broker.files.keys) == ["t1", "t2"])
    }
  }

  @Test func `a plugin sees no secret of its host's environment, and a variable that it was given by name`()
    async throws
  {
    let host = [
      "PATH": "/usr/bin:/bin", "HOME": "/home/x", "LC_ALL": "C", "OPENAI_API_KEY": "secret", "LC_SECRET": "secret",
      "MY_TOKEN": "given", "GENBROKER_SOCKET": "s",
    ]
    let plugin = python(
      """
      def generate(id, params):
          result("environment", " ".join(sorted(os.environ)))
          finish(id)
      """)
    try await withWorker(plugin, environment: PluginEnvironment.entries(from: host, extra: ["MY_TOKEN"])) { scene in
      await scene.broker.give(lease(1))
      _ = try await scene.broker.end(of: 1)
      let seen = String(decoding: try #require(await scene.broker.files["environment"]), as: UTF8.self)
      // Python itself may add LC_CTYPE.
      #expect(seen.split(separator: " ").filter { $0 != "LC_CTYPE" } == ["HOME", "LC_ALL", "MY_TOKEN", "PATH"])
    }
  }

  @Test func `a plugin that comes back in another version is another worker's: this one ends`() async throws {
    let plugin = """
      #!/bin/sh
      mkdir "$HOME/first" 2>/dev/null && version=1 || version=2
      read line
      echo '{"jsonrpc":"2.0","id":1,"result":{"kind":"words","ops":["generate"],"version":"'$version'"}}'
      read line
      exit 1
      """
    try await withWorker(plugin, change: { $0.pluginEnvironment = ["HOME=\($0.directory)"] }) { scene in
      await scene.broker.give(lease(1))
      #expect(try await scene.broker.end(of: 1).asFail?.class == "plugin_crash")
      await scene.broker.give(lease(2))
      try await scene.hears("the plugin is of version 2 now, and was of 1 before")
    }
  }

  @Test func `a plugin that does not start is tried again, then its tasks are given back and no more are asked for`()
    async throws
  {
    // The first process works and dies with its task; those that follow do not start.
    let plugin = """
      #!/bin/sh
      if mkdir "$HOME/first" 2>/dev/null; then
        read line
        echo '{"jsonrpc":"2.0","id":1,"result":{"kind":"words","ops":["generate"],"version":"1"}}'
        read line
      fi
      echo "no license" >&2
      exit 1
      """
    var home: [String] = []
    try await withWorker(
      plugin,
      change: {
        home = [$0.directory]; $0.pluginEnvironment = ["HOME=\($0.directory)"]
      }
    ) {
      scene in
      await scene.broker.give(lease(1))
      let first = try await scene.broker.end(of: 1)
      #expect(first.asFail?.class == "plugin_crash")
      await scene.broker.give(lease(2))
      let fail = try #require(try await scene.broker.end(of: 2).asFail)
      #expect(fail.class == "plugin_start")
      #expect(fail.crash != true)
      #expect(fail.message.contains("ended before it answered 'initialize'\nits last words:\n"))
      #expect(fail.message.contains("no license"))
      try await scene.broker.wait("the worker asks for no more") { broker in
        broker.calls.contains { if case .slots(let slots) = $0 { slots.slots == 0 } else { false } }
      }
    }
    #expect(home.count == 1)
  }

  @Test(arguments: [
    (#"    finish(id, kind="other", ops=[], version="1")"#, "it makes 'other', not 'words'"),
    (#"    finish(id, kind="words", version="1")"#, "lacks kind, ops or version"),
    (#"    send(id=id, error={"code": 1, "message": "no"})"#, "with an error: no"),
    (#"    raw("ready!\n"); hang()"#, "not JSON"),
    ("    hang()", "within 300 ms"),
    ("    sys.exit(7)", "ended before it answered"),
  ])
  func `a worker whose plugin never introduces itself says so, takes no tasks, and ends`(
    _ body: String, _ why: String
  ) async throws {
    var times = quickTimes
    times.initializeMs = 300
    let plugin = python("def initialize(id):\n\(body)\ndef generate(id, params): pass")
    try await withWorker(plugin, times: times) { scene in
      try await scene.hears(why)
      guard case .refused(let refusal) = try await scene.life.value else {
        Issue.record("the worker ended as if nothing were wrong")
        return
      }
      #expect(refusal.problem.contains(why) && refusal.remedy.contains("'words'"))
      #expect(await scene.broker.calls.isEmpty)
    }
  }

  @Test func `the last words of a plugin that does not start are told line by line, and once`() async throws {
    let plugin = "#!/bin/sh\necho 'Traceback:' >&2\necho '  no license' >&2\nexit 1\n"
    try await withWorker(plugin) { scene in
      guard case .refused(let refusal) = try await scene.life.value else {
        Issue.record("the worker ended as if nothing were wrong")
        return
      }
      #expect(refusal.cause == .plugin)
      #expect(refusal.problem.hasSuffix("does not start: it ended before it answered 'initialize'"))
      let words = scene.said.withLock { $0 }.filter {
        if case .notice(let text) = $0 { text.hasPrefix("plugin: ") } else { false }
      }
      #expect(words == [.notice("plugin: Traceback:"), .notice("plugin:   no license")])
    }
  }
}
