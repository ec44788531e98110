import EventLoop
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ListenerTests {
  @Test func `a path of 107 bytes binds, one of 108 is refused with both numbers`() async throws {
    try await withLoop { loop, directory in
      // The temporary name adds a dot and the pid.
      let suffix = String(getpid()).utf8.count + 1
      let longest = directory + "/" + String(repeating: "x", count: 107 - suffix - directory.utf8.count - 1)
      try await onLoop(loop) { try UnixListener(path: longest, on: loop) { _ in }.close() }
      let tooLong = directory + "/" + String(repeating: "x", count: 108 - directory.utf8.count - 1)
      for attempt in [0, 1] {
        let error = await #expect(throws: IOError.self) {
          try await onLoop(loop) {
            if attempt == 0 {
              _ = try UnixListener(path: tooLong, on: loop) { _ in }
            } else {
              _ = try Connection.connectNow(to: tooLong, on: loop)
            }
          }
        }
        #expect(error?.code == ENAMETOOLONG)
        #expect(error?.problem.contains("108 bytes") == true)
        #expect(error?.problem.contains("107") == true)
      }
      #expect(Directory.names(in: directory).isEmpty)
    }
  }

  @Test(arguments: [UInt32(0o600), 0o660]) func `a socket has the given mode from the start`(mode: UInt32) async throws
  {
    try await withLoop { loop, directory in
      let path = "\(directory)/s"
      try await onLoop(loop) { _ = try UnixListener(path: path, mode: mode, group: getgid(), on: loop) { _ in } }
      var information = stat()
      #expect(lstat(path, &information) == 0)
      #expect(information.st_mode & 0o777 == mode)
      #expect(Directory.names(in: directory) == ["s"])
    }
  }

  @Test func `a closed listener removes its socket, but not one that has taken its place`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/s"
      let connected: Bool = try await onLoop(loop) { done in
        let first = try UnixListener(path: path, on: loop) { _ in done(false) }
        let second = try UnixListener(path: path, on: loop) { _ in done(true) }
        first.close()
        _ = try Connection.connectNow(to: path, on: loop)
        loop.atTurnEnd { _ = second }
      }
      #expect(connected)
    }
  }

  @Test func `who waits at a listener whose name is gone is accepted before it closes`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/s"
      let accepted: Int = try await onLoop(loop) {
        let accepted = Box(0)
        let listener = try UnixListener(path: path, on: loop) { _ in accepted.value += 1 }
        // More than are accepted in a turn.
        for _ in 0..<100 { _ = try Connection.connectNow(to: path, on: loop) }
        unlink(path)
        #expect(!listener.hasName)
        listener.closeAfterLast()
        return accepted.value
      }
      #expect(accepted == 100)
    }
  }

  @Test func `the loss of a socket's name wakes the loop once, what happens beside it does not`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/s"
      let losses = Atomic(0)
      try await onLoop(loop) {
        try UnixListener(path: path, on: loop) { _ in }.watchName { losses.add(1, ordering: .relaxed) }
      }
      let before = loop.turns
      for number in 0..<100 {
        close(open("\(directory)/\(number)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
        unlink("\(directory)/\(number)")
      }
      unlink(path)
      try waitUntil("it is seen") { losses.load(ordering: .relaxed) == 1 }
      // The turn of the loss, and those of the call before it.
      #expect(loop.turns - before <= 3, "\(loop.turns - before)")
    }
  }

  @Test func `the end of the loop removes its sockets`() async throws {
    let template = try await onFreshLoop { loop, path in _ = try UnixListener(path: path, on: loop) { _ in } }
    #expect(Inspect.exists(template) == false)
  }

  private func onFreshLoop(_ body: @escaping @Sendable (EventLoop, String) throws -> Void) async throws -> String {
    let loop = try EventLoop.start(name: "test-fresh")
    let path = "/tmp/gbt-\(getpid())-end"
    try await onLoop(loop) { try body(loop, path) }
    #expect(Inspect.exists(path))
    await loop.shutDown()
    return path
  }

  @Test func `a dead socket is told from a live one, and only it is removed`() async throws {
    try await withLoop { loop, directory in
      let (live, dead, file) = ("\(directory)/live", "\(directory)/dead", "\(directory)/file")
      try await onLoop(loop) {
        _ = try UnixListener(path: live, on: loop) { _ in }
        let dying = try UnixListener(path: "\(directory)/dying", on: loop) { _ in }
        // Moved away, its name survives it.
        rename("\(directory)/dying", dead)
        dying.close()
      }
      close(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
      #expect(try StaleSocket.remove(live) == .alive)
      #expect(try StaleSocket.remove(dead) == .stale)
      #expect(try StaleSocket.remove(dead) == .absent)
      #expect(try StaleSocket.remove(file) == .notASocket)
      #expect(Directory.names(in: directory).sorted() == ["file", "live"])
      let error = await #expect(throws: IOError.self) {
        try await onLoop(loop) { _ = try UnixListener(path: file, on: loop) { _ in } }
      }
      #expect(error?.code == ENOTSOCK)
      #expect(Inspect.exists(file))
    }
  }

  @Test func `a lack of descriptors neither spins nor ends the listener`() async throws {
    await #expect(processExitsWith: .success) {
      let path = "/tmp/gbt-\(getpid())-emfile"
      let loop = try EventLoop.start(name: "test-emfile")
      let turns: Int = try await onLoop(loop) { done in
        let accepted = Box(0)
        let shortages = Box(0)
        let turns = Box(0)
        let listener = try UnixListener(path: path, on: loop) { connection in
          accepted.value += 1
          // After the shortage, the connection that was waiting came through.
          if shortages.value > 2 { done(turns.value) }
          connection.startReading(onData: { _ in }, onEnd: { _ in connection.close() })
        }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = rlim_t(Directory.names(in: "/proc/self/fd").count + 10)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var clients: [Connection] = []
        while let client = try? Connection.connectNow(to: path, on: loop) { clients.append(client) }
        precondition(clients.count > 5)
        let start = loop.turns
        listener.onShortage = { error in
          precondition(error.code == EMFILE)
          shortages.value += 1
          guard shortages.value == 3 else { return }
          turns.value = loop.turns - start
          for client in clients.prefix(4) { client.close() }
        }
      }
      precondition(turns < 50, "the loop was spinning: \(turns) turns")
      await loop.shutDown()
    }
  }
}

enum Inspect {
  static func exists(_ path: String) -> Bool {
    var information = stat()
    return lstat(path, &information) == 0
  }
}
