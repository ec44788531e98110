import Broker
import JSON
import TestSupport
import Testing
import Varlink

/// Backups of a broker that works, and brokers that start on them.
@Suite(.serialized) struct BackupTests {
  private func copy(of place: BrokerPlace) -> String { place.store + "-copy" }

  private func parameters(_ directory: String) -> String { #"{"directory":"\#(directory)"}"# }

  /// A broker on the copy, with a socket of its own.
  private func restored(_ place: BrokerPlace) async throws -> RunningBroker {
    try await RunningBroker(BrokerPlace(socket: place.socket + "-restored", store: copy(of: place)))
  }

  @Test func `a copy made under load holds what was acknowledged before, and of the rest a beginning`() async throws {
    try await withBroker { broker in
      _ = try makeFile(broker, bytes: 8 << 20)
      let bystander = try Bystander(broker.place.socket)
      try bystander.waitForARound()
      let client = try broker.client()
      for round in 0..<3 {
        let before = try client.submit(#"{"kind":"x","title":"before \#(round)"}"#)
        let directory = copy(of: broker.place) + "\(round)"
        let report = try broker.client().get("Admin.Backup", parameters(directory))
        let after = try client.submit(#"{"kind":"x","title":"after \#(round)"}"#)
        let copy = try await RunningBroker(
          BrokerPlace(socket: broker.place.socket + "-\(round)", store: directory))
        let newest = try #require(
          try copy.client().get("Jobs.List", #"{"limit":1}"#).at("jobs").elements?.first?.at("job").int)
        #expect(newest >= before && newest < after, "\(before) ≤ \(newest) < \(after)")
        // Numbers are given in the order of the commits: a snapshot has no holes.
        #expect(report.at("jobs").int == newest)
        #expect(try copy.client().get("Admin.Check").at("findings").elements?.count == 0)
        await copy.stop()
      }
      let report = try bystander.end()
      #expect(report.failures == [])
      print("the bystander: \(report.rounds) rounds, slowest \(report.slowestMicroseconds) µs")
    }
  }

  @Test func `a worker of the original has no lease in the copy, whenever it got it`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      _ = try client.submit(#"{"kind":"o","tasks":[{"key":"early"},{"key":"late"}]}"#)
      let early = try ScriptedWorker(broker.place.socket, kind: "o")
      let earlyLease = try early.lease()
      try client.get("Admin.Backup", parameters(copy(of: broker.place)))
      let late = try ScriptedWorker(broker.place.socket, kind: "o")
      let lateLease = try late.lease()
      let copy = try await restored(broker.place)
      for (worker, lease) in [(early, earlyLease), (late, lateLease)] {
        let moved = try ScriptedWorker(copy.place.socket, kind: "o", resume: worker.session, leases: [lease.id])
        #expect(moved.hello.at("lost").elements?.map(\.int) == [lease.id])
        #expect(try moved.put(lease.id, "a", "1").name == "Worker.StaleLease")
        let own = try moved.lease()
        #expect(own.id > lateLease.id && own.id != lease.id)
      }
      await copy.stop()
      // The original goes on with both.
      try early.finish(earlyLease)
      try late.finish(lateLease)
    }
  }

  @Test func `a cursor of the original is too old for the copy, a new one is not`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      _ = try client.submit(#"{"kind":"o"}"#)
      try client.get("Admin.Backup", parameters(copy(of: broker.place)))
      let old = try #require(
        try client.get("Jobs.Watch", #"{"since":"0","no_follow":true}"#, "more").at("cursor").string)
      let copy = try await restored(broker.place)
      let refused = try copy.client().call("Jobs.Watch", #"{"since":"\#(old)","no_follow":true}"#, "more")
      #expect(refused.name == "Jobs.CursorTooOld")
      let oldest = try #require(refused.parameters.at("oldest").string)
      let all = try copy.client().get("Jobs.Watch", #"{"since":"\#(oldest)","no_follow":true}"#, "more")
      #expect(all.at("events").elements?.isEmpty == false)
      await copy.stop()
    }
  }

  @Test func `the second of two backups of one name is refused, and the first is as it was`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      try client.get("Admin.Backup", parameters(copy(of: broker.place)))
      _ = try client.submit(#"{"kind":"o"}"#)
      let (one, two) = (try broker.client(), try broker.client())
      let other = parameters(copy(of: broker.place) + "-at-once")
      for client in [one, two] { try client.send("Admin.Backup", other) }
      #expect(Set(try [one, two].map { try $0.reply().name }) == ["ok", "Admin.Refused"])
      #expect(try client.call("Admin.Backup", parameters(copy(of: broker.place))).name == "Admin.Refused")
      let copy = try await restored(broker.place)
      #expect(try copy.client().get("Jobs.List").at("jobs").elements?.count == 0)
      await copy.stop()
    }
  }
}
