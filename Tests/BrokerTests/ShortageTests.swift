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
      var idle = try (0..<60).map { _ in try VarlinkClient(place.socket) }
      // The last ones are closed instead of accepted.
      #expect(try idle.last?.replyOrEnd() == nil)
      for number in 0..<5 {
        try kept.submit(client, #"{"kind":"d"}"#)
        try kept.finishLarge(worker, worker.lease(), "big-\(number)", bytes: 600 << 10)
      }
      idle.removeAll()
      try waitUntil("there is room again") { try isServed(VarlinkClient(place.socket)) }
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
    return try client.replyOrEnd()?.error == nil
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
