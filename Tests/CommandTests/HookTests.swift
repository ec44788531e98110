import CommandLine
import EventLoop
import Foundation
import Glibc
import HTTPTransport
import JSON
import TestSupport
import Testing
import Wire

@testable import genbroker

private func sampleCall(_ job: JobsAPI.Job = sampleJob(17, .failed), reason: String? = nil) -> HookCall {
  HookCall(hook: "h", delivery: "x-9-h", event: 9, atMs: sampleTime, state: .failed, reason: reason, job: job)
}

@Suite struct `Templates of hooks` {
  private func problem(_ text: String) -> HookTemplateProblem? {
    do throws(HookTemplateProblem) {
      _ = try HookText.parts(of: text)
      return nil
    } catch {
      return error
    }
  }

  @Test func `hostile values stay inside their text`() throws {
    let template = try HookTemplate(["a": "{job.title}", "b": ["{{{job.id}}} {job.label.team}{job.label.none}", 1]])
    let job = sampleJob(17, .failed, title: "\" \\ \n {job.id} \u{2028} \u{1}")
    let filled = try JSONDocument(template.filled(sampleCall(job))).root
    #expect(filled["a"]?.string == job.title)
    #expect(filled["b"]?.elements?.first?.string == "{17} docs")
  }

  @Test func `every placeholder that is offered is filled`() throws {
    for name in HookValue.names {
      let text = HookText.filled("<{\(name)}>", sampleCall())
      #expect(!text.contains("{") && text != "<>", "\(name)")
    }
  }

  @Test func `what means something to Slack is taken out where that is asked for`() {
    let call = sampleCall(sampleJob(17, .failed, title: "<!channel> & co"))
    #expect(HookText.filled("{job.title|slack}", call) == "&lt;!channel&gt; &amp; co")
    #expect(HookText.filled("{job.title}", call) == "<!channel> & co")
  }

  @Test(arguments: [
    "{", "}", "{}", "{job}", "{job.nothing}", "{job.label.}", "{job.id", "{job.id|}", "{job.id|html}", "{ job.id }",
  ])
  func `a brace that belongs to no placeholder is refused`(text: String) {
    #expect(problem("x " + text) != nil)
  }

  @Test func `the place of what is wrong is told`() throws {
    try withDirectory { directory in
      let path = directory + "/t.json"
      func problem(_ text: String) throws -> String? {
        try put(text, at: path)
        do throws(UserError) {
          _ = try HookTemplate(file: path)
          return nil
        } catch {
          return error.message
        }
      }
      let unknown = try problem("{\"a\": 1,\n \"ü\": \"{job.nam}\"}")
      #expect(unknown?.hasPrefix("\(path):2:8: '{job.nam}' is no placeholder") == true)
      let broken = try problem("{\"a\": 1,\n  oops}")
      #expect(broken?.hasPrefix("\(path):2:3: this is no JSON") == true)
      #expect(try problem("{\"a\": \"{job.id}\"}") == nil)
    }
  }
}

@Suite struct `Which jobs hooks are called for` {
  private func event(_ state: String) -> JobsAPI.Event { sampleEvent("job.state", ["state": .string(state)]) }

  @Test func `a failure when nothing else is asked for`() {
    let filter = HookFilter()
    #expect(filter.end(of: event("failed")) == .failed)
    for state in ["succeeded", "cancelled", "running", "paused", "nonsense"] {
      #expect(filter.end(of: event(state)) == nil)
    }
    #expect(filter.end(of: sampleEvent("task.failed", ["state": "failed"])) == nil)
  }

  @Test func `the ends that are asked for`() {
    let filter = HookFilter([.succeeded, .cancelled])
    #expect(filter.states == [.succeeded, .cancelled])
    #expect(HookFilter([.ended]).states == [.succeeded, .failed, .cancelled])
  }

  @Test func `any of the kinds and projects, all of the labels`() {
    var filter = HookFilter()
    let job = sampleJob(17, .failed)
    #expect(filter.fits(job))
    (filter.kinds, filter.projects, filter.labels) = (["docs", "code"], ["acme"], ["team": "docs"])
    #expect(filter.fits(job))
    filter.labels["more"] = "x"
    #expect(!filter.fits(job))
    (filter.labels, filter.kinds) = ([:], ["code"])
    #expect(!filter.fits(job))
    (filter.kinds, filter.projects) = ([], ["other"])
    #expect(!filter.fits(job))
  }

  @Test func `a job that was submitted for several kinds is one of each of them`() {
    var (filter, job) = (HookFilter(), sampleJob(17, .failed))
    job.kinds = ["docs", "tests"]
    filter.kinds = ["tests"]
    #expect(filter.fits(job))
    filter.kinds = ["images"]
    #expect(!filter.fits(job))
  }

  @Test func `a program runs for jobs of its own user alone, a webhook for all`() async throws {
    try await withLoop { loop, directory in
      let marker = directory + "/ran"
      let hook = Hook(name: "h", filter: HookFilter(), action: .run(.shell("touch \(marker)")))
      let job = sampleJob(17, .failed)
      func caller(_ user: UInt32) -> HookCaller {
        HookCaller(CommandContext(loop: loop), user: user, hiding: [], socket: "s") { _, _ in }
      }
      let refused = await caller(UInt32(job.owner) + 1).call(hook, sampleCall(job), attempt: 1)
      guard case .refused(let why) = refused else { throw SupportError(message: "\(refused)") }
      #expect(why.contains("of user \(job.owner)") && contents(marker) == nil)
      #expect(await caller(UInt32(job.owner)).call(hook, sampleCall(job), attempt: 1) == .delivered)
      #expect(contents(marker) != nil)
      let webhook = Hook(name: "w", filter: HookFilter(), action: .post(Webhook(url: try SecretText("http://h/"))))
      #expect(webhook.mayBeCalled(forJobOf: job.owner, by: 1))
    }
  }
}

@Suite struct `How often hooks are tried` {
  private let patience = HookPatience(attemptsMax: 3, totalMs: 10_000)

  private func next(_ outcome: HookOutcome, _ attempts: Int = 1, elapsedMs: Int64 = 0, random: Double = 0.5)
    -> HookPatience.Step
  {
    patience.next(after: outcome, attempts: attempts, elapsedMs: elapsedMs, random: random)
  }

  @Test func `waits grow, are at random below their bound, and end`() {
    #expect(next(.delivered) == .done && next(.stopped) == .stop)
    #expect(next(.refused("no")) == .giveUp("no"))
    #expect(next(.failed("x"), 1) == .retry(afterMs: 500))
    #expect(next(.failed("x"), 2) == .retry(afterMs: 1000))
    #expect(next(.failed("x"), 1, random: 0) == .retry(afterMs: 100))
    #expect(next(.failed("x"), 3) == .giveUp("x; after 3 attempts"))
    #expect(next(.failed("x"), 2, elapsedMs: 9_500) == .giveUp("x; after 9 s"))
  }

  @Test func `nobody is asked before the time that he names, and one that is too long is an end`() {
    for random in [0, 0.5, 0.999] {
      guard case .retry(let ms) = next(.failed("x", retryAfterMs: 5000), random: random) else {
        Issue.record("no retry")
        return
      }
      #expect((5000...6000).contains(ms))
    }
    #expect(next(.failed("x", retryAfterMs: 20_000)) == .giveUp("x; after 0 ms"))
  }

  @Test(arguments: [408, 425, 429, 500, 502, 503, 599])
  func `some answers may be better at another time`(status: Int) {
    var headers = AnswerHeaders()
    headers.take(line: "Retry-After: 7\r\n")
    let outcome = Webhook.outcome(
      .answered(status: status, headers: headers, body: Array("a key-1234\n b".utf8)), hiding: [Secret("key-1234")!],
      utcMs: 0)
    #expect(outcome == .failed("HTTP \(status): a (secret) b", retryAfterMs: 7000))
  }

  @Test func `a secret is taken out of an answer before that is shortened`() {
    for blanks in 180..<200 {
      let body = String(repeating: "x", count: blanks) + " key-0123456789"
      let outcome = Webhook.outcome(
        .answered(status: 400, headers: AnswerHeaders(), body: Array(body.utf8)), hiding: [Secret("key-0123456789")!],
        utcMs: 0)
      guard case .refused(let words) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(!words.contains("k") && words.utf8.count <= 220, "\(words)")
    }
  }

  @Test(arguments: [301, 302, 400, 401, 403, 404, 410, 422])
  func `other answers are final, redirects among them`(status: Int) {
    let outcome = Webhook.outcome(.answered(status: status, headers: AnswerHeaders(), body: []), hiding: [], utcMs: 0)
    #expect(outcome == .refused("HTTP \(status)"))
  }

  @Test func `what is broken on the way is tried again, what cannot be sent is not`() {
    for end in [HTTPEnd.timedOut, .failed(.connectTimeout), .failed(.connectFailed("x")), .failed(.lost("x"))] {
      guard case .failed = Webhook.outcome(end, hiding: [], utcMs: 0) else {
        Issue.record("\(end)")
        return
      }
    }
    #expect(Webhook.outcome(.cancelled, hiding: [], utcMs: 0) == .stopped)
    #expect(
      Webhook.outcome(.failed(.configuration("x")), hiding: [], utcMs: 0) == .refused("the address cannot be used: x"))
  }
}

@Suite struct `Files of hooks` {
  @Test func `a cursor is read as it was written, and anything else is refused`() throws {
    try withDirectory { directory in
      let place = directory + "/hooks"
      let state = try HookState("h", in: place, locks: true)
      #expect(try state.cursor() == nil)
      let cursor = HookCursor("abc:17", atMs: 5)
      try state.write(cursor)
      #expect(try state.cursor() == cursor && cursor.history == "abc" && cursor.number == 17)
      for text in [
        "", "{}", "[]", #"{"cursor":"x:y","at_ms":1}"#, #"{"cursor":"x:-1","at_ms":1}"#, #"{"cursor":"x:1"}"#,
      ] {
        try put(text, at: place + "/h.cursor")
        #expect(throws: UserError.self, "\(text)") { try state.cursor() }
      }
      #expect(throws: UserError.self) { try HookState("h", in: place, locks: true) }
    }
  }

  @Test func `what was given up is kept once for each delivery, in the order of the ends`() throws {
    try withDirectory { directory in
      let calls = UndeliveredCalls(directory: directory + "/u")
      #expect(try calls.all().isEmpty)
      var (first, second) = (sampleCall(reason: "a\nb"), sampleCall())
      (first.event, first.delivery, second.event, second.delivery) = (9, "x-9-h", 10, "x-10-h")
      try calls.add(UndeliveredCall(second, why: "w", givenUpMs: 2))
      try calls.add(UndeliveredCall(first, why: "v", givenUpMs: 1))
      try calls.add(UndeliveredCall(first, why: "w", givenUpMs: 3))
      #expect(
        try calls.all() == [
          UndeliveredCall(first, why: "w", givenUpMs: 3), UndeliveredCall(second, why: "w", givenUpMs: 2),
        ])
      try calls.remove(first.delivery)
      try calls.remove(first.delivery)
      #expect(try calls.all().map(\.event) == [10])
    }
  }

  @Test(arguments: [
    ("", "1:1: the file holds nothing"), ("hooks: {}", "1:8: 0 hooks"),
    ("hooks:\n  A: {shell: x}", "2:3: 'A' cannot be the name of a hook"),
    ("hooks:\n  a: {on: ended}", "2:6: the hook 'a' does nothing"),
    ("hooks:\n  a: {shell: x, post: 'http://h/'}", "2:6: the hook 'a' has 'post' and 'shell'"),
    ("hooks:\n  a:\n    on: [failed, faild]\n    shell: x", "3:18: 'faild' is no end of a job"),
    ("hooks:\n  a: {shell: x, timeout: 5}", "2:26: 'timeout' is the number 5, no text"),
    ("hooks:\n  a: {shell: x, timeout: 5 y}", "2:26: 'timeout': unknown unit ' y'"),
    ("hooks:\n  a: {shell: x, attempts: 0}", "2:27: 'attempts' is 0"),
    ("hooks:\n  a: {shell: x, body: b}", "2:23: 'body' is for 'post'"),
    ("hooks:\n  a: {command: no-such-program-here}", "2:16: there is no program 'no-such-program-here' in PATH"),
    ("hooks:\n  a: {command: \"sh 'x\"}", "2:16: the command has a ' without its end"),
    ("hooks:\n  a: {post: 'ftp://h/'}", "2:13: 'ftp://h/' is no address to post to"),
    ("hooks:\n  a: {post: 'http://u:p@h/'}", "2:13: 'http://u:p@h/' is no address to post to"),
    ("hooks:\n  a: {post: 'https://h/{env:GENBROKER_NOT_SET}'}", "2:13: the variable GENBROKER_NOT_SET"),
    ("hooks:\n  a: {post: 'http://h/{env:PATH}'}", "2:13: a secret would go to 'http://h/{env:PATH}'"),
    ("hooks:\n  a: {post: 'https://h/{x}'}", "2:13: 'https://h/{x}' has a brace that begins no secret"),
    ("hooks:\n  a: {post: 'http://h/', headers: {Host: x}}", "2:42: the header 'Host' is set by this program"),
    (
      "hooks:\n  a:\n    post: http://h/\n    body:\n      t: ok\n      u: '{job.nam}'",
      "6:10: '{job.nam}' is no placeholder"
    ),
    ("hooks:\n  a: {post: 'http://h/', body: none.json}", "2:32: cannot read '"),
  ])
  func `each wrong file gets its place and its error`(yaml: String, message: String) throws {
    try withDirectory { directory in
      let path = directory + "/hooks.yaml"
      try put(yaml, at: path)
      do {
        _ = try HookFile.read(path, ["PATH": "/usr/bin:/bin"])
        Issue.record("it is taken")
      } catch let error as UserError {
        #expect(error.message.hasPrefix("\(path):\(message)"), "\(error.message)")
        #expect(error.exitCode == .usage && !error.remedy.isEmpty)
      }
    }
  }

  @Test func `a file with everything in it is read`() throws {
    try withDirectory { directory in
      try put(
        """
        hooks:
          web:
            on: [failed, cancelled]
            kind: docs
            project: [a, b]
            label: {team: x}
            post: https://h:1/p?q=1
            headers: {X-A: b}
            body: {text: "{job.id}"}
            timeout: 5s
            attempts: 3
            give_up_after: 2m
          run: {command: [sh, -c, "exit 0"]}
        """, at: directory + "/hooks.yaml")
      let hooks = try HookFile.read(directory + "/hooks.yaml", ["PATH": "/usr/bin:/bin"])
      #expect(hooks.map(\.name) == ["web", "run"])
      #expect(hooks[0].filter.states == [.failed, .cancelled] && hooks[0].filter.projects == ["a", "b"])
      #expect(hooks[0].filter.kinds == ["docs"] && hooks[0].filter.labels == ["team": "x"])
      #expect(hooks[0].timeoutMs == 5000 && hooks[0].patience == HookPatience(attemptsMax: 3, totalMs: 120_000))
      guard case .post(let webhook) = hooks[0].action, case .run(let command) = hooks[1].action else {
        throw SupportError(message: "\(hooks)")
      }
      let request = try webhook.request(sampleCall(), timeoutMs: 5000, [:]).request
      #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == #"{"text":"17"}"#)
      #expect(request.headers.contains(HTTPHeader(name: "Idempotency-Key", value: "x-9-h")))
      #expect(command.executable.hasSuffix("/sh") && command.arguments == ["-c", "exit 0"])
    }
  }

  @Test func `a secret that others can read is not used`() throws {
    try withDirectory { directory in
      try put("token-1\n", at: directory + "/t")
      let text = try SecretText("Bearer {file:t}", besides: directory)
      chmod(directory + "/t", 0o644)
      #expect(throws: UserError.self) { try text.resolved([:]) }
      chmod(directory + "/t", 0o600)
      #expect(try text.resolved([:]).text == "Bearer token-1")
    }
  }
}

@Suite struct `Commands of hooks` {
  @Test func `are kept as they were given, and name no secret that was not written`() throws {
    var action = HookAction(timeoutMs: 500, directory: "/d")
    (action.url, action.headers) = ("https://h/{env:KEY}", ["A: {file:t}", "B: b"])
    action.body = "b.json"
    var program = HookAction(timeoutMs: 30_000, directory: "/")
    program.words = ["sh", "-c", "exit 0"]
    for origin in [HookOrigin.commandLine(action), .commandLine(program), .file("/d/hooks.yaml")] {
      #expect(HookOrigin(try JSONDocument(origin.json.bytes).root) == origin)
    }
    for text in ["{}", "[]", #"{"post": "x"}"#] { #expect(HookOrigin(try JSONDocument(Array(text.utf8)).root) == nil) }
    guard case .run(let command) = try HookOrigin.commandLine(program).hook("h", ["PATH": "/bin"]).action else {
      throw SupportError(message: "no program")
    }
    #expect(command == HookCommand(executable: "/bin/sh", arguments: ["-c", "exit 0"]))
  }

  @Test(arguments: [
    ("a b", ["a", "b"]), ("  a\t'b c' \"d e\" ", ["a", "b c", "d e"]),
    (#"a\ b '\x' "\"" '' $HOME *"#, ["a b", #"\x"#, "\"", "", "$HOME", "*"]),
    ("a'b'\"c\"", ["abc"]),
  ])
  func `are cut into words as a shell would`(text: String, words: [String]) throws {
    #expect(try hookWords(text) == words)
  }

  @Test(arguments: ["", "  ", "'a", "\"a", "a\\", "''"])
  func `that cannot be are refused`(text: String) {
    #expect(throws: UsageError.self) { try hookWords(text) }
  }

  @Test func `write as much as is wanted, and no more is kept`() {
    let lines = Locked<[String]>([])
    var output = BoundedLines { line in lines.withLock { $0.append(line) } }
    for _ in 0..<100 { output.add(Array((String(repeating: "x", count: 1023) + "\n").utf8)) }
    output.end()
    let said = lines.withLock { $0 }
    #expect(said.count == 65 && said.last?.hasPrefix("(it wrote more than 64 KiB") == true)
  }
}
