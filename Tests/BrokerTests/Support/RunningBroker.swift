import Broker
import EventLoop
import Synchronization
import TestSupport

/// A whole broker in the test's own process, on temporary paths.
final class RunningBroker {
  let place: BrokerPlace
  let loop: EventLoop
  private var server: BrokerServer?
  private let lines = Log()

  final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  /// Starts a broker at a place; throws `StartError` when it refuses to.
  init(
    _ place: BrokerPlace, _ options: BrokerOptions = BrokerOptions(), time: any TimeSource = MachineTime()
  ) async throws {
    self.place = place
    loop = try EventLoop.start(name: "broker", time: time)
    let server = BrokerServer(on: loop)
    self.server = server
    let lines = lines
    do {
      try await server.start(place, options: options, version: "test") { level, line in lines.add("\(level): \(line)") }
    } catch {
      await loop.shutDown()
      throw error
    }
  }

  var log: [String] { lines.all }

  func client() throws -> VarlinkClient { try VarlinkClient(place.socket) }

  /// Stops the broker; answers its exit status.
  @discardableResult
  func stop() async -> Int32 {
    await server?.stop()
    return await waitForEnd()
  }

  /// The exit status of a broker that ends by itself, such as after `Drain`.
  func waitForEnd() async -> Int32 {
    let status = await server?.waitForEnd() ?? -1
    await loop.shutDown()
    return status
  }

  /// Ends the loop under the broker as a crash would: nothing more is committed or answered.
  func crash() async throws {
    await loop.shutDown()
    server = nil
    // A crashed process leaves its locks at once; in the test's own process the last reference may take a moment.
    try waitUntil("the locks of the crashed broker are free") {
      for path in [place.store, place.socket] {
        guard case .locked = try FileLock.acquire(path + ".lock") else { return false }
      }
      return true
    }
  }
}

extension BrokerPlace {
  /// A socket and a store in a directory.
  init(in directory: String) {
    self.init(socket: directory + "/run/socket", store: directory + "/store/jobs.sqlite")
  }
}

/// Runs a test against a broker of its own.
func withBroker(
  _ options: BrokerOptions = BrokerOptions(), _ body: (RunningBroker) async throws -> Void
) async throws {
  let directory = try makeDirectory()
  defer { removeTree(directory) }
  let broker = try await RunningBroker(BrokerPlace(in: directory), options)
  do {
    try await body(broker)
  } catch {
    await broker.stop()
    throw error
  }
  await broker.stop()
}

/// Runs a test that starts and stops brokers itself.
func withPlace(_ body: (BrokerPlace) async throws -> Void) async throws {
  let directory = try makeDirectory()
  defer { removeTree(directory) }
  try await body(BrokerPlace(in: directory))
}
