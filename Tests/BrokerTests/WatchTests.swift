import Broker
import EventLoop
import JSON
import TestSupport
import Testing
import Varlink

/// Watchers see every event once.
@Suite(.serialized) struct WatchTests {
  @Test func `every event comes once and in order, however often the watcher is cut off`() async throws {
    let seed = UInt64.random(in: 0..<UInt64.max)
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    try await withBroker { broker in
      let bystander = try Bystander(broker.place.socket)
      var cursor = "0"
      var numbers: [Int64] = []
      for _ in 0..<100 {
        let watcher = try broker.client()
        try watcher.send("Jobs.Watch", #"{"since":"\#(cursor)"}"#, "more")
        // Some leave before the first reply, some after several.
        for _ in 0..<random.next() % 4 {
          let reply = try watcher.reply()
          numbers += (reply.parameters.at("events").elements ?? []).compactMap { $0.at("number").int }
          cursor = reply.parameters.at("cursor").string ?? ""
        }
        watcher.close()
      }
      #expect(try bystander.end().failures == [])
      let rest = try broker.client()
      try rest.send("Jobs.Watch", #"{"since":"\#(cursor)","no_follow":true}"#, "more")
      var more = true
      while more {
        let reply = try rest.reply()
        numbers += (reply.parameters.at("events").elements ?? []).compactMap { $0.at("number").int }
        more = reply.continues
      }
      let status = try broker.client().get("Admin.Status")
      #expect(numbers == Array(1...(status.at("events").int ?? 0)))
      #expect(numbers.count > 10)
    }
  }

  @Test func `until_end ends with the job, also when the job has ended before`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"w"}"#)
      let watcher = try broker.client()
      try watcher.send("Jobs.Watch", #"{"job":\#(job),"since":"0","until_end":true}"#, "more")
      #expect(try watcher.reply().continues)
      let worker = try ScriptedWorker(broker.place.socket, kind: "w")
      try worker.finish(worker.lease())
      var last = try watcher.reply()
      while last.continues { last = try watcher.reply() }
      let types = (last.parameters.at("events").elements ?? []).map { $0.at("type").string }
      #expect(types.contains("job.state"))
      // The connection is free for other calls again.
      try watcher.get("Jobs.List")
      let late = try client.call("Jobs.Watch", #"{"job":\#(job),"until_end":true}"#, "more")
      #expect(!late.continues && late.parameters.at("events").elements?.count == 0)
    }
  }

  @Test func `who asks to follow and sends nothing more is answered, and so is what came behind`() async throws {
    try await withBroker { broker in
      _ = try broker.client().submit(#"{"kind":"w"}"#)
      let watch = VarlinkClient.encoded("Jobs.Watch", #"{"since":"0"}"#, "more")
      let behind = VarlinkClient.encoded("org.varlink.service.GetInfo") + VarlinkClient.encoded("Jobs.List")
      // The end is seen before the first look of the stream or after it, as it comes.
      for round in 0..<100 {
        let client = try broker.client()
        try client.socket.send(watch + (round % 2 == 0 ? behind : ""))
        client.socket.finishSending()
        var last: [Reply] = []
        while let reply = try client.replyOrEnd() {
          if !reply.continues { last.append(reply) }
        }
        #expect(last.map(\.name) == (round % 2 == 0 ? ["ok", "ok", "ok"] : ["ok"]))
        #expect(last.first?.parameters.at("cursor").string != nil)
      }
    }
  }

  @Test func `progress is passed on to those who ask for it, and is not stored`() async throws {
    try await withBroker { broker in
      let job = try broker.client().submit(#"{"kind":"w"}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "w")
      let lease = try worker.lease()
      let curious = try broker.client()
      let plain = try broker.client()
      try curious.send("Jobs.Watch", #"{"job":\#(job),"progress":true}"#, "more")
      try plain.send("Jobs.Watch", #"{"job":\#(job)}"#, "more")
      #expect(try curious.reply().parameters.at("caught_up").bool == true)
      #expect(try plain.reply().parameters.at("caught_up").bool == true)
      try worker.expectOK(worker.call("Progress", lease.id, #""done":3,"total":9,"note":"half""#))
      let report = try curious.reply().parameters.at("progress").elements?.first
      #expect(report?.at("task").string == lease.key && report?.at("done").int == 3 && report?.at("total").int == 9)
      try worker.finish(lease)
      #expect((try plain.reply().parameters.at("progress").elements ?? []).isEmpty)
      let past = try broker.client().get("Jobs.Watch", #"{"since":"0","no_follow":true}"#, "more")
      #expect(past.at("progress").elements?.count == 0)
    }
  }

  @Test func `a Watch of one job shows nothing of the others`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let one = try client.submit(#"{"kind":"w"}"#)
      let watcher = try broker.client()
      try watcher.send("Jobs.Watch", #"{"job":\#(one),"since":"0"}"#, "more")
      #expect(try watcher.reply().parameters.at("events").elements?.allSatisfy { $0.at("job").int == one } == true)
      let other = try client.submit(#"{"kind":"w"}"#)
      try client.get("Jobs.Cancel", #"{"job":\#(other)}"#)
      try client.get("Jobs.Cancel", #"{"job":\#(one)}"#)
      #expect(try watcher.reply().parameters.at("events").elements?.allSatisfy { $0.at("job").int == one } == true)
    }
  }

  @Test func `an idle broker does not wake up, whoever is connected`() async throws {
    try await withBroker { broker in
      let watcher = try broker.client()
      try watcher.send("Jobs.Watch", "{}", "more")
      _ = try watcher.reply()
      let worker = try ScriptedWorker(broker.place.socket, kind: "w")
      try worker.heartbeat()
      try waitUntil("the loop has come to rest") { isAtRest(broker.loop, forMs: 100) }
      let turns = broker.loop.turns
      #expect(isAtRest(broker.loop, forMs: 1_000))
      #expect(broker.loop.turns == turns)
      // With a lease out it may look after the worker, but not often.
      _ = try broker.client().submit(#"{"kind":"w"}"#)
      _ = try worker.lease()
      try waitUntil("the loop has come to rest") { isAtRest(broker.loop, forMs: 100) }
      #expect(isAtRest(broker.loop, forMs: 1_000))
    }
  }

  /// Whether the loop makes no turn in so many milliseconds.
  private func isAtRest(_ loop: EventLoop, forMs time: Int64) -> Bool {
    let turns = loop.turns
    let end = nowMicroseconds() + time * 1000
    while nowMicroseconds() < end, loop.turns == turns { waitAMoment() }
    return loop.turns == turns
  }
}
