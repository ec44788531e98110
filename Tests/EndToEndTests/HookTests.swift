import EventLoop
import Foundation
import JSON
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// `genbroker hook`, with a broker and a server that receives its posts.
  @Suite(.timeLimit(.minutes(10)))
  struct Hooks {
    /// A post that has come.
    private struct Post {
      let ms: Int64
      let key: String
      let body: JSONValue
      let headers: JSONValue
    }

    private struct Receiver {
      let program: Program
      let url: String

      static func start(_ installation: Installation, _ answers: [String] = []) async throws -> Receiver {
        let program = try await installation.start(
          "/usr/bin/env", ["python3", Built.plugins + "/hook_receiver.py"] + answers)
        let port = try await eventually("the receiver listens") { program.now.output.split(separator: "\n").first }
        return Receiver(program: program, url: "http://127.0.0.1:\(port)/hook")
      }

      func posts() throws -> [Post] {
        try program.now.output.split(separator: "\n").dropFirst().map { line in
          let value = try JSONDocument(Array(line.utf8)).root
          let body = try JSONDocument(Array((value["body"]?.string ?? "").utf8)).root
          return Post(
            ms: value["ms"]?.int ?? 0, key: value["key"]?.string ?? "", body: body,
            headers: try #require(value["headers"]))
        }
      }

      func posts(_ count: Int) async throws -> [Post] {
        try await eventually("\(count) posts") {
          let posts = try posts()
          return posts.count >= count ? posts : nil
        }
      }
    }

    private static func hook(_ installation: Installation, _ arguments: [String]) async throws -> Program {
      let hook = try await installation.start(Built.genbroker, ["hook"] + arguments)
      try await hook.line(containing: "genbroker hook: ready")
      return hook
    }

    /// A job that nobody works on, and that somebody cancels.
    private static func cancelledJob(_ installation: Installation, title: String = "t") async throws -> Int {
      let job = try await installation.call(
        JobsAPI.Submit(kind: "scripted", tasks: [JobsAPI.TaskSpec(key: "a")], title: title)
      ).job
      _ = try await installation.call(JobsAPI.Cancel(job: job, reason: "no \"more\""))
      return job
    }

    private static func jobs(_ posts: [Post]) -> [Int64?] { posts.map { $0.body["job"]?["job"]?.int } }

    @Test func `a failed job is told and a succeeded one is not, unless asked for`() async throws {
      try await Installation.with { installation in
        try installation.plugin(
          "scripted.py", ["--kind", "scripted", "--log", installation.directory + "/log"], foundAs: "scripted")
        _ = try await installation.broker(["--workers", "scripted=1"])
        let (failures, ends) = (try await Receiver.start(installation), try await Receiver.start(installation))
        _ = try await Self.hook(installation, ["--post", failures.url])
        _ = try await Self.hook(installation, ["--post", ends.url, "--on", "ended", "--name", "all"])
        let good = try await installation.submitTasks([JobsAPI.TaskSpec(key: "a", payload: ["do": "result"])])
        #expect(try await installation.end(of: good).state == .succeeded)
        let bad = try await installation.submitTasks([
          JobsAPI.TaskSpec(key: "b", payload: ["do": "result"], outputs: ["is/not/made"], maxAttempts: 1)
        ])
        #expect(try await installation.end(of: bad).state == .failed)
        #expect(Self.jobs(try await ends.posts(2)) == [Int64(good), Int64(bad)])
        let told = try await failures.posts(1)
        #expect(Self.jobs(told) == [Int64(bad)])
        #expect(told[0].body["state"]?.string == "failed" && told[0].key.hasSuffix("-hook"))
      }
    }

    @Test func `a server that fails twice gets the same delivery until it takes it, and the next one behind it`()
      async throws
    {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let receiver = try await Receiver.start(installation, ["500", "503"])
        _ = try await Self.hook(installation, ["--post", receiver.url, "--on", "cancelled"])
        let first = try await Self.cancelledJob(installation)
        let second = try await Self.cancelledJob(installation)
        let posts = try await receiver.posts(4)
        #expect(Self.jobs(posts) == [first, first, first, second].map(Int64.init))
        #expect(Set(posts.prefix(3).map(\.key)).count == 1 && posts[3].key != posts[0].key)
      }
    }

    @Test func `who asks to be left alone is left alone for so long`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let receiver = try await Receiver.start(installation, ["429:2"])
        _ = try await Self.hook(installation, ["--post", receiver.url, "--on", "cancelled"])
        _ = try await Self.cancelledJob(installation)
        let posts = try await receiver.posts(2)
        #expect(posts[1].ms - posts[0].ms >= 2000)
      }
    }

    @Test func `what is refused for good is kept, listed, and sent again with the same delivery`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let receiver = try await Receiver.start(installation, ["400", "200", "400"])
        let arguments = ["--post", receiver.url, "--on", "cancelled"]
        let hook = try await Self.hook(installation, arguments)
        let job = try await Self.cancelledJob(installation)
        let said = try await hook.line(containing: "job \(job): given up: HTTP 400")
        let command = "genbroker hook --name hook --again --socket \(installation.socket)"
        #expect(said.hasSuffix("; to send it again: " + command), "\(said)")
        _ = try await Self.cancelledJob(installation)
        // It stands in nobody's way.
        #expect(try await receiver.posts(2).count == 2)

        func run(_ more: String) async throws -> Program.Record {
          try await installation.start(Built.genbroker, ["hook", more]).end()
        }
        #expect(try await run("--undelivered").output.hasPrefix("hook: job \(job) cancelled"))
        let again = try await run("--again")
        #expect(again.outcome == .exited(code: 1), "\(again)")
        let second = try await installation.genbroker("hook", "--name", "hook", "--again")
        #expect(second.outcome == .exited(code: 0), "\(second)")
        #expect(try await run("--undelivered").output.isEmpty)
        let posts = try await receiver.posts(4)
        #expect(Set([0, 2, 3].map { posts[$0].key }).count == 1)
      }
    }

    @Test func `a hook that is killed in the middle of a call makes it again, with the same delivery`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let receiver = try await Receiver.start(installation, ["hang"])
        let arguments = ["--post", receiver.url, "--on", "cancelled"]
        let hook = try await Self.hook(installation, arguments)
        let first = try await Self.cancelledJob(installation)
        _ = try await receiver.posts(1)
        hook.signal(SIGKILL)
        try await hook.end()
        // Nobody is there when this one ends.
        let second = try await Self.cancelledJob(installation)
        _ = try await Self.hook(installation, arguments)
        let posts = try await receiver.posts(3)
        #expect(Self.jobs(posts) == [first, first, second].map(Int64.init))
        #expect(posts[0].key == posts[1].key)
      }
    }

    @Test func `a broker that is killed costs no call, and no call comes twice`() async throws {
      try await Installation.with { installation in
        let broker = try await installation.broker()
        let receiver = try await Receiver.start(installation)
        let hook = try await Self.hook(installation, ["--post", receiver.url, "--on", "cancelled"])
        let first = try await Self.cancelledJob(installation)
        _ = try await receiver.posts(1)
        broker.signal(SIGKILL)
        try await broker.end()
        try await hook.line(containing: "the broker is away")
        _ = try await installation.broker()
        let second = try await Self.cancelledJob(installation)
        #expect(Self.jobs(try await receiver.posts(2)) == [first, second].map(Int64.init))
        hook.signal(SIGTERM)
        #expect(try await hook.end().outcome == .exited(code: 0))
        #expect(try receiver.posts().count == 2)
      }
    }

    @Test func `a template stays JSON whatever a title holds, and secrets come from elsewhere`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let receiver = try await Receiver.start(installation)
        let directory = installation.directory
        try Data(#"{"text": "{job.title}", "more": ["{job.title|slack}: {job.reason}"]}"#.utf8)
          .write(to: URL(fileURLWithPath: directory + "/body.json"))
        try Data("token-of-a-file\n".utf8).write(to: URL(fileURLWithPath: directory + "/token"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: directory + "/token")
        let hook = try await Self.hook(
          installation,
          [
            "--post", receiver.url, "--on", "cancelled", "--body", "@body.json", "--header",
            "Authorization: Bearer {file:token}",
          ])
        let title = #"a "b", \ {job.id} <!channel> & "], "x": 1}"#
        _ = try await Self.cancelledJob(installation, title: title)
        let post = try await receiver.posts(1)[0]
        #expect(post.body.members?.count == 2 && post.body["text"]?.string == title)
        #expect(post.body["more"]?.elements?.first?.string?.contains("&lt;!channel&gt; &amp; ") == true)
        #expect(post.body["more"]?.elements?.first?.string?.hasSuffix(#": no "more""#) == true)
        #expect(post.headers["Authorization"]?.string == "Bearer token-of-a-file")
        #expect(!hook.now.errors.contains("token-of-a-file"))
      }
    }

    @Test func `a program finds the job in its environment and its input; one that does not end is ended`()
      async throws
    {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let script =
          #"echo "$GENBROKER_JOB $GENBROKER_STATE $GENBROKER_REASON"; head -c 11; sleep 600 & echo pid $!; wait"#
        let hook = try await Self.hook(
          installation, ["--shell", script, "--on", "cancelled", "--timeout", "2s", "--attempts", "1"])
        let job = try await Self.cancelledJob(installation)
        try await hook.line(containing: "[hook] \(job) cancelled no \"more\"")
        let said = try await hook.line(containing: "pid ")
        #expect(said.contains(#"{"delivery""#), "\(said)")
        try await hook.line(containing: "job \(job): given up: it did not end in time")
        let pid = try #require(said.split(separator: " ").last.flatMap { Int32($0) })
        _ = try await eventually("process \(pid) is gone") { kill(pid, 0) == 0 ? nil : true }
      }
    }

    @Test func `jobs that were pruned before a hook saw them are said to be missing, and it goes on behind them`()
      async throws
    {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let receiver = try await Receiver.start(installation)
        let arguments = ["--post", receiver.url, "--on", "cancelled"]
        let hook = try await Self.hook(installation, arguments)
        hook.signal(SIGTERM)
        try await hook.end()
        let gone = try await Self.cancelledJob(installation)
        let pruned = try await installation.genbroker("prune", "\(gone)")
        #expect(pruned.outcome == .exited(code: 0), "\(pruned)")
        let next = try await Self.hook(installation, arguments)
        try await next.line(containing: "were pruned before this hook had seen them")
        let job = try await Self.cancelledJob(installation)
        #expect(Self.jobs(try await receiver.posts(1)) == [Int64(job)])
      }
    }

    @Test func `two processes do not go on from one cursor`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        _ = try await Self.hook(installation, ["--", "true"])
        let second = try await installation.start(Built.genbroker, ["hook", "--", "true"]).end()
        #expect(second.outcome == .exited(code: 4) && second.errors.contains("is at work already"), "\(second)")
      }
    }

    @Test func `a broker starts the hooks of a file, starts them again, and they end with it`() async throws {
      try await Installation.with { installation in
        let receiver = try await Receiver.start(installation)
        let file = installation.directory + "/hooks.yaml"
        try Data("hooks:\n  web: {on: ended, post: '\(receiver.url)'}\n".utf8).write(to: URL(fileURLWithPath: file))
        let broker = try await installation.broker(["--hooks", file])
        try await broker.line(containing: "[hooks] genbroker hook: ready: web from event")
        let first = try await Self.cancelledJob(installation)
        _ = try await receiver.posts(1)
        let lock = installation.store + ".hooks/web.lock"
        let pid = try #require(Int32(try String(contentsOfFile: lock, encoding: .utf8).dropLast()))
        kill(pid, SIGKILL)
        try await broker.line(containing: "the process of the hooks is gone: it was killed by signal 9")
        let second = try await Self.cancelledJob(installation)
        // It may have been killed before its cursor was written: then the first call comes again, under its key.
        let told = try await eventually("both are told") {
          let posts = try receiver.posts()
          var seen: Set<String> = []
          let told = Self.jobs(posts.filter { seen.insert($0.key).inserted })
          return told.count == 2 ? told : nil
        }
        #expect(told == [first, second].map(Int64.init))
        let next = try #require(Int32(try String(contentsOfFile: lock, encoding: .utf8).dropLast()))
        broker.signal(SIGTERM)
        #expect(try await broker.end().outcome == .exited(code: 0), "\(broker.now.errors)")
        #expect(next != pid && kill(next, 0) != 0)
      }
    }

    @Test func `hooks keep their state beside the store of their broker, and leave that of another one alone`()
      async throws
    {
      try await Installation.with { installation in
        try await Installation.with { other in
          _ = try await installation.broker()
          _ = try await other.broker()
          let receiver = try await Receiver.start(installation, ["400", "400", "400"])
          let post = ["--post", receiver.url, "--on", "cancelled"]
          let hook = try await Self.hook(installation, post)
          let there = try await Self.hook(installation, post + ["--socket", other.socket])
          let job = try await Self.cancelledJob(other)
          let line = try await there.line(containing: "job \(job): given up: HTTP 400")
          #expect(FileManager.default.fileExists(atPath: other.store + ".hooks/hook.undelivered"), "\(line)")
          for program in [hook, there] {
            program.signal(SIGTERM)
            try await program.end()
          }
          let here = try await installation.genbroker("hook", "--undelivered", "--post", receiver.url)
          #expect(here.output.isEmpty && here.outcome == .exited(code: 0), "\(here)")
          let listed = try await installation.start(
            Built.genbroker, ["hook", "--undelivered", "--socket", other.socket] + post
          ).end()
          #expect(listed.output.hasPrefix("hook: job \(job) cancelled"), "\(listed)")

          // Whoever points at the wrong state loses nothing of it.
          let again = try await installation.start(
            Built.genbroker, ["hook", "--again", "--state", other.store + ".hooks"] + post
          ).end()
          #expect(again.outcome == .exited(code: 1) && again.errors.contains("job \(job): kept"), "\(again)")
          #expect(try receiver.posts().count == 1)
          let named = try await installation.start(
            Built.genbroker, ["hook", "--undelivered", "--socket", other.socket] + post
          ).end()
          #expect(named.output == listed.output)
        }
      }
    }

    @Test func `what the hooks of a broker have given up is listed and sent again by name alone`() async throws {
      try await Installation.with { installation in
        let receiver = try await Receiver.start(installation, ["400"])
        let file = installation.directory + "/hooks.yaml"
        try Data("hooks:\n  web: {on: ended, post: '\(receiver.url)'}\n".utf8).write(to: URL(fileURLWithPath: file))
        let broker = try await installation.broker(["--hooks", "hooks.yaml"])
        try await broker.line(containing: "[hooks] genbroker hook: ready: web from event")
        let job = try await Self.cancelledJob(installation)
        try await broker.line(containing: "job \(job): given up")
        #expect(try await installation.genbroker("hook", "--undelivered").output.hasPrefix("web: job \(job) cancelled"))
        let again = try await installation.genbroker("hook", "--again", "--name", "web")
        #expect(again.outcome == .exited(code: 0), "\(again)")
        #expect(Self.jobs(try await receiver.posts(2)) == [Int64(job), Int64(job)])
        let nothing = try await installation.genbroker("hook", "--again", "--name", "other")
        #expect(nothing.outcome == .exited(code: 2) && nothing.errors.contains("the hook 'other' did"), "\(nothing)")
      }
    }

    @Test func `without the broker that was named it is not known where its hooks have their state`() async throws {
      try await Installation.with { installation in
        let arguments = ["hook", "--undelivered", "--post", "http://127.0.0.1:1/"]
        #expect(try await installation.start(Built.genbroker, arguments).end().outcome == .exited(code: 0))
        let command = ["-u", "GENBROKER_STORE", Built.genbroker] + arguments
        let unknown = try await installation.start("/usr/bin/env", command).end()
        #expect(unknown.outcome == .exited(code: 3) && unknown.errors.contains("--state"), "\(unknown)")
      }
    }

    @Test func `a file of hooks with something wrong in it is told by line and column, and starts nothing`()
      async throws
    {
      try await Installation.with { installation in
        let file = installation.directory + "/hooks.yaml"
        try Data("hooks:\n  web:\n    pots: http://127.0.0.1/\n".utf8).write(to: URL(fileURLWithPath: file))
        let ran = try await installation.start(Built.genbroker, ["serve", "--hooks", file]).end()
        #expect(ran.outcome == .exited(code: 2) && ran.errors.contains("hooks.yaml:3:5: "), "\(ran)")
        #expect(
          ran.errors.contains("did you mean 'post'?") && !FileManager.default.fileExists(atPath: installation.store))
      }
    }
  }
}
