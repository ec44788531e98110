import Broker
import JSON
import TestSupport
import Testing
import Varlink

/// Every wrong message gets one clear answer, and nobody else notices.
@Suite(.serialized) struct BadInputTests {
  @Test func `each bad input gets its one answer while another client is served all the time`() async throws {
    try await withBroker { broker in
      try makeFixture(broker)
      let bystander = try Bystander(broker.place.socket)
      let table =
        BadInputTables.frames + BadInputTables.calls + BadInputTables.submissions + BadInputTables.uploads
      for bad in table {
        let start = nowMicroseconds()
        let answer = try answer(to: bad, broker)
        print("  \(bad.name): \(answer.prefix(60)) (\((nowMicroseconds() - start) / 1000) ms)")
        #expect(answer.hasPrefix("\(bad.expected)"), "\(bad.name)")
      }
      try bystander.waitForARound()
      let report = try bystander.end()
      print(
        "\(table.count) bad inputs; the bystander: \(report.rounds) rounds, slowest \(report.slowestMicroseconds) µs")
      #expect(report.failures == [])
      #expect(report.rounds > 0)
      try waitUntilAlone(broker)
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) == [])
    }
  }

  private func makeFixture(_ broker: RunningBroker) throws {
    let client = try broker.client()
    #expect(try client.submit(#"{"kind":"table","idempotency_key":"k","tasks":[{"key":"t"}]}"#) == 1)
    #expect(try client.submit(#"{"kind":"table","open":true,"tasks":[{"key":"a"}]}"#) == 2)
  }

  /// Sends a bad input on a connection of its own, between two good calls.
  private func answer(to bad: BadInput, _ broker: RunningBroker) throws -> String {
    let client = try broker.client()
    try client.get("Jobs.Show", #"{"job":1}"#)
    // A message that is too long is answered before it has been sent to its end.
    do { try client.socket.send(bad.bytes) } catch  where bad.answer == .closed { _ = error }
    guard let reply = try client.replyOrEnd() else { return "closed" }
    expectClear(reply, bad.name)
    try client.get("Jobs.Show", #"{"job":1}"#)
    return reply.text
  }

  /// Errors of the broker's own interfaces say what is wrong and what to do.
  private func expectClear(_ reply: Reply, _ name: String) {
    guard reply.error?.hasPrefix("org.genbroker.") == true else { return }
    for member in ["message", "remedy"] {
      let text = reply.parameters.at(member).string ?? ""
      #expect(text.count > 5 && !text.contains("SQL") && !text.contains("failed:"), "\(name): \(reply.text)")
    }
  }
}

/// Waits until the broker has no connection but the one that asks.
func waitUntilAlone(_ broker: RunningBroker) throws {
  try waitUntil("connections are forgotten") {
    // Where they are as many as a user may have, whoever asks is refused until their ends were noticed.
    (try? broker.client().get("Admin.Status"))?.at("connections").int == 1
  }
}
