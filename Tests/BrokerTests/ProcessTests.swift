import Broker
import Glibc
import JSON
import TestSupport
import Testing
import Varlink

/// The broker as the executable that people start.
@Suite(.serialized) struct ProcessTests {
  @Test(.enabled(if: BrokerProcess.isBuilt), arguments: [SIGTERM, SIGINT])
  func `a signal ends an idle broker with status 0, and its socket is gone`(_ signal: Int32) async throws {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let client = try VarlinkClient(place.socket)
      _ = try client.submit(#"{"kind":"x"}"#)
      broker.signal(signal)
      #expect(try client.replyOrEnd() == nil)
      #expect(broker.waitForEnd() == 0)
      #expect(access(place.socket, F_OK) != 0)
    }
  }

  @Test(.enabled(if: BrokerProcess.isBuilt))
  func `after a signal running work may commit and end; no new work is given`() async throws {
    try await withPlace { place in
      let broker = try BrokerProcess(place, ["--drain", "60s"])
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

  @Test(.enabled(if: BrokerProcess.isBuilt))
  func `a second signal stops at once, and the lease waits for the next start`() async throws {
    try await withPlace { place in
      let broker = try BrokerProcess(place, ["--drain", "60s"])
      let client = try VarlinkClient(place.socket)
      _ = try client.submit(#"{"kind":"x","tasks":[{"key":"a"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "x")
      let lease = try worker.lease()
      broker.signal(SIGTERM)
      try waitUntil("the broker drains") { try client.call("Jobs.Submit", #"{"kind":"x"}"#).name == "Jobs.Draining" }
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
      let next = try BrokerProcess(place)
      let back = try ScriptedWorker(place.socket, kind: "x", resume: worker.session, leases: [lease.id])
      #expect(back.hello.at("resumed").elements?.map(\.int) == [lease.id])
      // Submissions of the wait above may have become jobs.
      try back.slots(0)
      try back.finish(lease)
      next.signal(SIGTERM)
      #expect(next.waitForEnd() == 0)
    }
  }

  @Test(.enabled(if: BrokerProcess.isBuilt))
  func `a killed broker loses nothing that it acknowledged, and its worker goes on`() async throws {
    try await withPlace { place in
      var session: String?
      var lease: Int64 = 0
      var files: [(path: String, text: String)] = []
      for round in 0..<5 {
        let broker = try BrokerProcess(place)
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
      let broker = try BrokerProcess(place)
      let client = try VarlinkClient(place.socket)
      #expect(try client.get("Jobs.Show").at("job", "state").string == "succeeded")
      #expect(try client.get("Admin.Check").at("findings").elements?.map(\.text) == [])
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  @Test(.enabled(if: BrokerProcess.isBuilt))
  func `a store has one broker, by whatever name it is called`() async throws {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let (link, hardLink) = (place.store + ".link", place.store + ".hard")
      #expect(symlink(place.store, link) == 0 && Glibc.link(place.store, hardLink) == 0)
      for name in [link, hardLink] {
        let (status, lines) = try runStatus([
          BrokerProcess.executable, "serve", "--socket", place.socket + "2", "--store", name,
        ])
        #expect(status == 1, "\(lines)")
      }
      unlink(hardLink)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  @Test(.enabled(if: BrokerProcess.isBuilt))
  func `a second broker exits with status 1 and says who has the store`() async throws {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let (status, _) = try runStatus([
        BrokerProcess.executable, "serve", "--socket", place.socket, "--store", place.store,
      ])
      #expect(status == 1)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }
}
