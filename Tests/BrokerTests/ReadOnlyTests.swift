import Broker
import Glibc
import JSON
import TestSupport
import Testing
import Varlink

/// A store that may not be written any more. Root writes where it likes, so the file system itself is made read-only,
/// which needs root.
@Suite(.serialized, .enabled(if: BrokerProcess.isBuilt)) struct ReadOnlyTests {
  /// A directory that is read-only for whoever opens something in it from now on.
  private struct ReadOnlyMount {
    let directory: String

    /// `nil` where nothing can be mounted, which is said.
    init?(_ directory: String) throws {
      self.directory = directory
      guard mount(directory, directory, nil, UInt(MS_BIND), nil) == 0 else {
        print("skipped: nothing can be mounted here: errno \(errno)")
        return nil
      }
      guard mount(nil, directory, nil, UInt(MS_BIND) | UInt(MS_REMOUNT) | UInt(MS_RDONLY), nil) == 0 else {
        let code = errno
        end()
        throw SupportError(message: "the mount cannot be made read-only: errno \(code)")
      }
    }

    /// The directory is as it was.
    func end() { umount2(directory, Int32(MNT_DETACH)) }
  }

  @Test(arguments: [SIGTERM, SIGKILL])
  func `a read-only store is refused at the start, and is whole when it may be written again`(signal: Int32)
    async throws
  {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let kept = try someWork(place)
      broker.signal(signal)
      _ = broker.waitForEnd()

      guard let store = try ReadOnlyMount(String(place.store.dropLast("/jobs.sqlite".count))) else { return }
      defer { store.end() }
      let (status, words) = try runStatus([
        "/bin/sh", "-c", "exec \"$@\" 2>&1", "sh", BrokerProcess.executable, "serve", "--socket", place.socket,
        "--store", place.store,
      ])
      #expect(status == 1 && words.first?.contains("Read-only file system") == true, "\(words)")
      store.end()

      let next = try BrokerProcess(place)
      try kept.expectAll(at: place.socket)
      next.signal(SIGTERM)
      #expect(next.waitForEnd() == 0)
    }
  }

  @Test func `files that cannot be written while the broker runs wait at their worker, and nobody is blamed`()
    async throws
  {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let kept = try someWork(place)
      try kept.submit(VarlinkClient(place.socket), #"{"kind":"r"}"#)
      let worker = try ScriptedWorker(place.socket, kind: "r")
      let lease = try worker.lease()
      guard let blobs = try ReadOnlyMount(place.store + ".blobs") else { return }
      defer { blobs.end() }
      let refused = try #require(throws: SupportError.self) { try worker.putLarge(lease.id, "x", bytes: 600 << 10) }
      #expect(refused.message.contains("StoreBusy") && refused.message.contains("Read-only file system"))
      try waitUntil("the broker has told it") { broker.log.contains("Read-only file system") }
      // What was there is there, and what needs no file of its own goes on.
      try kept.expectAll(at: place.socket)
      try kept.submit(VarlinkClient(place.socket), #"{"kind":"other"}"#)
      blobs.end()
      try kept.finishLarge(worker, lease, "large", bytes: 600 << 10)
      try kept.expectAll(at: place.socket)
      broker.signal(SIGTERM)
      #expect(broker.waitForEnd() == 0)
    }
  }

  @Test func `a database that cannot be written ends the broker without an answer, and the next one has everything`()
    async throws
  {
    try await withPlace { place in
      let broker = try BrokerProcess(place)
      let kept = try someWork(place)
      let client = try VarlinkClient(place.socket)
      guard let tracer = try failWrites(of: broker) else {
        broker.signal(SIGTERM)
        return
      }
      try client.send("Jobs.Submit", #"{"kind":"r"}"#)
      #expect(try client.replyOrEnd() == nil, "what is not on disk is not acknowledged")
      #expect(broker.waitForEnd() == 5)
      #expect(tracer.waitForEnd() == 0)
      #expect(broker.log.contains("the store failed"), "\(broker.log)")

      let next = try BrokerProcess(place)
      try kept.expectAll(at: place.socket)
      next.signal(SIGTERM)
      #expect(next.waitForEnd() == 0)
    }
  }

  /// Lets every write to a place in a file fail as on a file system that has become read-only, as long as the broker runs.
  ///
  /// - Returns: who does it; `nil` where it cannot be done, which is said.
  private func failWrites(of broker: BrokerProcess) throws -> Tracer? {
    let (end, childEnd) = try makePipe()
    let pid = try spawn(
      [
        "/bin/sh", "-c",
        "exec strace -f -p \(broker.pid) -o /dev/null -e inject=pwrite64,pwritev,pwritev2:error=EROFS 2>&1",
      ], output: childEnd)
    close(childEnd)
    let tracer = Tracer(pid: pid, output: end)
    var said: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(end, &buffer, buffer.count), count > 0 {
      said += buffer[..<count]
      if String(decoding: said, as: UTF8.self).contains("attached") { return tracer }
    }
    print("skipped: strace cannot attach: \(String(decoding: said, as: UTF8.self))")
    _ = tracer.waitForEnd()
    return nil
  }

  /// A `strace` at work. It tells of each thread that comes and goes: were its output closed, it would die of that, and no
  /// write would fail any more.
  private struct Tracer {
    let pid: pid_t
    let output: Int32

    func waitForEnd() -> Int32 {
      defer { close(output) }
      return exitStatus(of: pid)
    }
  }

  /// A job with a file beside the database, and one without.
  private func someWork(_ place: BrokerPlace) throws -> Acknowledged {
    let kept = Acknowledged()
    let client = try VarlinkClient(place.socket)
    let worker = try ScriptedWorker(place.socket, kind: "w")
    try kept.submit(client, #"{"kind":"w"}"#)
    try kept.finishLarge(worker, worker.lease(), "before", bytes: 600 << 10)
    try kept.submit(client, #"{"kind":"w","tasks":[{"key":"a"}]}"#)
    let lease = try worker.lease()
    try kept.put(worker, lease, "small", "text")
    try worker.expectOK(worker.complete(lease.id, [("small", "text")]))
    worker.die()
    return kept
  }
}
