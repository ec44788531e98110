import EventLoop
import JSON
import TestSupport
import Testing
import Wire
import WorkerHost

/// Makes `count` results at once, waits for all answers, and is done.
private let pipelining = python(
  """
  def generate(id, params):
      wanted = params["task"]["payload"].get("count", 3)
      for number in range(wanted):
          send(id=number, method="result", params={"path": "r%02d" % number, "media_type": "text/plain", "text": "x"})
      order = [read_line()["id"] for number in range(wanted)]
      ask("log", text="answers " + " ".join(map(str, order)))
      finish(id)
  """)

/// Makes one result, then waits until it is cancelled or a file appears.
private let waiting = python(
  """
  def generate(id, params):
      key = params["task"]["key"]
      if key not in [item["path"] for item in params["done"]]: result(key, key)
      answer = read_line()
      if answer.get("method") == "cancel": send(id=id, error={"code": 1, "message": "cancelled"})
      else: finish(id)
  """)

@Suite(.serialized, .timeLimit(.minutes(10)))
struct SessionTests {
  @Test func `no more results are on the way than the broker allows, and they are answered in order`() async throws {
    try await withWorker(pipelining) { scene in
      await scene.broker.set {
        $0.window = 4
        $0.react = { $0.asPut == nil ? .accept : .hold }
      }
      try await scene.broker.wait("the first session") { $0.calls.contains { $0.asHello != nil } }
      await scene.broker.disconnectAll()  // a new session, with this window
      try await scene.broker.wait("the second session") { $0.calls.count { $0.asHello != nil } == 2 }
      await scene.broker.give(lease(1, payload: ["count": 10]))
      for batch in 0..<10 {
        try await scene.broker.wait("results in the window") { $0.heldCount == min(4, 10 - batch) }
        await scene.broker.release(1)
      }
      _ = try await scene.broker.end(of: 1)
      #expect(await scene.broker.mostHeld == 4)
      let log = await scene.broker.calls.compactMap(\.asLog).flatMap(\.lines)
      #expect(log == ["answers 0 1 2 3 4 5 6 7 8 9"])
    }
  }

  @Test func `a result is answered only when the broker has answered`() async throws {
    let plugin = python(
      """
      def generate(id, params):
          result("a", "x")
          ask("log", text="the answer came")
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.set { $0.react = { $0.asPut == nil ? .accept : .hold } }
      await scene.broker.give(lease(1))
      try await scene.broker.wait("the result") { $0.heldCount == 1 }
      #expect(await scene.broker.calls.compactMap(\.asLog).isEmpty)
      await scene.broker.release()
      _ = try await scene.broker.end(of: 1)
      #expect(await scene.broker.calls.compactMap(\.asLog).flatMap(\.lines) == ["the answer came"])
    }
  }

  @Test func `a plugin works on while the broker is away, and what was not answered is sent again`() async throws {
    try await withWorker(pipelining) { scene in
      await scene.broker.set { $0.react = { $0.asPut == nil ? .accept : .hold } }
      await scene.broker.give(lease(7, payload: ["count": 5]))
      try await scene.broker.wait("the results") { $0.heldCount == 5 }
      await scene.broker.stop()
      await scene.broker.set { $0.react = { _ in .accept } }
      try await scene.hears("trying again")
      try await scene.broker.start()
      let end = try await scene.broker.end(of: 7)
      #expect(end.asComplete?.results == 5)
      let hellos = await scene.broker.calls.compactMap(\.asHello)
      #expect(hellos.map(\.resume) == [nil, "s1"])
      #expect(hellos.map(\.leases) == [nil, [7]])
      #expect(hellos.map(\.version) == ["1", "1"], "the broker knows which plugin it is")
      let puts = await scene.broker.calls.compactMap(\.asPut)
      #expect(puts.map(\.session) == Array(repeating: "s1", count: 5) + Array(repeating: "s2", count: 5))
      #expect(puts[5...].map(\.path) == ["r00", "r01", "r02", "r03", "r04"])
    }
  }

  @Test func `a lease that does not go on is given up, but its results are delivered once more`() async throws {
    try await withWorker(waiting) { scene in
      await scene.broker.set {
        $0.resumes = false
        $0.react = { $0.asPut == nil ? .accept : .hold }
      }
      await scene.broker.give(lease(1))
      try await scene.broker.wait("the result") { $0.heldCount == 1 }
      await scene.broker.set {
        $0.react = {
          $0.asPut == nil ? .accept : .refuse(WorkerAPI.StaleLease(lease: 1, message: "over", remedy: "stop"))
        }
      }
      await scene.broker.disconnectAll()
      try await scene.broker.wait("the result again") { $0.calls.count { $0.asPut != nil } == 2 }
      await scene.broker.set { $0.react = { _ in .accept } }
      await scene.broker.give(lease(2))
      try await scene.broker.wait("the next task's result") { $0.files["t2"] != nil }
      #expect(await scene.broker.ends(of: 1).isEmpty)
      #expect(await scene.broker.calls.count { $0.asPut?.lease == 1 } == 2)
    }
  }

  @Test func `an answer that the lease is over stops its task`() async throws {
    try await withWorker(pipelining) { scene in
      await scene.broker.set {
        $0.react = {
          $0.asPut?.lease == 1 ? .refuse(WorkerAPI.StaleLease(lease: 1, message: "over", remedy: "stop")) : .accept
        }
      }
      await scene.broker.give(lease(1))
      await scene.broker.give(lease(2))
      let end = try await scene.broker.end(of: 2)
      #expect(end.asComplete?.results == 3)
      #expect(await scene.broker.ends(of: 1).isEmpty)
    }
  }

  @Test func `a session that the broker does not know is begun anew`() async throws {
    try await withWorker(pipelining) { scene in
      await scene.broker.set {
        $0.react = {
          $0.asPut?.session == "s1" ? .refuse(WorkerAPI.NoSuchSession(message: "who?", remedy: "say Hello")) : .accept
        }
      }
      await scene.broker.give(lease(1))
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.session == "s2")
    }
  }

  @Test func `a cancelled lease stops its plugin and says nothing more`() async throws {
    try await withWorker(waiting) { scene in
      await scene.broker.give(lease(1))
      try await scene.broker.wait("the result") { $0.files["t1"] != nil }
      await scene.broker.order(WorkerAPI.Attend.Reply(cancel: 1))
      await scene.broker.give(lease(2))
      try await scene.broker.wait("the next task") { $0.files["t2"] != nil }
      #expect(await scene.broker.ends(of: 1).isEmpty)
    }
  }

  @Test func `a plugin that answers only when it is told to end gets no further task`() async throws {
    let plugin = python(
      """
      class Told(Exception): pass
      def told(*_): raise Told
      def generate(id, params):
          signal.signal(signal.SIGTERM, told)
          try:
              result(params["task"]["key"], str(os.getpid()))
              if params["task"]["key"] == "t1": hang()
          except Told: pass
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1))
      try await scene.broker.wait("the result") { $0.files["t1"] != nil }
      await scene.broker.order(WorkerAPI.Attend.Reply(cancel: 1))
      await scene.broker.give(lease(2))
      #expect(try await scene.broker.end(of: 2).asComplete != nil)
      let processes = await scene.broker.files
      #expect(processes["t1"] != processes["t2"])
    }
  }

  @Test func `the first signal finishes what runs, the second gives it back`() async throws {
    try await withWorker(waiting) { scene in
      await scene.broker.give(lease(1))
      try await scene.broker.wait("the result") { $0.files["t1"] != nil }
      await scene.worker.stop()
      try await scene.broker.wait("no more slots") { broker in
        broker.calls.contains { if case .slots(let slots) = $0 { slots.slots == 0 } else { false } }
      }
      #expect(await scene.broker.ends(of: 1).isEmpty)
      let end = try await scene.finish()
      guard case .stopped = end else {
        Issue.record("it ended by \(end)")
        return
      }
      guard case .release = try await scene.broker.end(of: 1) else {
        Issue.record("the lease was not given back")
        return
      }
    }
  }

  @Test(arguments: [1, 2]) func `a worker that is told to stop before it runs ends as soon as it does`(times: Int)
    async throws
  {
    try await withLoop { loop, directory in
      try writeExecutable(waiting, to: directory + "/plugin")
      let worker = Worker(
        WorkerOptions(
          kind: "words", name: "test", concurrency: 1, plugin: directory + "/plugin", socket: directory + "/socket",
          pluginEnvironment: [], directory: directory),
        on: loop
      ) { _ in }
      for _ in 0..<times { await worker.stop() }
      switch (try await worker.run(), times) {
      case (.drained, 1), (.stopped, 2): break
      case (let end, _): Issue.record("it ended by \(end)")
      }
    }
  }

  @Test func `when the broker drains, the worker finishes and ends`() async throws {
    try await withWorker(pipelining) { scene in
      await scene.broker.give(lease(1))
      await scene.broker.order(WorkerAPI.Attend.Reply(drain: true))
      let end = try await scene.life.value
      guard case .drained = end else {
        Issue.record("it ended by \(end)")
        return
      }
      let ended = try await scene.broker.end(of: 1)
      // It had not begun, or it was finished; both are in order.
      #expect(ended.asFail == nil)
    }
  }

  @Test func `with --once the worker ends after one task, and when there is no broker`() async throws {
    try await withWorker(pipelining, change: { $0.once = true }) { scene in
      await scene.broker.give(lease(1))
      guard case .drained = try await scene.life.value else {
        Issue.record("it ended otherwise")
        return
      }
      #expect(await scene.broker.ends(of: 1).count == 1)
    }
    try await withWorker(pipelining, hasBroker: false, change: { $0.once = true }) { scene in
      guard case .refused(let why) = try await scene.life.value else {
        Issue.record("it ended otherwise")
        return
      }
      #expect(why.cause == .noBroker)
    }
  }

  @Test func `a worker waits for a broker that is not there yet`() async throws {
    try await withWorker(pipelining, hasBroker: false) { scene in
      try await scene.hears("trying until one does")
      try await scene.broker.start()
      await scene.broker.give(lease(1))
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.results == 3)
    }
  }

  @Test func `heartbeats are sent while a lease is out, and none without`() async throws {
    try await withWorker(waiting) { scene in
      try await scene.broker.wait("the first session") { $0.calls.contains { $0.asHello != nil } }
      await scene.broker.set { $0.heartbeatMs = 20 }
      await scene.broker.disconnectAll()
      try await scene.broker.wait("the second session") { $0.calls.count { $0.asHello != nil } == 2 }
      await scene.broker.give(lease(1))
      try await scene.broker.wait("three heartbeats") { $0.calls.count { $0.isHeartbeat } >= 3 }
      await scene.broker.order(WorkerAPI.Attend.Reply(cancel: 1))
      await scene.broker.give(lease(2))
      try await scene.broker.wait("the next task") { $0.files["t2"] != nil }
      await scene.broker.order(WorkerAPI.Attend.Reply(cancel: 2))
      // From the answer to `cancel` on there is no lease: wake-ups of the loop would show heartbeats.
      try await scene.eventually("no more heartbeats") {
        let before = await scene.broker.calls.count
        let turns = scene.loop.turns
        try await scene.eventually("some turns") { scene.loop.turns > turns + 20 }
        return await scene.broker.calls.count == before
      }
    }
  }

  @Test func `after a cancelled lease the broker hears that the worker lives`() async throws {
    try await withWorker(waiting) { scene in
      await scene.broker.give(lease(1))
      try await scene.broker.wait("the result") { $0.files["t1"] != nil }
      await scene.broker.order(WorkerAPI.Attend.Reply(cancel: 1))
      try await scene.broker.wait("a heartbeat") { $0.calls.contains(where: \.isHeartbeat) }
    }
  }

  @Test func `a lease that cannot be read fails alone, and what else the worker has goes on`() async throws {
    try await withWorker(waiting, concurrency: 2) { scene in
      await scene.broker.give(lease(1))
      try await scene.broker.wait("the result") { $0.files["t1"] != nil }
      await scene.broker.order(AnyLease(lease: ["window": "wide"]))
      await scene.broker.order(AnyLease(lease: ["lease": 2, "job": "one"]))
      let end = try await scene.broker.end(of: 2)
      #expect(end.asFail?.class == "worker_error" && end.asFail?.crash == false)
      #expect(end.asFail?.message.contains("(lease.job)") == true)
      await scene.broker.give(lease(3))
      try await scene.broker.wait("the next result") { $0.files["t3"] != nil }
      #expect(await scene.broker.ends(of: 1).isEmpty)
      #expect(await scene.broker.calls.count { $0.asHello != nil } == 1)
    }
  }

  @Test func `several tasks run at a time, each in a process of its own`() async throws {
    try await withWorker(waiting, concurrency: 3) { scene in
      for number in 1...3 { await scene.broker.give(lease(number)) }
      try await scene.broker.wait("a result of each") { $0.files.count == 3 }
      #expect(await scene.broker.calls.compactMap(\.asHello).map(\.slots) == [3])
    }
  }
}

/// A lease as another version of the broker might describe it.
private struct AnyLease: WireObject {
  var lease: RawJSON

  static let fieldNames = ["lease"]

  init(lease: RawJSON) { self.lease = lease }

  init(fields: inout FieldReader) throws(FieldError) { lease = try fields.required("lease") }

  func writeFields(to writer: inout JSONWriter) {
    writer.key("lease")
    lease.write(to: &writer)
  }
}
