import Broker
import Glibc
import JSON
import TestSupport
import Testing
import Varlink

/// A socket whose name others take away while the broker runs.
@Suite(.serialized) struct SocketTests {
  /// What somebody does to the socket, which is `DIRECTORY/socket` beside its lock.
  enum Loss: String, CaseIterable, CustomTestStringConvertible {
    case removed
    case moved
    case replaced = "replaced by a dead one"
    case directoryRemoved = "removed with its directory"
    case directoryMoved = "moved with its directory"

    var testDescription: String { rawValue }

    func happen(to socket: String) throws {
      let directory = String(socket.dropLast("/socket".count))
      switch self {
      case .removed: try #require(unlink(socket) == 0)
      case .moved: try #require(rename(socket, socket + ".old") == 0)
      case .replaced:
        try leaveDeadSocket(socket + ".dead")
        try #require(rename(socket + ".dead", socket) == 0)
      // The broker may be quicker than whoever removes one name after the other.
      case .directoryRemoved: removeTree(directory)
      case .directoryMoved:
        removeTree(directory + ".old")
        try #require(rename(directory, directory + ".old") == 0)
      }
    }

    private func leaveDeadSocket(_ path: String) throws {
      let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      defer { close(listener) }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let answer = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      try #require(answer == 0)
    }
  }

  /// A broker that soon tries again.
  private let hasty: BrokerOptions = {
    var options = BrokerOptions()
    options.socketRenewalPauseMs = 20
    return options
  }()

  @Test(arguments: Loss.allCases)
  func `a socket that is lost is made anew, and who was connected notices nothing`(_ loss: Loss) async throws {
    try await withPlace { place in
      let broker = try await RunningBroker(place)
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"s","tasks":[{"key":"a"},{"key":"b"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "s")
      let lease = try worker.lease()
      try loss.happen(to: place.socket)
      try waitUntil("others can connect again") { (try? broker.client()) != nil }
      try waitUntil("it is said") { broker.log.contains { $0.contains("removed by somebody; it is there again") } }
      // Who was connected goes on with what it has, and gets more.
      try worker.finish(lease)
      try worker.finish(worker.lease())
      #expect(try client.get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "state").string == "succeeded")
      // It is guarded as before, and can be lost again.
      await expectRefusal(place)
      try loss.happen(to: place.socket)
      try waitUntil("others can connect once more") { (try? broker.client()) != nil }
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.count == 0)
      await broker.stop()
      #expect(access(place.socket, F_OK) != 0)
    }
  }

  /// The store is another one, so that it is the socket that is in the way.
  private func expectRefusal(_ place: BrokerPlace) async {
    var other = place
    other.store += "2"
    let error = await #expect(throws: StartError.self) { _ = try await RunningBroker(other) }
    #expect(error?.message.contains("the socket") == true || error?.message.contains("somebody listens") == true)
  }

  @Test func `a path that another broker has taken stays its own, and is taken back when that one has gone`()
    async throws
  {
    try await withDirectories { place, otherPlace, switchOver in
      let first = try await RunningBroker(place, hasty)
      let client = try first.client()
      let job = try client.submit(#"{"kind":"first"}"#)
      let second = try await RunningBroker(otherPlace)
      try switchOver()

      try waitUntil("the first has seen it") { first.log.contains { $0.contains("another broker") } }
      #expect(try VarlinkClient(place.socket).get("Jobs.List").at("jobs").elements?.isEmpty == true)
      #expect(try client.get("Jobs.Show").at("job", "job").int == job)

      await second.stop()
      try waitUntil("the first is back at its path") {
        try (try? VarlinkClient(place.socket))?.get("Jobs.List").at("jobs").elements?.count == 1
      }
      #expect(first.log.count { $0.contains("cannot be made anew") } == 1, "it is said once: \(first.log)")
      await first.stop()
    }
  }

  /// Two places, and how the path of the first becomes that of the second, while the first loses its socket: the one way
  /// that needs no luck, since the first makes its socket anew at once.
  private func withDirectories(
    _ body: (BrokerPlace, BrokerPlace, _ switchOver: () throws -> Void) async throws -> Void
  ) async throws {
    let directory = try makeDirectory()
    defer { removeTree(directory) }
    let (here, one, two) = (directory + "/here", directory + "/1", directory + "/2")
    for path in [one, two] { try #require(mkdir(path, 0o700) == 0) }
    try #require(symlink(one, here) == 0)
    let first = BrokerPlace(socket: here + "/run/socket", store: one + "/store/jobs.sqlite")
    try await body(first, BrokerPlace(in: two)) {
      try #require(symlink(two, here + "2") == 0 && rename(here + "2", here) == 0)
      try #require(unlink(one + "/run/socket") == 0)
    }
  }

  @Test func `a file that somebody puts in the place of the socket is not touched`() async throws {
    try await withPlace { place in
      let broker = try await RunningBroker(place, hasty)
      let client = try broker.client()
      let precious = place.socket + ".precious"
      close(open(precious, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
      #expect(rename(precious, place.socket) == 0)
      try waitUntil("it is said") { broker.log.contains { $0.contains("not a socket") } }
      try client.get("Jobs.List")
      #expect(unlink(place.socket) == 0)
      try waitUntil("others can connect again") { (try? broker.client()) != nil }
      await broker.stop()
    }
  }
}
