import Broker
import Glibc
import JSON
import TestSupport
import Testing
import Varlink

/// The broker as the executable that people start.
@Suite(.serialized) struct ProcessTests {
  /// A `genbroker serve` of its own.
  private final class Process {
    let pid: pid_t
    private let output: Int32

    /// Returns when the ready line has come.
    init(_ executable: String, _ place: BrokerPlace, _ arguments: [String] = []) throws {
      let (end, childEnd) = try makePipe()
      output = end
      pid = try spawn(
        [executable, "serve", "--quiet", "--socket", place.socket, "--store", place.store] + arguments, output: childEnd
      )
      close(childEnd)
      var line: [UInt8] = [0]
      while line.last != UInt8(ascii: "\n"), read(output, &line[line.count - 1], 1) == 1 {
        if line.last != UInt8(ascii: "\n") { line.append(0) }
      }
      let text = String(decoding: line, as: UTF8.self)
      #expect(text.contains("ready at \(place.socket), store \(place.store)"), "\(text)")
    }

    deinit { close(output) }

    func signal(_ number: Int32) { kill(pid, number) }
    func waitForEnd() -> Int32 { exitStatus(of: pid) }
  }

  private static let executable = BuiltProduct.path("genbroker")

  @Test(.enabled(if: executable != nil), arguments: [SIGTERM, SIGINT])
  func `a signal ends an idle broker with status 0, and its socket is gone`(_ signal: Int32) async throws {
    let executable = try #require(Self.executable)
    try await withPlace { place in
      let broker = try Process(executable, place)
      let client = try VarlinkClient(place.socket)
      _ = try client.submit(#"{"kind":"x"}"#)
      broker.signal(signal)
      #expect(try client.replyOrEnd() == nil)
      #expect(broker.waitForEnd() == 0)
      #expect(access(place.socket, F_OK) != 0)
    }
  }

  @Test(.enabled(if: executable != nil))
  func `after a signal running work may commit and end; no new work is given`() async throws {
    let executable = try #require(Self.executable)
    try await withPlace { place in
      let broker = try Process(executable, place, ["--drain", "60s"])
      let client = try VarlinkClient(place.socket)
      _ = try client.submit(#"{"kind":"x","tasks":[{"key":"a"},{"key":"b"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "x")
      let lease = try worker.lease()
      broker.signal(SIGTERM)
      try waitUntil("the broker drains") { try client.call("Jobs.Submit", #"{"kind":"x"}"#).name == "Jobs.Draining" }
      // Whoever looks now sees that it stops, and not that there is no broker.
      #expect(try VarlinkClient(place.socket).get("Admin.Status").at("draining").bool == true)
      try worker.finish(lease)
      #expect(broker.waitForEnd() == 0)
    }
  }

  @Test(.enabled(if: executable != nil))
  func `a second signal stops at once, and the lease waits for the next start`() async throws {
    let executable = try #require(Self.executable)
    try await withPlace { place in
      let broker = try Process(executable, place, ["--drain", "60s"])
      let client = try VarlinkClient(place.socket)
      _ = try client.submit(#"{"kind":"x","tasks":[{"key":"a"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "x")
      let lease = try worker.lease()
      broker.signal(SIGTERM)
      try waitUntil("the broker drains") { try client.call("Jobs.Submit", #"{"kind":"x"}"#).name == "Jobs.Draining" }
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
      let next = try Process(executable, place)
      let back = try ScriptedWorker(place.socket, kind: "x", resume: worker.session, leases: [lease.id])
      #expect(back.hello.at("resumed").elements?.map(\.int) == [lease.id])
      // Submissions of the wait above may have become jobs.
      try back.slots(0)
      try back.finish(lease)
      next.signal(SIGTERM)
      #expect(next.waitForEnd() == 0)
    }
  }

  @Test(.enabled(if: executable != nil))
  func `a killed broker loses nothing that it acknowledged, and its worker goes on`() async throws {
    let executable = try #require(Self.executable)
    try await withPlace { place in
      var session: String?
      var lease: Int64 = 0
      var files: [(path: String, text: String)] = []
      for round in 0..<5 {
        let broker = try Process(executable, place)
        if round == 0 { _ = try VarlinkClient(place.socket).submit(#"{"kind":"x","tasks":[{"key":"a"}]}"#) }
        let worker = try ScriptedWorker(
          place.socket, kind: "x", resume: session, leases: session == nil ? [] : [lease])
        if session == nil { lease = try worker.lease().id }
        #expect(worker.hello.at("resumed").elements?.count == (session == nil ? 0 : 1))
        session = worker.session
        for file in files {
          #expect(try worker.put(lease, file.path, file.text).parameters.at("duplicate").bool == true)
        }
        let file = (path: "f\(round)", text: "\(round)")
        try worker.expectOK(worker.put(lease, file.path, file.text))
        files.append(file)
        if round == 4 { try worker.expectOK(worker.complete(lease, files)) }
        broker.signal(SIGKILL)
        #expect(broker.waitForEnd() == 128 + SIGKILL)
      }
      let broker = try Process(executable, place)
      let client = try VarlinkClient(place.socket)
      #expect(try client.get("Jobs.Show").at("job", "state").string == "succeeded")
      #expect(try client.get("Admin.Check").at("findings").elements?.map(\.text) == [])
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  @Test(.enabled(if: executable != nil))
  func `a store has one broker, by whatever name it is called`() async throws {
    let executable = try #require(Self.executable)
    try await withPlace { place in
      let broker = try Process(executable, place)
      let (link, hardLink) = (place.store + ".link", place.store + ".hard")
      #expect(symlink(place.store, link) == 0 && Glibc.link(place.store, hardLink) == 0)
      for name in [link, hardLink] {
        let (status, lines) = try runStatus([executable, "serve", "--socket", place.socket + "2", "--store", name])
        #expect(status == 1, "\(lines)")
      }
      unlink(hardLink)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  @Test(.enabled(if: executable != nil))
  func `a second broker exits with status 1 and says who has the store`() async throws {
    let executable = try #require(Self.executable)
    try await withPlace { place in
      let broker = try Process(executable, place)
      let (status, _) = try runStatus([executable, "serve", "--socket", place.socket, "--store", place.store])
      #expect(status == 1)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }
}
