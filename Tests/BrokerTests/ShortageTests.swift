import Broker
import Glibc
import JSON
import TestSupport
import Testing
import Varlink

/// What the machine, or a limit, does not give to the broker as a process. Each time: what clients see, that it goes on by
/// itself when the lack is over, and that everything acknowledged is there.
@Suite(.serialized, .enabled(if: BrokerProcess.isBuilt)) struct ShortageTests {
  // MARK: Descriptors

  @Test func `few descriptors are fewer connections, and files are stored all the same`() async throws {
    try await withPlace { place in
      let broker = try BrokerProcess(place, under: ["/usr/bin/prlimit", "--nofile=80:80"])
      #expect(broker.log.contains("the limit of 80 open files (ulimit -Hn) allows 40 connections"))
      let kept = Acknowledged()
      let client = try VarlinkClient(place.socket)
      let worker = try ScriptedWorker(place.socket, kind: "d")
      let descriptors = broker.descriptors
      var idle = try (0..<60).map { _ in try VarlinkClient(place.socket) }
      // The last ones are closed instead of accepted.
      #expect(try idle.last?.replyOrEnd() == nil)
      for number in 0..<5 {
        try kept.submit(client, #"{"kind":"d"}"#)
        try kept.finishLarge(worker, worker.lease(), "big-\(number)", bytes: 600 << 10)
      }
      idle.removeAll()
      try waitUntil("there is room again") { broker.descriptors <= descriptors }
      #expect(try isServed(VarlinkClient(place.socket)))
      try kept.expectAll(at: place.socket)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  @Test func `without descriptors the broker rests, loses nothing, and takes who has waited when there are some again`()
    async throws
  {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let kept = Acknowledged()
      let client = try VarlinkClient(place.socket)
      let worker = try ScriptedWorker(place.socket, kind: "d")
      let job = try kept.submit(client, #"{"kind":"d"}"#)
      try kept.finishLarge(worker, worker.lease(), "before", bytes: 600 << 10)
      try kept.submit(client, #"{"kind":"d","tasks":[{"key":"a"}]}"#)
      let lease = try worker.lease()

      try broker.limit("nofile", broker.descriptors)
      let waiting = try (0..<20).map { _ in try VarlinkClient(place.socket) }
      try waitUntil("it is said") { broker.log.contains("cannot accept connections for the moment") }
      try expectRest(broker)
      // Whoever is connected is served; what needs a descriptor is refused in words, and nobody is blamed.
      try kept.put(worker, lease, "small", "text")
      try kept.submit(client, #"{"kind":"other"}"#)
      let large = try #require(throws: SupportError.self) { try worker.putLarge(lease.id, "x", bytes: 600 << 10) }
      #expect(large.message.contains("Worker.StoreBusy") && large.message.contains("Too many open files"))
      let read = try client.call("Files.Read", #"{"job":\#(job),"path":"before"}"#, "more")
      #expect(read.name == "Files.Refused" && read.text.contains("Too many open files"), "\(read.text)")

      try broker.limit("nofile", 1024)
      for client in waiting { #expect(try isServed(client)) }
      #expect(try worker.heartbeat().error == nil)
      try worker.expectOK(worker.complete(lease.id, [("small", "text")]))
      #expect(broker.log.count(of: "cannot accept connections") == 1, "it is said once: \(broker.log)")
      try kept.submit(client, #"{"kind":"d"}"#)
      try kept.finishLarge(worker, worker.lease(), "after", bytes: 600 << 10)
      try kept.expectAll(at: place.socket)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  /// Whoever cannot accept is told at once that somebody waits, again and again.
  private func expectRest(_ broker: BrokerProcess) throws {
    let before = broker.processorMs
    try pass(ms: 1_000)
    print("the broker worked \(broker.processorMs - before) of 1000 ms while it could accept nobody")
    #expect(broker.processorMs - before < 250)
  }

  private func isServed(_ client: VarlinkClient) throws -> Bool {
    try client.send("Jobs.List")
    guard let reply = try client.replyOrEnd() else { return false }
    return reply.error == nil
  }

  // MARK: Bytes

  @Test func `a broker whose files may not grow refuses what is new, and goes on when they may`() async throws {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let kept = Acknowledged()
      let client = try VarlinkClient(place.socket)
      try kept.submit(client, #"{"kind":"b"}"#)
      // Less than the log has to grow to.
      try broker.limit("fsize", 256 << 10)
      let call = #"{"kind":"b","tasks":[{"key":"t","payload":{"a":"\#(filler(100_000))"}}]}"#
      var refused: Reply?
      for _ in 0..<20 where refused == nil {
        let reply = try client.call("Jobs.Submit", call)
        if let job = reply.parameters["job"]?.int { kept.note(job) } else { refused = reply }
      }
      #expect(refused?.name == "Jobs.Refused")
      #expect(!broker.hasEnded)
      try broker.limit("fsize", nil)
      try kept.submit(client, call)
      try kept.expectAll(at: place.socket)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  // MARK: Memory

  /// Few megabytes above what it has at rest: less than the clients of this test may have it hold.
  @Test func `a broker whose memory has a bound ends or refuses; with more of it everything acknowledged is there`()
    async throws
  {
    guard !keepsFreedMemory else { return print("skipped: a sanitizer needs memory of its own") }
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let kept = Acknowledged()
      let worker = try ScriptedWorker(place.socket, kind: "m")
      try kept.submit(VarlinkClient(place.socket), #"{"kind":"m"}"#)
      try kept.finishLarge(worker, worker.lease(), "before", bytes: 600 << 10)
      let clients = try (0..<16).map { _ in try VarlinkClient(place.socket) }

      try broker.limit("data", broker.dataBytes + 1 << 20)
      // What is not answered was not acknowledged.
      for _ in 0..<50 where !broker.hasEnded { _ = try? kept.submit(clients[0], #"{"kind":"small"}"#) }
      for _ in 0..<3 where !broker.hasEnded { flood(clients, kept) }
      if !(try livesOnWithMemory(broker, place.socket)) {
        let status = broker.waitForEnd()
        print("the broker has ended with status \(status), after \(kept.jobs.count) jobs were acknowledged")
        #expect(status != 0)
      } else {
        print("the broker lives, \(kept.jobs.count) jobs were acknowledged")
        try kept.expectAll(at: place.socket)
        broker.signal(SIGKILL)
        _ = broker.waitForEnd()
      }
      let next = try BrokerProcess(place)
      try kept.expectAll(at: place.socket)
      next.signal(SIGTERM)
      #expect(next.waitForEnd() == 0)
    }
  }

  /// Whether the broker answers once the bound is lifted. One that is ending does not take connections and is not yet
  /// over, and no call to wait for it tells these apart: only whether it answers does.
  private func livesOnWithMemory(_ broker: BrokerProcess, _ socket: String) throws -> Bool {
    if broker.hasEnded { return false }
    // It can end before either; what it does not do then is answer.
    try? broker.limit("data", nil)
    guard let client = try? VarlinkClient(socket) else { return false }
    return (try? client.call("Jobs.List")) != nil
  }

  /// Each client sends what makes the broker hold much, and reads what it is answered, as long as there is a broker.
  private func flood(_ clients: [VarlinkClient], _ kept: Acknowledged) {
    let tasks = list(3) { #"{"key":"\#($0)","payload":{"a":"\#(filler(200_000))"}}"# }
    let call = VarlinkClient.encoded("Jobs.Submit", #"{"kind":"flood","tasks":\#(tasks)}"#)
    // What cannot be sent or is not answered was not acknowledged.
    for client in clients { try? client.socket.send(call) }
    for client in clients {
      let reply = try? client.replyOrEnd()
      if let job = reply?.parameters["job"]?.int { kept.note(job) }
    }
  }

  // MARK: Clients that want nothing, read nothing, or say little

  @Test func `a thousand idle connections cost little memory, and nobody waits for them`() async throws {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let kept = Acknowledged()
      try kept.submit(VarlinkClient(place.socket), #"{"kind":"before"}"#)
      let bystander = try Bystander(place.socket)
      try bystander.waitForARound()
      let (memory, descriptors) = (broker.memoryKiB, broker.descriptors)
      var idle = try (0..<1000).map { _ in try VarlinkClient(place.socket) }
      for _ in 0..<20 { try bystander.waitForARound() }
      let grown = broker.memoryKiB - memory
      let report = try bystander.end()
      print("1,000 connections: \(grown) KiB, the slowest of \(report.rounds) rounds \(report.slowestMicroseconds) µs")
      #expect(report.failures == [] && report.slowestMicroseconds < 2_000_000)
      #expect(grown < 32 << 10 || keepsFreedMemory)
      idle.removeAll()
      try waitUntil("they are forgotten") { broker.descriptors <= descriptors }
      try kept.expectAll(at: place.socket)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  @Test func `clients that never read are not read from, cost a bounded amount, and get everything once they read`()
    async throws
  {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let kept = Acknowledged()
      try kept.submit(VarlinkClient(place.socket), #"{"kind":"before"}"#)
      let bystander = try Bystander(place.socket)
      try bystander.waitForARound()
      let memory = broker.memoryKiB
      // More answers than the broker keeps for one client, of 20 KiB each.
      let (count, calls) = (12, 600)
      let description = VarlinkClient.encoded(
        "org.varlink.service.GetInterfaceDescription", #"{"interface":"org.genbroker.Jobs"}"#)
      let clients = try (0..<count).map { _ in try VarlinkClient(place.socket) }
      for client in clients { try client.socket.send(String(repeating: description, count: calls)) }
      try waitUntil("the broker has stopped to work for them") {
        let before = broker.memoryKiB
        try bystander.waitForARound()
        return broker.memoryKiB == before && before > memory + count * (3 << 10)
      }
      let grown = broker.memoryKiB - memory
      print("\(count) clients that do not read: \(grown) KiB")
      #expect(grown < count * (8 << 10) || keepsFreedMemory)
      for _ in 0..<calls { #expect(try clients[0].reply().error == nil) }
      #expect(try bystander.end().failures == [])
      for client in clients { client.close() }
      try kept.expectAll(at: place.socket)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  @Test func `a worker whose call comes byte by byte keeps its lease, and its result is kept`() async throws {
    try await withPlace { place in
      let broker = try BrokerProcess(place, ["--lease-timeout", "1s"])
      let bystander = try Bystander(place.socket)
      let kept = Acknowledged()
      try kept.submit(VarlinkClient(place.socket), #"{"kind":"slow","tasks":[{"key":"a"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "slow")
      let lease = try worker.lease()
      let parameters = worker.parameters(lease.id, ScriptedWorker.result("file", "text"))
      let call = Array(VarlinkClient.encoded("Worker.PutResult", parameters).utf8)
      // Three lease times for the first bytes, which are no call yet.
      for byte in call.prefix(10) {
        try worker.data.socket.send([byte])
        try pass(ms: 300)
      }
      try worker.data.socket.send(Array(call.dropFirst(10)))
      #expect(try worker.data.reply().error == nil)
      try kept.put(worker, lease, "file", "text")
      try worker.expectOK(worker.complete(lease.id, [("file", "text")]))
      #expect(try bystander.end().failures == [])
      try kept.expectAll(at: place.socket)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  // MARK: Time that the broker does not see

  @Test(arguments: [true, false])
  func `a broker that stood still for longer than a lease takes none away from who did not`(heartbeats: Bool)
    async throws
  {
    try await withPlace { place in
      let broker = try BrokerProcess(place, ["--lease-timeout", "1s"])
      let kept = Acknowledged()
      try kept.submit(VarlinkClient(place.socket), #"{"kind":"t","tasks":[{"key":"a"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "t")
      let lease = try worker.lease()
      try kept.put(worker, lease, "one", "1")
      let other = try ScriptedWorker(place.socket, kind: "t")

      broker.signal(SIGSTOP)
      var sent = 0
      let start = nowMicroseconds()
      try waitUntil("two and a half lease times are over") {
        // About ten in each of them.
        if heartbeats, nowMicroseconds() - start > Int64(sent) * 100_000 {
          try worker.data.send("Worker.Heartbeat", #"{"session":"\#(worker.session)"}"#)
          sent += 1
        }
        return nowMicroseconds() - start > 2_500_000
      }
      broker.signal(SIGCONT)

      for _ in 0..<sent { #expect(try worker.data.reply().error == nil) }
      try kept.put(worker, lease, "two", "2")
      try worker.expectOK(worker.complete(lease.id, [("one", "1"), ("two", "2")]))
      #expect(try !other.hasOrder(), "the task had one holder")
      let task = try VarlinkClient(place.socket).get("Jobs.Tasks", #"{"job":1}"#).at("tasks").elements?.first
      #expect(task?.at("attempts").int == 0 && task?.at("crashes").int == 0, "\(task?.text ?? "")")
      try kept.expectAll(at: place.socket)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }
}

/// Waits until so much time has passed, which is the condition here.
func pass(ms: Int64) throws {
  let start = nowMicroseconds()
  try waitUntil("\(ms) ms have passed") { nowMicroseconds() - start >= ms * 1000 }
}

extension String {
  /// How often a text is in it.
  fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}
