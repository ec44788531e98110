import Broker
import Digest
import JSON
import TestSupport
import Testing
import Varlink
import Wire

/// Numbers at the ends of their range, wherever a caller may write one: each is answered, and the broker goes on.
@Suite(.serialized) struct NumberTests {
  private static let numbers = [Int64.max, Int64.max - 1, Int64.min, Int64.min + 1, -1, 0]

  /// Calls of users, `%` being the number.
  private static let calls = [
    ("Jobs.PutInput", #"{"sha256":"\#(zeros)","size":%,"offset":0,"data":""}"#),
    ("Jobs.PutInput", #"{"sha256":"\#(zeros)","size":10,"offset":%,"data":""}"#),
    ("Jobs.Submit", #"{"kind":"n","priority":%}"#), ("Jobs.Submit", #"{"kind":"n","max_attempts":%}"#),
    ("Jobs.Submit", #"{"kind":"n","max_crashes":%}"#), ("Jobs.Submit", #"{"kind":"n","timeout_ms":%}"#),
    ("Jobs.Submit", #"{"kind":"n","tasks":[{"key":"a","timeout_ms":%}]}"#),
    ("Jobs.Submit", #"{"kind":"n","tasks":[{"key":"a","max_attempts":%,"max_crashes":%}]}"#),
    ("Jobs.AddTasks", #"{"job":%,"tasks":[]}"#), ("Jobs.Seal", #"{"job":%}"#),
    ("Jobs.List", #"{"before":%}"#), ("Jobs.List", #"{"limit":%}"#), ("Jobs.Show", #"{"job":%}"#),
    ("Jobs.Tasks", #"{"job":%}"#), ("Jobs.Tasks", #"{"job":1,"limit":%}"#), ("Jobs.Cancel", #"{"job":%}"#),
    ("Jobs.Pause", #"{"job":%}"#), ("Jobs.Resume", #"{"job":%}"#), ("Jobs.Retry", #"{"job":%}"#),
    ("Jobs.Explain", #"{"job":%}"#), ("Jobs.Logs", #"{"job":%}"#), ("Jobs.Logs", #"{"job":1,"after":%}"#),
    ("Jobs.Logs", #"{"job":1,"limit":%}"#), ("Jobs.Errors", #"{"job":%}"#), ("Jobs.Errors", #"{"limit":%}"#),
    ("Files.List", #"{"job":%}"#), ("Files.List", #"{"job":1,"after":"a","after_version":%}"#),
    ("Files.List", #"{"job":1,"limit":%}"#), ("Worker.Hello", #"{"kind":"n","name":"n","pid":%,"slots":1}"#),
    ("Worker.Hello", #"{"kind":"n","name":"n","pid":1,"slots":%}"#),
    ("Worker.Hello", #"{"kind":"n","name":"n","pid":1,"slots":1,"resume":"x","leases":[%]}"#),
  ]

  /// Calls with a stream of replies.
  private static let streams = [
    ("Jobs.Watch", #"{"job":%,"no_follow":true}"#), ("Jobs.Watch", #"{"since":"%","no_follow":true}"#),
    ("Files.Read", #"{"job":%,"path":"a"}"#), ("Files.Read", #"{"job":1,"path":"a","version":%}"#),
    ("Admin.Prune", #"{"jobs":[%],"dry_run":true}"#), ("Admin.Prune", #"{"older_than_ms":%,"dry_run":true}"#),
    ("Admin.Prune", #"{"archived_older_than_ms":%,"dry_run":true}"#), ("Admin.Prune", #"{"keep":%,"dry_run":true}"#),
    ("Admin.Prune", #"{"max_bytes":%,"dry_run":true}"#),
  ]

  /// Calls of a worker, with what follows the session and the lease.
  private static let ofWorkers = [
    ("PutChunk", #""sha256":"\#(zeros)","size":%,"offset":0,"data":"""#),
    ("PutChunk", #""sha256":"\#(zeros)","size":10,"offset":%,"data":"""#),
    ("ReadInput", #""name":"in","offset":%,"length":10"#), ("ReadInput", #""name":"large","offset":%,"length":10"#),
    ("ReadInput", #""name":"in","offset":0,"length":%"#), ("Progress", #""done":%,"total":%"#),
    ("Complete", #""results":%,"digest":"\#(zeros)""#),
  ]

  private static let zeros = filler(64, "0")

  @Test func `no number that a user sends ends the broker`() async throws {
    try await withBroker { broker in
      _ = try broker.client().submit(#"{"kind":"n"}"#)
      for (method, parameters) in Self.calls + Self.streams {
        for number in Self.numbers {
          let client = try broker.client()
          let isStream = Self.streams.contains { $0 == (method, parameters) }
          try client.send(method, parameters.replacing("%", with: "\(number)"), isStream ? "more" : nil)
          var reply = try client.reply()
          while reply.continues { reply = try client.reply() }
          client.close()
        }
      }
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) == [])
    }
  }

  @Test func `no number that a worker sends ends the broker`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let inputs = try [("in", 10), ("large", 200_000)].map { name, bytes in
        let content = [UInt8](repeating: 0x61, count: bytes)
        let sha256 = SHA256Digest(of: content).hex
        let data = Base64.string(content)
        try client.get("Jobs.PutInput", #"{"sha256":"\#(sha256)","size":\#(bytes),"offset":0,"data":"\#(data)"}"#)
        return #"{"name":"\#(name)","sha256":"\#(sha256)"}"#
      }
      _ = try client.submit(#"{"kind":"n","inputs":[\#(inputs.joined(separator: ","))]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "n")
      let lease = try worker.lease()
      for (method, rest) in Self.ofWorkers {
        for number in Self.numbers { _ = try worker.call(method, lease.id, rest.replacing("%", with: "\(number)")) }
      }
      for number in Self.numbers {
        _ = try worker.data.call("Worker.Slots", #"{"session":"\#(worker.session)","slots":\#(number)}"#)
        _ = try worker.call("Log", number, #""lines":["x"]"#)
      }
      let last = #""class":"x","message":"y","retryable":true,"retry_after_ms":\#(Int64.max)"#
      try worker.expectOK(worker.call("Fail", lease.id, last))
      #expect(try client.get("Admin.Check").at("findings").elements?.map(\.text) == [])
    }
  }

  @Test func `behind the end of an input there is nothing`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let sha256 = SHA256Digest(of: Array("abc".utf8)).hex
      try client.get("Jobs.PutInput", #"{"sha256":"\#(sha256)","size":3,"offset":0,"data":"YWJj"}"#)
      _ = try client.submit(#"{"kind":"n","inputs":[{"name":"in","sha256":"\#(sha256)"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "n")
      let lease = try worker.lease()
      for (offset, data) in [(2, "Yw=="), (3, ""), (Int.max, "")] {
        let answer = try worker.call("ReadInput", lease.id, #""name":"in","offset":\#(offset),"length":10"#).parameters
        #expect(answer.at("data").string == data && answer.at("eof").bool == true, "at \(offset)")
      }
    }
  }
}
