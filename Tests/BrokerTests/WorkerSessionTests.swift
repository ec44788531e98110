import Broker
import EventLoop
import JSON
import JobModel
import TestSupport
import Testing
import Varlink
import Wire

/// Leases as a worker sees them.
@Suite(.serialized) struct WorkerSessionTests {
  @Test func `leases come by priority, then round-robin over jobs, then in the order of submission`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let low = try client.submit(#"{"kind":"o","priority":-1,"tasks":[{"key":"l"}]}"#)
      let one = try client.submit(#"{"kind":"o","tasks":[{"key":"1"},{"key":"2"},{"key":"3"}]}"#)
      let other = try client.submit(#"{"kind":"o","tasks":[{"key":"1"},{"key":"2"}]}"#)
      let high = try client.submit(#"{"kind":"o","priority":5,"tasks":[{"key":"h"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "o")
      var order: [String] = []
      var last: Int64 = 0
      for _ in 0..<7 {
        let lease = try worker.lease()
        #expect(lease.id > last)
        last = lease.id
        order.append("\(lease.job)/\(lease.key)")
        try worker.finish(lease)
      }
      #expect(order == ["\(high)/h", "\(one)/1", "\(other)/1", "\(one)/2", "\(other)/2", "\(one)/3", "\(low)/l"])
    }
  }

  @Test func `a worker gets as many leases as it has slots, and none of another kind`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      _ = try client.submit(#"{"kind":"o","tasks":\#(list(5) { "{\"key\":\"\($0)\"}" })}"#)
      let stranger = try ScriptedWorker(broker.place.socket, kind: "p")
      let worker = try ScriptedWorker(broker.place.socket, kind: "o", slots: 2)
      let leases = [try worker.lease(), try worker.lease()]
      #expect(try !worker.hasOrder())
      try worker.slots(3)
      let third = try worker.lease()
      try worker.slots(0)
      for lease in leases + [third] { try worker.finish(lease) }
      #expect(try !worker.hasOrder())
      #expect(try !stranger.hasOrder())
    }
  }

  @Test func `what a dying worker has sent is committed before its task goes to the next one, which gets it as done`()
    async throws
  {
    try await withBroker { broker in
      let path = broker.place.socket
      _ = try broker.client().submit(#"{"kind":"o","tasks":[{"key":"t"}]}"#)
      let dying = try ScriptedWorker(path, kind: "o")
      let next = try ScriptedWorker(path, kind: "o")
      let lease = try dying.lease()
      // None of these is waited for, and the control connection ends before they can be read.
      let writes = (0..<50).map {
        VarlinkClient.encoded("Worker.PutResult", dying.parameters(lease.id, ScriptedWorker.result("f\($0)", "\($0)")))
      }
      try dying.data.socket.send(writes.joined())
      dying.control.close()
      let again = try next.lease()
      #expect(again.key == lease.key && again.id > lease.id)
      #expect(Set(again.done) == Set((0..<50).map { "f\($0)" }))
      #expect(try next.complete(again.id, (0..<50).map { ("f\($0)", "\($0)") }).name == "ok")
    }
  }

  @Test(arguments: ["both", "data", "control"])
  func `the end of a connection gives the lease to another worker at once`(_ which: String) async throws {
    try await withBroker { broker in
      let path = broker.place.socket
      var times: [Int64] = []
      _ = try broker.client().submit(#"{"kind":"o","max_crashes":1000,"tasks":[{"key":"t"}]}"#)
      var holder = try ScriptedWorker(path, kind: "o")
      var lease = try holder.lease()
      for _ in 0..<(which == "both" ? 200 : 20) {
        let idle = try ScriptedWorker(path, kind: "o")
        try idle.heartbeat()
        let start = nowMicroseconds()
        if which != "control" { holder.data.close() }
        if which != "data" { holder.control.close() }
        let next = try idle.lease()
        times.append(nowMicroseconds() - start)
        #expect(next.id > lease.id)
        (holder, lease) = (idle, next)
      }
      print(
        "re-lease after the end of \(which): \(times.count) rounds, p50 \(percentile(50, of: times)) µs, "
          + "p99 \(percentile(99, of: times)) µs")
      try holder.finish(lease)
    }
  }

  @Test func `a worker that is silent while it holds a lease loses it, and hears so`() async throws {
    try await withBroker(quick) { broker in
      _ = try broker.client().submit(#"{"kind":"o"}"#)
      let hung = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try hung.lease()
      let next = try ScriptedWorker(broker.place.socket, kind: "o")
      let again = try next.lease()
      #expect(again.id > lease.id)
      #expect(try hung.order().at("cancel").int == lease.id)
      #expect(try hung.put(lease.id, "a", "x").name == "Worker.StaleLease")
      let error = try broker.client().get("Jobs.Errors").at("errors").elements?.first
      #expect(error?.at("class").string == "lease_expired" && error?.at("crash").bool == true)
      try next.finish(again)
    }
  }

  @Test func `a silent worker that reads nothing is given no other task until it is heard again`() async throws {
    try await withBroker(quick) { broker in
      let client = try broker.client()
      _ = try client.submit(#"{"kind":"o"}"#)
      let hung = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try hung.lease()
      try waitUntil("the lease is over") { try client.get("Jobs.Errors").at("errors").elements?.count == 1 }
      let end = nowMicroseconds() + quick.silenceMaxMs * 3000
      try waitUntil("three times the longest silence") { nowMicroseconds() > end }
      #expect(try client.get("Jobs.Errors").at("errors").elements?.count == 1)
      #expect(try client.get("Jobs.Show").at("job", "counts", "ready").int == 1)
      let reasons = try client.get("Jobs.Explain", #"{"job":1}"#).at("reasons")
      #expect(reasons.text.contains("have not been heard"), "\(reasons.text)")
      _ = try hung.heartbeat()
      #expect(try hung.order().at("cancel").int == lease.id)
      try hung.finish(hung.lease())
    }
  }

  @Test func `a silent worker that has read the end of its lease gets tasks again, though it says nothing`()
    async throws
  {
    try await withBroker(quick) { broker in
      _ = try broker.client().submit(#"{"kind":"o"}"#)
      let silent = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try silent.lease()
      #expect(try silent.order().at("cancel").int == lease.id)
      let again = try silent.lease()
      #expect(again.id > lease.id)
      try silent.finish(again)
    }
  }

  @Test func `nobody loses a lease because the broker stood still`() async throws {
    try await withBroker(quick) { broker in
      let client = try broker.client()
      _ = try client.submit(#"{"kind":"o"}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try worker.lease()
      let standsStill = max(quick.silenceMaxMs, EventLoop.pauseThresholdMs) * 2
      broker.loop.post {
        // Nothing of the broker runs meanwhile, as in a suspended machine.
        let end = nowMicroseconds() + standsStill * 1000
        while nowMicroseconds() < end { waitAMoment() }
      }
      // Answered after the pause.
      _ = try client.get("Jobs.Show")
      _ = try worker.heartbeat()
      try worker.finish(lease)
      #expect(try client.get("Jobs.Errors").at("errors").elements?.isEmpty == true)
    }
  }

  @Test func `a result and the end of its task keep their order, whatever the result's size`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let limit = ModelLimits.blobInDatabaseBytesMax
      for size in [limit - 1, limit, limit + 1, limit + 2, limit + 3] {
        let job = try client.submit(#"{"kind":"o"}"#)
        let worker = try ScriptedWorker(broker.place.socket, kind: "o")
        let lease = try worker.lease()
        let text = filler(size)
        try worker.data.send("Worker.PutResult", worker.parameters(lease.id, ScriptedWorker.result("a", text)))
        try worker.data.send("Worker.Complete", worker.parameters(lease.id, ScriptedWorker.completion([("a", text)])))
        for _ in 0..<2 { #expect(try worker.data.reply().error == nil, "\(size)") }
        #expect(try client.get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "state").string == "succeeded", "\(size)")
        worker.die()
      }
    }
  }

  @Test func `what is nested as deep as may be comes to the worker and back to who lists it`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let deep = nested(WireLimits.objectDepthMax)
      let job = try client.submit(#"{"kind":"o","options":\#(deep),"tasks":[{"key":"t","payload":\#(deep)}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try worker.lease()
      #expect(lease.content.at("payload").text == String(deep.prefix(300)))
      let put = try worker.call("PutResult", lease.id, ScriptedWorker.result("a", "x") + #","meta":\#(deep)"#)
      #expect(put.error == nil)
      let files = try client.get("Files.List", #"{"job":\#(job)}"#).at("files").elements
      #expect(files?.first?.at("meta").text == String(deep.prefix(300)))
    }
  }

  @Test func `a spawned task without a kind is of the kind of the task that spawns it, not of the job's`()
    async throws
  {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"docs","tasks":[{"key":"t","kind":"tests"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "tests")
      let lease = try worker.lease()
      _ = try worker.data.get("Worker.SpawnTasks", worker.parameters(lease.id, #""tasks":[{"key":"child"}]"#))
      let tasks = try client.get("Jobs.Tasks", #"{"job":\#(job)}"#).at("tasks").elements ?? []
      #expect(tasks.first { $0.at("key").string == "child" }?.at("kind").string == "tests")
    }
  }

  @Test func `a worker that was idle and silent for longer than allowed keeps the lease it then gets`() async throws {
    try await withBroker(quick) { broker in
      let worker = try ScriptedWorker(broker.place.socket, kind: "o")
      let idleUntil = nowMicroseconds() + quick.silenceMaxMs * 2000
      try waitUntil("twice the longest silence, without a lease") { nowMicroseconds() > idleUntil }
      _ = try broker.client().submit(#"{"kind":"o"}"#)
      let lease = try worker.lease()
      let busyUntil = nowMicroseconds() + quick.silenceMaxMs * 500
      try waitUntil("half the longest silence, with it") { nowMicroseconds() > busyUntil }
      #expect(try !worker.hasOrder())
      try worker.finish(lease)
    }
  }

  @Test func `any byte on either connection keeps a lease`() async throws {
    try await withBroker(quick) { broker in
      _ = try broker.client().submit(#"{"kind":"o"}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try worker.lease()
      let end = nowMicroseconds() + quick.silenceMaxMs * 3000
      // White space belongs to no call yet.
      try waitUntil("three times the longest silence") {
        try worker.data.socket.send(" ")
        return nowMicroseconds() > end
      }
      try worker.finish(lease)
    }
  }

  @Test func `a worker without a lease may be silent`() async throws {
    try await withBroker(quick) { broker in
      let silent = try ScriptedWorker(broker.place.socket, kind: "o")
      let end = nowMicroseconds() + quick.silenceMaxMs * 3000
      try waitUntil("three times the longest silence") { nowMicroseconds() > end }
      _ = try broker.client().submit(#"{"kind":"o"}"#)
      try silent.finish(silent.lease())
    }
  }

  @Test func `a task whose worker does not end it in its time is taken back`() async throws {
    var options = BrokerOptions()
    options.timeoutMarginMs = 100
    try await withBroker(options) { broker in
      _ = try broker.client().submit(#"{"kind":"o","tasks":[{"key":"t","timeout_ms":100}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try worker.lease()
      let start = nowMicroseconds()
      #expect(try worker.order().at("cancel").int == lease.id)
      #expect(nowMicroseconds() - start < 5_000_000)
    }
  }

  @Test func `pause, resume, cancel and retry reach the worker and the watcher`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"o","tasks":[{"key":"a"},{"key":"b"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "o")
      let first = try worker.lease()
      #expect(try client.get("Jobs.Pause", #"{"job":\#(job),"reason":"lunch"}"#).at("job", "state").string == "paused")
      try worker.finish(first)
      #expect(try !worker.hasOrder())
      try client.get("Jobs.Resume", #"{"job":\#(job)}"#)
      let second = try worker.lease()
      try client.get("Jobs.Cancel", #"{"job":\#(job),"reason":"enough"}"#)
      #expect(try worker.order().at("cancel").int == second.id)
      #expect(try worker.put(second.id, "a", "x").name == "Worker.StaleLease")
      #expect(try client.get("Jobs.Retry", #"{"job":\#(job)}"#).at("tasks").int == 1)
      let third = try worker.lease()
      #expect(third.key == second.key && third.id > second.id)
      try worker.finish(third)
      let seen = try client.get("Jobs.Watch", #"{"job":\#(job),"since":"0","until_end":true}"#, "more")
      let types = (seen.at("events").elements ?? []).map { $0.at("type").string ?? "" }
      for type in ["job.submitted", "task.leased", "result.committed", "result.late", "task.reset"] {
        #expect(types.contains(type), "\(type)")
      }
      #expect(types.count { $0 == "job.state" } >= 5)
    }
  }

  @Test func `a drain without a time waits as long as it takes, and one that follows may be shorter`() async throws {
    try await withPlace { place in
      var options = BrokerOptions()
      options.drainMs = 0
      let broker = try await RunningBroker(place, options)
      let client = try broker.client()
      _ = try client.submit(#"{"kind":"o","tasks":[{"key":"a"},{"key":"b"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "o", slots: 2)
      let lease = try worker.lease()
      _ = try worker.lease()
      #expect(try client.get("Admin.Drain").at("leases").int == 2)
      // The time of a stop by a signal has nothing to do with it: the broker is there, and takes the end of a task.
      try worker.finish(lease)
      #expect(try client.get("Admin.Status").at("tasks_leased").int == 1)
      try client.get("Admin.Drain", #"{"timeout_ms":3600000}"#)
      try client.get("Admin.Drain", #"{"timeout_ms":0}"#)
      #expect(await broker.waitForEnd() == 0)
    }
  }

  @Test func `a drain gives no more leases, waits for those that are out, and answers everything`() async throws {
    try await withPlace { place in
      let broker = try await RunningBroker(place)
      let client = try broker.client()
      _ = try client.submit(#"{"kind":"o","tasks":[{"key":"a"},{"key":"b"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "o")
      let lease = try worker.lease()
      #expect(try client.get("Admin.Drain", #"{"timeout_ms":60000}"#).at("leases").int == 1)
      #expect(try client.call("Jobs.Submit", #"{"kind":"o"}"#).name == "Jobs.Draining")
      #expect(
        try broker.client().call("Worker.Hello", #"{"kind":"o","name":"n","pid":1,"slots":1}"#).name
          == "Worker.Draining")
      try worker.put(lease.id, "f", "x")
      try worker.expectOK(worker.complete(lease.id, [("f", "x")]))
      #expect(await broker.waitForEnd() == 0)
      #expect(try client.replyOrEnd() == nil)
      let next = try await RunningBroker(place)
      #expect(try ScriptedWorker(place.socket, kind: "o").lease().key == "b")
      await next.stop()
    }
  }

  @Test func `one worker is told to finish and leave, the others and the broker go on`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      _ = try client.submit(#"{"kind":"o","tasks":[{"key":"a"},{"key":"b"}]}"#)
      let missing = try client.call("Admin.DrainWorker", #"{"worker":"scripted"}"#)
      #expect(missing.name == "Admin.NoSuchWorker" && missing.parameters.at("worker").string == "scripted")
      let worker = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try worker.lease()
      let told = try client.get("Admin.DrainWorker", #"{"worker":"scripted"}"#)
      #expect(told.at("workers").int == 1 && told.at("leases").int == 1)
      #expect(try worker.order().at("drain").bool == true)
      try worker.slots(0)
      try worker.finish(lease)
      #expect(try !worker.hasOrder())
      #expect(try ScriptedWorker(broker.place.socket, kind: "o").lease().key == "b")
    }
  }

  @Test func `what goes with a lease is cut so that its message arrives`() async throws {
    try await withBroker { broker in
      let long = { (number: Int) in "\(number)/" + filler(120) + "/" + filler(120) }
      let client = try broker.client()
      // Each of these is as large as it may be.
      let failing = #"{"key":"k\#(filler(500))%","max_attempts":1,"payload":{}}"#
      let needs = list(300) { "\"k\(filler(500))\($0)\"" }
      let tasks =
        (0..<300).map { failing.replacing("%", with: "\($0)") } + [
          #"""
          {"key":"z","needs":\#(needs),"needs_policy":"settled","payload":{"a":"\#(filler((256 << 10) - 20))"},
          "outputs":\#(list(500) { "\"o\(long($0))\"" })}
          """#
        ]
      let job = try client.submit(#"{"kind":"o","open":true,"options":{"a":"\#(filler((64 << 10) - 20))"}}"#)
      for task in tasks { try client.get("Jobs.AddTasks", #"{"job":\#(job),"tasks":[\#(task)]}"#) }
      try client.get("Jobs.Seal", #"{"job":\#(job)}"#)
      var worker = try ScriptedWorker(broker.place.socket, kind: "o")
      for _ in 0..<300 {
        let lease = try worker.lease()
        try worker.expectOK(worker.call("Fail", lease.id, #""class":"x","message":"y","retryable":false"#))
      }
      let first = try worker.lease()
      #expect(first.key == "z" && first.content.at("outputs").elements?.count == 500)
      let missing = first.content.at("missing_needs").elements?.count ?? 0
      #expect((200..<300).contains(missing), "\(missing)")
      for number in 0..<501 { try worker.expectOK(worker.put(first.id, "d\(long(number))", "x")) }
      worker.die()
      worker = try ScriptedWorker(broker.place.socket, kind: "o")
      let again = try worker.lease()
      #expect((200..<500).contains(again.done.count) && again.content.at("done_more").bool == true)
      let rest = try worker.call("DoneItems", again.id, #""after":"\#(again.done.last ?? "")""#)
      #expect(again.done.count + (rest.parameters.at("items").elements?.count ?? 0) == 501)
    }
  }

  @Test func `a broker that stops answers what was sent before`() async throws {
    try await withPlace { place in
      let broker = try await RunningBroker(place)
      let client = try broker.client()
      let submit = VarlinkClient.encoded("Jobs.Submit", #"{"kind":"x"}"#)
      try client.socket.send(
        String(repeating: submit, count: 100) + VarlinkClient.encoded("Admin.Drain", #"{"timeout_ms":0}"#))
      for number in 1...100 { #expect(try client.reply().parameters.at("job").int == Int64(number)) }
      #expect(try client.reply().error == nil)
      #expect(try client.replyOrEnd() == nil)
      #expect(await broker.waitForEnd() == 0)
    }
  }
}

/// Short times, for tests that wait for them.
let quick: BrokerOptions = {
  var options = BrokerOptions()
  options.silenceMaxMs = 400
  options.heartbeatMs = 100
  return options
}()
