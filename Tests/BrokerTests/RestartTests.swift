import Broker
import Glibc
import JSON
import TestSupport
import Testing
import Varlink

/// What a restart of the broker does to workers, and what keeps a broker from starting.
@Suite(.serialized) struct RestartTests {
  @Test func `a worker goes on with its lease after a restart, and what it sends again is a duplicate`() async throws {
    try await withPlace { place in
      var broker = try await RunningBroker(place)
      _ = try broker.client().submit(#"{"kind":"o","tasks":[{"key":"t"}]}"#)
      let before = try ScriptedWorker(place.socket, kind: "o")
      let lease = try before.lease()
      try before.expectOK(before.put(lease.id, "a", "1"))
      try await broker.crash()
      broker = try await RunningBroker(place)
      let other = try ScriptedWorker(place.socket, kind: "o")
      let after = try ScriptedWorker(place.socket, kind: "o", resume: before.session, leases: [lease.id, 77])
      #expect(after.hello.at("resumed").elements?.map(\.int) == [lease.id])
      #expect(after.hello.at("lost").elements?.map(\.int) == [77])
      #expect(try after.put(lease.id, "a", "1").parameters.at("duplicate").bool == true)
      #expect(try after.put(lease.id, "b", "2").parameters.at("duplicate").bool == false)
      #expect(try !other.hasOrder())
      #expect(try after.complete(lease.id, [("a", "1"), ("b", "2")]).name == "ok")
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) == [])
      await broker.stop()
    }
  }

  @Test func `a worker that comes back without its lease loses it, and nothing is charged`() async throws {
    try await withPlace { place in
      var broker = try await RunningBroker(place)
      let job = try broker.client().submit(#"{"kind":"o","tasks":[{"key":"t"}]}"#)
      let before = try ScriptedWorker(place.socket, kind: "o")
      let lease = try before.lease()
      try await broker.crash()
      broker = try await RunningBroker(place)
      let after = try ScriptedWorker(place.socket, kind: "o", resume: before.session)
      let again = try after.lease()
      #expect(again.id > lease.id)
      #expect(try after.put(lease.id, "a", "1").name == "Worker.StaleLease")
      let task = try broker.client().get("Jobs.Tasks", #"{"job":\#(job)}"#).at("tasks").elements?.first
      #expect(task?.at("attempts").int == 0 && task?.at("crashes").int == 0)
      await broker.stop()
    }
  }

  @Test func `a guessed token resumes nothing; after the grace the task goes to another`() async throws {
    try await withPlace { place in
      var broker = try await RunningBroker(place)
      _ = try broker.client().submit(#"{"kind":"o","tasks":[{"key":"t"}]}"#)
      let before = try ScriptedWorker(place.socket, kind: "o")
      let lease = try before.lease()
      try await broker.crash()
      var options = BrokerOptions()
      options.graceMs = 4_000
      broker = try await RunningBroker(place, options)
      let thief = try ScriptedWorker(place.socket, kind: "o", resume: filler(32, "0"), leases: [lease.id])
      #expect(thief.hello.at("resumed").elements?.count == 0)
      #expect(thief.hello.at("lost").elements?.map(\.int) == [lease.id])
      #expect(try thief.put(lease.id, "a", "1").name == "Worker.StaleLease")
      #expect(try !thief.hasOrder())
      let again = try thief.lease()
      #expect(again.key == "t" && again.id > lease.id)
      // The old worker comes too late.
      let late = try ScriptedWorker(place.socket, kind: "o", resume: before.session, leases: [lease.id])
      #expect(late.hello.at("lost").elements?.map(\.int) == [lease.id])
      #expect(try late.put(lease.id, "a", "1").name == "Worker.StaleLease")
      try thief.finish(again)
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) == [])
      await broker.stop()
    }
  }

  @Test func `what was acknowledged is there after a crash, numbers go on, and a cursor goes on`() async throws {
    try await withPlace { place in
      var broker = try await RunningBroker(place)
      let job = try broker.client().submit(#"{"kind":"o"}"#)
      let past = try broker.client().get("Jobs.Watch", #"{"since":"0","no_follow":true}"#, "more")
      let seen = past.at("events").elements?.last?.at("number").int ?? 0
      try await broker.crash()
      broker = try await RunningBroker(place)
      #expect(try broker.client().get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "state").string == "pending")
      #expect(try broker.client().submit(#"{"kind":"o"}"#) == job + 1)
      let cursor = past.at("cursor").string ?? ""
      let more = try broker.client().get("Jobs.Watch", #"{"since":"\#(cursor)","no_follow":true}"#, "more")
      #expect(more.at("events").elements?.first?.at("number").int == seen + 1)
      await broker.stop()
    }
  }

  @Test func `a second broker is refused at the same store and at the same socket, and the first goes on`() async throws
  {
    try await withPlace { place in
      let broker = try await RunningBroker(place)
      var sameStore = place
      sameStore.socket += "2"
      await expectRefusal(sameStore, "has the store")
      var sameSocket = place
      sameSocket.store += "2"
      await expectRefusal(sameSocket, "has the socket")
      try broker.client().get("Jobs.List")
      await broker.stop()
    }
  }

  @Test func `a broker that has stopped leaves one whole file: nothing is left in the log`() async throws {
    try await withPlace { place in
      for _ in 0..<10 {
        let broker = try await RunningBroker(place)
        _ = try broker.client().submit(#"{"kind":"o","tasks":[{"key":"t"}]}"#)
        await broker.stop()
        #expect(access(place.store, F_OK) == 0)
        #expect(access(place.store + "-wal", F_OK) != 0)
      }
    }
  }

  @Test func `a socket that a crash left behind is taken over`() async throws {
    try await withPlace { place in
      let broker = try await RunningBroker(place)
      let orphan = place.socket + ".orphan"
      #expect(link(place.socket, orphan) == 0)
      await broker.stop()
      #expect(access(place.socket, F_OK) != 0)
      #expect(rename(orphan, place.socket) == 0)
      let next = try await RunningBroker(place)
      try next.client().get("Jobs.List")
      await next.stop()
    }
  }

  @Test func `a file at the path of the socket is not touched`() async throws {
    try await withPlace { place in
      mkdir(String(place.socket.dropLast("/socket".count)), 0o700)
      try write("precious", to: place.socket)
      await expectRefusal(place, "socket")
      #expect(read(place.socket) == "precious")
    }
  }

  @Test func `a store that is newer, damaged or something else is refused with a sentence`() async throws {
    try await withPlace { place in
      let broker = try await RunningBroker(place)
      await broker.stop()
      // `user_version` of SQLite's file header.
      try patch(place.store, offset: 60, [0, 0, 0x7F, 0xFF])
      await expectRefusal(place, "newer")
      try write("this is no database, whatever its name may say", to: place.store)
      await expectRefusal(place, place.store)
      #expect(read(place.store) == "this is no database, whatever its name may say")
    }
  }

  @Test func `a socket path that is too long is refused`() async throws {
    try await withPlace { place in
      var long = place
      long.socket += filler(120)
      await expectRefusal(long, "socket path")
    }
  }

  private func expectRefusal(_ place: BrokerPlace, _ words: String) async {
    do {
      let broker = try await RunningBroker(place)
      Issue.record("the broker has started")
      await broker.stop()
    } catch let error as StartError {
      print("  \(error.message). \(error.remedy)")
      #expect(error.message.contains(words) && !error.remedy.isEmpty)
    } catch {
      Issue.record(error)
    }
  }

  private func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(file) }
    try #require(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
  }

  private func patch(_ path: String, offset: Int, _ bytes: [UInt8]) throws {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    defer { close(file) }
    try #require(pwrite(file, bytes, bytes.count, offset) == bytes.count)
  }

  private func read(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }
}
