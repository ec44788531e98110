import Broker
import JSON
import TestSupport
import Testing
import Varlink
import Wire

/// Workers that break the rules under a lease.
@Suite(.serialized) struct LyingWorkerTests {
  /// What is said under a lease of its own, and the error that answers it.
  static let refusedWrites: [(name: String, method: String, rest: String, error: String)] = [
    ("a path outside", "PutResult", ScriptedWorker.result("../../etc/passwd", "x"), "Worker.Refused"),
    ("an absolute path", "PutResult", ScriptedWorker.result("/etc/passwd", "x"), "Worker.Refused"),
    ("a path with a NUL", "PutResult", ScriptedWorker.result(#"a\u0000b"#, "x"), "Worker.Refused"),
    ("a path with a control character", "PutResult", ScriptedWorker.result(#"a\u001b[31m"#, "x"), "Worker.Refused"),
    ("a path with a backslash", "PutResult", ScriptedWorker.result(#"a\\b"#, "x"), "Worker.Refused"),
    ("a path of 2,000 bytes", "PutResult", ScriptedWorker.result(filler(2000), "x"), "Worker.Refused"),
    ("an empty path", "PutResult", ScriptedWorker.result("", "x"), "Worker.Refused"),
    ("a media type that is none", "PutResult", #""path":"a","media_type":"a/b\nc: d","data":"""#, "Worker.Refused"),
    ("base64 that is none", "PutResult", #""path":"a","media_type":"t/t","data":"***""#, "Worker.Refused"),
    ("neither data nor hash", "PutResult", #""path":"a","media_type":"t/t""#, "Worker.Refused"),
    (
      "a hash that is not that of the bytes", "PutResult",
      ScriptedWorker.result("a", "x") + #","sha256":"\#(hash("y"))""#, "Worker.Conflict"
    ),
    (
      "bytes that were not uploaded", "PutResult", #""path":"a","media_type":"t/t","sha256":"\#(hash("never"))""#,
      "Worker.Refused"
    ),
    (
      "metadata nested 49 deep", "PutResult", ScriptedWorker.result("a", "x") + #","meta":\#(nested(49))"#,
      "Worker.Refused"
    ),
    (
      "metadata above 256 KiB", "PutResult",
      ScriptedWorker.result("a", "x") + #","meta":{"a":"\#(filler(256 << 10))"}"#, "Worker.Refused"
    ),
    (
      "a media type of 2,000 bytes", "PutResult", #""path":"a","media_type":"\#(filler(2000))","data":"""#,
      "Worker.Refused"
    ),
    ("Complete with too many results", "Complete", #""results":7,"digest":"\#(hash(""))""#, "Worker.Conflict"),
    ("Complete with a wrong digest", "Complete", #""results":0,"digest":"\#(hash("lie"))""#, "Worker.Conflict"),
    ("Complete with no digest at all", "Complete", #""results":0,"digest":"""#, "Worker.Refused"),
    ("a declared output that is missing", "Complete", ScriptedWorker.completion([]), "Worker.Conflict"),
    ("a spawned key with other content", "SpawnTasks", #""tasks":[{"key":"t","op":"other"}]"#, "Worker.Conflict"),
    (
      "a spawned circle", "SpawnTasks", #""tasks":[{"key":"p","needs":["q"]},{"key":"q","needs":["p"]}]"#,
      "Worker.Conflict"
    ),
    ("a spawned kind that is a path", "SpawnTasks", #""tasks":[{"key":"s","kind":"../x"}]"#, "Worker.Refused"),
    ("a spawned kind of the broker's own", "SpawnTasks", #""tasks":[{"key":"s","kind":"recipe"}]"#, "Worker.Refused"),
    ("5,001 spawned tasks", "SpawnTasks", #""tasks":\#(list(5001) { "{\"key\":\"k\($0)\"}" })"#, "Worker.Refused"),
  ]

  @Test func `each refused write taints its lease: it cannot complete, only fail or give back`() async throws {
    try await withBroker { broker in
      let bystander = try Bystander(broker.place.socket)
      for (index, bad) in Self.refusedWrites.enumerated() {
        let job = try broker.client().submit(#"{"kind":"lie","tasks":[{"key":"t","outputs":["out"]}]}"#)
        let worker = try ScriptedWorker(broker.place.socket, kind: "lie")
        let lease = try worker.lease()
        let answer = try worker.call(bad.method, lease.id, bad.rest)
        print("  \(bad.name): \(answer.text.prefix(120))")
        #expect(answer.name == bad.error, "\(bad.name)")
        // Even when everything is right now.
        _ = try worker.put(lease.id, "out", "x")
        let completion = try worker.complete(lease.id, [("out", "x")])
        #expect(completion.name == "Worker.Conflict", "after \(bad.name)")
        let end = index.isMultiple(of: 2) ? "Release" : "Fail"
        try worker.expectOK(
          worker.call(end, lease.id, end == "Fail" ? #""class":"x","message":"y","retryable":true"# : ""))
        #expect(try broker.client().get("Files.List", #"{"job":\#(job)}"#).at("files").elements?.count == 0)
        try broker.client().get("Jobs.Cancel", #"{"job":\#(job)}"#)
        worker.die()
      }
      #expect(try bystander.end().failures == [])
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) == [])
    }
  }

  @Test func `reads that are wrong are refused and taint nothing`() async throws {
    try await withBroker { broker in
      _ = try broker.client().submit(#"{"kind":"lie"}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "lie")
      let lease = try worker.lease()
      let reads: [(String, String)] = [
        (#""name":"none","offset":0,"length":10"#, "Worker.NoSuchInput"),
        (#""name":"../../etc/passwd","offset":0,"length":10"#, "Worker.NoSuchInput"),
        (#""name":"none","offset":0,"length":0"#, "Worker.Refused"),
        (#""name":"none","offset":0,"length":262145"#, "Worker.Refused"),
        (#""name":"none","offset":-1,"length":10"#, "Worker.Refused"),
      ]
      for (rest, error) in reads { #expect(try worker.call("ReadInput", lease.id, rest).name == error, "\(rest)") }
      #expect(try worker.call("Log", lease.id, #""lines":\#(list(501) { "\"\($0)\"" })"#).name == "Worker.Refused")
      try worker.finish(lease)
    }
  }

  @Test func `nobody gets anything under somebody else's lease or session`() async throws {
    try await withBroker { broker in
      let path = broker.place.socket
      for _ in 0..<2 { _ = try broker.client().submit(#"{"kind":"lie"}"#) }
      let one = try ScriptedWorker(path, kind: "lie")
      let other = try ScriptedWorker(path, kind: "lie")
      let lease = try one.lease()
      let second = try other.lease()
      let writes: [(String, String)] = [
        ("PutResult", ScriptedWorker.result("a", "x")), ("SpawnTasks", #""tasks":[{"key":"s"}]"#),
        ("Complete", ScriptedWorker.completion([])), ("Fail", #""class":"x","message":"y","retryable":false"#),
        ("Release", ""), ("DoneItems", #""after":"""#), ("Inputs", ""),
        ("ReadInput", #""name":"a","offset":0,"length":1"#), ("Log", #""lines":["x"]"#),
      ]
      for (method, rest) in writes {
        #expect(try other.call(method, lease.id, rest).name == "Worker.StaleLease", "\(method) under another's lease")
        let stolen = other.parameters(lease.id, rest).replacing(other.session, with: one.session)
        #expect(try other.data.call("Worker." + method, stolen).name == "Worker.NoSuchSession", "\(method)")
        #expect(try other.call(method, 99, rest).name == "Worker.StaleLease", "\(method) under no lease")
      }
      // A second Attend for a session that is attended, also on a data connection.
      #expect(
        try broker.client().call("Worker.Attend", #"{"session":"\#(one.session)"}"#, "more").name
          == "Worker.NoSuchSession")
      #expect(
        try other.data.call("Worker.Attend", #"{"session":"\#(one.session)"}"#, "more").name == "Worker.NoSuchSession")
      #expect(
        try other.data.call("Worker.Hello", #"{"kind":"x","name":"x","pid":1,"slots":1}"#).name == "Worker.Conflict")
      // Both leases are as good as before.
      try one.finish(lease)
      try other.finish(second)
    }
  }

  @Test func `after its end a lease gets the recorded outcome, and its results come too late`() async throws {
    try await withBroker { broker in
      let job = try broker.client().submit(#"{"kind":"lie"}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "lie")
      let lease = try worker.lease()
      try worker.finish(lease)
      let file = ("out/\(lease.job)/\(lease.key)", lease.key)
      #expect(try worker.complete(lease.id, [file]).name == "ok")
      #expect(try worker.put(lease.id, "late", "x").name == "Worker.StaleLease")
      #expect(try worker.call("Release", lease.id).name == "Worker.StaleLease")
      let all =
        try broker.client().get("Files.List", #"{"job":\#(job),"all_versions":true}"#).at("files").elements ?? []
      #expect(all.map { $0.at("late").bool } == [true, false])
      #expect(all.map { $0.at("head").bool } == [false, true])
    }
  }

  @Test func `a lease that is over says so first, whatever else is wrong with the call`() async throws {
    try await withBroker { broker in
      _ = try broker.client().submit(#"{"kind":"lie"}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "lie")
      let lease = try worker.lease()
      try worker.finish(lease)
      let writes: [(String, String)] = [
        ("PutResult", ScriptedWorker.result("../../etc/passwd", "x")), ("PutResult", #""path":"a","media_type":"b/b""#),
        ("SpawnTasks", #""tasks":[{"key":""}]"#), ("Complete", #""results":1,"digest":"abc""#),
      ]
      for (method, rest) in writes {
        #expect(try worker.call(method, lease.id, rest).name == "Worker.StaleLease", "\(method) \(rest)")
      }
    }
  }

  @Test func `a worker may lie about numbers`() async throws {
    try await withBroker { broker in
      _ = try broker.client().submit(#"{"kind":"lie"}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "lie")
      let lease = try worker.lease()
      let largest = Int64.max
      try worker.expectOK(
        worker.call("Progress", lease.id, #""done":\#(largest),"total":-\#(largest),"note":"\#(filler(9000))""#))
      try worker.expectOK(worker.call("Progress", 12345, #""done":1"#))
      #expect(
        try worker.call("PutChunk", lease.id, #""sha256":"x","size":1,"offset":0,"data":"""#).name == "Worker.Refused")
      let failed = try worker.call(
        "Fail", lease.id, #""class":"","message":"","retryable":true,"retry_after_ms":-\#(largest)"#)
      #expect(failed.parameters.at("state").string == "ready")
      let again = try worker.lease()
      let later = try worker.call(
        "Fail", again.id,
        #""class":"\#(filler(9000))","message":"\#(filler(90_000))","retryable":true,"retry_after_ms":\#(largest)"#)
      #expect(later.parameters.at("state").string == "ready")
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) == [])
    }
  }

  @Test func `5,000 log lines are kept in their order, and a log without end is cut with a word about it`() async throws
  {
    try await withBroker { broker in
      let job = try broker.client().submit(#"{"kind":"lie"}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "lie")
      let lease = try worker.lease()
      for batch in 0..<10 {
        try worker.expectOK(worker.call("Log", lease.id, #""lines":\#(list(500) { "\"line \(batch * 500 + $0)\"" })"#))
      }
      try worker.expectOK(worker.call("Log", lease.id, #""lines":["\#(filler(100_000))"]"#))
      for _ in 0..<6 {
        try worker.expectOK(worker.call("Log", lease.id, #""lines":\#(list(40) { "\"\($0)\(filler(8000))\"" })"#))
      }
      let lines = try logs(of: job, broker)
      #expect(lines.prefix(5000).enumerated().allSatisfy { $1 == "line \($0)" })
      #expect(lines[5000].hasSuffix(" … (cut)") && lines[5000].utf8.count < 9000)
      #expect(lines.last?.contains("the log of this attempt is full") == true)
      #expect(lines.reduce(0) { $0 + $1.utf8.count } < 1_100_000)
      try worker.finish(lease)
    }
  }

  @Test func `a lease that is over explains itself within the bound of its log`() async throws {
    try await withBroker { broker in
      let job = try broker.client().submit(#"{"kind":"lie"}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "lie")
      let lease = try worker.lease()
      try worker.expectOK(worker.call("Log", lease.id, #""lines":["during"]"#))
      try worker.finish(lease)
      try worker.expectOK(worker.call("Log", lease.id, #""lines":["after"]"#))
      for _ in 0..<6 {
        try worker.expectOK(worker.call("Log", lease.id, #""lines":\#(list(40) { "\"\($0)\(filler(8000))\"" })"#))
      }
      let lines = try logs(of: job, broker)
      #expect(lines.prefix(2) == ["during", "after"])
      #expect(lines.last?.contains("the log of this attempt is full") == true)
      #expect(lines.reduce(0) { $0 + $1.utf8.count } < 1_100_000)
    }
  }

  private func logs(of job: Int64, _ broker: RunningBroker) throws -> [String] {
    let client = try broker.client()
    var lines: [String] = []
    var after: Int64 = 0
    while true {
      let page = try client.get("Jobs.Logs", #"{"job":\#(job),"after":\#(after),"limit":500}"#)
      let items = page.at("lines").elements ?? []
      lines += items.map { $0.at("text").string ?? "" }
      after = items.last?.at("number").int ?? after
      if page.at("more").bool != true { return lines }
    }
  }
}
