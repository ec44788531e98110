import Broker
import Glibc
import JSON
import TestSupport
import Testing
import Varlink

/// Files whose bytes have changed on disk.
@Suite(.serialized) struct DamageTests {
  @Test(arguments: ["one bit", "longer", "shorter", "gone"])
  func `a damaged file is never told to be whole`(_ damage: String) async throws {
    try await withBroker { broker in
      let job = try makeFile(broker, bytes: 600 << 10)
      let blob = try #require(filesBelow(broker.place.store + ".blobs").first)
      #expect(try outcome(broker, job).last == "eof")
      let file = open(blob, O_RDWR | O_CLOEXEC)
      defer { close(file) }
      switch damage {
      case "one bit": #expect(pwrite(file, [0xFF], 1, 300 << 10) == 1)
      case "longer": #expect(pwrite(file, [0], 1, 600 << 10) == 1)
      case "shorter": #expect(ftruncate(file, 500 << 10) == 0)
      default: #expect(unlink(blob) == 0)
      }
      let seen = try outcome(broker, job)
      #expect(seen.last == "Files.Damaged" && !seen.contains("eof"), "\(seen)")
      let findings = try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) ?? []
      #expect(findings.contains { $0.contains("file big of job \(job)") }, "\(findings)")
    }
  }

  @Test func `the size of the store counts the files beside the database`() async throws {
    try await withBroker { broker in
      let before = try broker.client().get("Admin.Status").at("store_bytes").int ?? 0
      _ = try makeFile(broker, bytes: 5 << 20)
      let grown = try (broker.client().get("Admin.Status").at("store_bytes").int ?? 0) - before
      #expect(grown >= 5 << 20)
    }
  }

  /// What comes of reading the file.
  private func outcome(_ broker: RunningBroker, _ job: Int64) throws -> [String] {
    let client = try broker.client()
    try client.send("Files.Read", #"{"job":\#(job),"path":"big"}"#, "more")
    var seen: [String] = []
    while let reply = try client.replyOrEnd() {
      seen.append(reply.error == nil ? (reply.parameters.at("eof").bool == true ? "eof" : "chunk") : reply.name)
      if !reply.continues { break }
    }
    return seen
  }
}
