import Broker
import Foundation
import Glibc
import JSON
import TestSupport
import Testing
import Varlink

/// Files and pages of the database whose bytes have changed on disk.
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

  @Test func `a file that is gone is missed alone, and whole again when it is back`() async throws {
    try await withBroker { broker in
      let kept = Acknowledged()
      let worker = try ScriptedWorker(broker.place.socket, kind: "f")
      for path in ["one", "two"] {
        try kept.submit(broker.client(), #"{"kind":"f"}"#)
        try kept.finishLarge(worker, worker.lease(), path, bytes: 600 << 10)
      }
      let blob = try #require(filesBelow(broker.place.store + ".blobs").first)
      #expect(rename(blob, broker.place.store + ".away") == 0)
      let lost = try (1...2).filter { try outcome(broker, $0, path: $0 == 1 ? "one" : "two").last == "Files.Damaged" }
      #expect(lost.count == 1)
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.count == 1)
      // Work goes on beside it.
      try kept.submit(broker.client(), #"{"kind":"f"}"#)
      try kept.finishLarge(worker, worker.lease(), "three", bytes: 600 << 10)
      #expect(rename(broker.place.store + ".away", blob) == 0)
      try kept.expectAll(at: broker.place.socket)
    }
  }

  @Test func `a file that no row names proves nothing: its bytes are written again`() async throws {
    var name = ""
    try await withBroker { broker in
      _ = try makeFile(broker, bytes: 600 << 10)
      let blobs = broker.place.store + ".blobs"
      name = String(try #require(filesBelow(blobs).first).dropFirst(blobs.count))
    }
    try await withBroker { broker in
      // As a crash may leave it: the name is there, and not the bytes.
      let path = broker.place.store + ".blobs" + name
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
      let job = try makeFile(broker, bytes: 600 << 10)
      #expect(try outcome(broker, job).last == "eof")
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.isEmpty == true)
    }
  }

  /// What has become of the page that holds the bytes of a small file.
  enum PageDamage: CaseIterable {
    /// One byte of the file, which SQLite cannot notice.
    case content
    /// Everything, as by a block that was never written.
    case zeroed
    /// Everything, so that it is no page any more.
    case scrambled
  }

  @Test(arguments: PageDamage.allCases)
  func `a damaged page costs what is on it, and everything is there when it is whole again`(_ damage: PageDamage)
    async throws
  {
    try await withPlace { place in
      let (kept, marker) = (Acknowledged(), "the page of " + filler(3_000))
      let first = try await RunningBroker(place)
      let worker = try ScriptedWorker(place.socket, kind: "p")
      for text in [marker, "another"] {
        try kept.submit(first.client(), #"{"kind":"p","tasks":[{"key":"a"}]}"#)
        let lease = try worker.lease()
        try kept.put(worker, lease, "file", text)
        try worker.expectOK(worker.complete(lease.id, [("file", text)]))
      }
      await first.stop()
      let whole = try harm(place.store, at: marker, damage)

      let broker = try await RunningBroker(place)
      #expect(try outcome(broker, 1, path: "file").last == "Files.Damaged")
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.isEmpty == false)
      // Whoever asks for something else is served.
      #expect(try broker.client().get("Jobs.List").at("jobs").elements?.count == 2)
      try kept.submit(broker.client(), #"{"kind":"later","tasks":[{"key":"a"}]}"#)
      await broker.stop()

      try whole.restore()
      let next = try await RunningBroker(place)
      try kept.expectAll(at: place.socket)
      await next.stop()
    }
  }

  @Test func `a prune that cannot read the jobs it tells of fails, and does not pass over them`() async throws {
    try await withPlace { place in
      let first = try await RunningBroker(place)
      let job = try first.client().submit(#"{"kind":"p","project":"\#(filler(99))","tasks":[]}"#)
      #expect(try first.client().get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "state").string == "succeeded")
      await first.stop()
      let whole = try harm(place.store, at: filler(99), .zeroed)

      let broker = try await RunningBroker(place)
      func dryRun() throws -> Reply { try broker.client().call("Admin.Prune", #"{"keep":0,"dry_run":true}"#, "more") }
      #expect(try dryRun().name == "Admin.Failed")
      await broker.stop()
      try whole.restore()
      let next = try await RunningBroker(place)
      let told = try next.client().call("Admin.Prune", #"{"keep":0,"dry_run":true}"#, "more")
      #expect(told.parameters.at("job", "job").int == job)
      await next.stop()
    }
  }

  /// Bytes of a file as they were.
  private struct Original {
    let path: String
    let offset: Int
    let bytes: [UInt8]

    func restore() throws { try overwrite(path, offset, bytes) }
  }

  /// Damages the page on which a text begins.
  private func harm(_ path: String, at text: String, _ damage: PageDamage) throws -> Original {
    let content = [UInt8](try #require(FileManager.default.contents(atPath: path)))
    let start = try #require(content.firstRange(of: Array(text.utf8))?.lowerBound)
    let size = Int(content[16]) << 8 | Int(content[17])
    let page = start / size * size
    let original = Original(path: path, offset: page, bytes: Array(content[page..<page + size]))
    switch damage {
    case .content: try overwrite(path, start, [0xFF])
    case .zeroed: try overwrite(path, page, [UInt8](repeating: 0, count: size))
    case .scrambled: try overwrite(path, page, [UInt8](repeating: 0xA5, count: size))
    }
    return original
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
  private func outcome(_ broker: RunningBroker, _ job: Int64, path: String = "big") throws -> [String] {
    let client = try broker.client()
    try client.send("Files.Read", #"{"job":\#(job),"path":"\#(path)"}"#, "more")
    var seen: [String] = []
    while let reply = try client.replyOrEnd() {
      seen.append(reply.error == nil ? (reply.parameters.at("eof").bool == true ? "eof" : "chunk") : reply.name)
      if !reply.continues { break }
    }
    return seen
  }
}

private func overwrite(_ path: String, _ offset: Int, _ bytes: [UInt8]) throws {
  let file = open(path, O_WRONLY | O_CLOEXEC)
  defer { close(file) }
  try #require(pwrite(file, bytes, bytes.count, offset) == bytes.count)
}
