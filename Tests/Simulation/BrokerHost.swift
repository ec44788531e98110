package import Broker
package import EventLoop
import FileSystem
import JobStore
package import StoreSupport
import TestSupport

/// Where the broker of a simulated machine takes its random numbers from.
///
/// Unchecked `Sendable`: a simulated machine has one thread.
private final class Chance: @unchecked Sendable {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// From 0 up to 1.
  func fraction() -> Double { Double(random.next() >> 11) / 0x1p53 }

  func token() -> String {
    let text = String(random.next(), radix: 16) + String(random.next(), radix: 16)
    return String((text + String(repeating: "0", count: 32)).prefix(32))
  }
}

/// The broker of a simulated machine: the real one, with its store, on a loop and threads that the simulation drives.
package final class BrokerHost {
  package static let store = "/disk/jobs.sqlite"
  /// The user that the broker runs as; sees everything, as root does.
  package static let ownUser: UInt32 = 1_000

  /// The log is moved often, since the jobs are small.
  package static let options = {
    var options = BrokerOptions()
    options.pagesPerCheckpoint = 40
    return options
  }()
  /// Of this one.
  var options = BrokerHost.options

  let disk: SimulatedDisk
  let time: SimulatedTime
  private let chance: Chance
  private var bootNumber = 1
  package private(set) var life: Life?
  private(set) var starts = 0
  /// Log lines of the broker, the last ones.
  package private(set) var log: [String] = []

  /// One run of the broker, from its start to its end.
  package final class Life {
    package let loop: EventLoop
    package let threads: HandDrivenThreads
    fileprivate(set) var broker: Broker?
    /// Set when it has ended by itself.
    package fileprivate(set) var status: Int32?
    package fileprivate(set) var look: Look?
    fileprivate let blobs: BlobFiles

    fileprivate init(loop: EventLoop, threads: HandDrivenThreads, look: Look, blobs: BlobFiles) {
      self.blobs = blobs
      self.loop = loop
      self.threads = threads
      self.look = look
    }

    /// Everything of it is closed, also while somebody still knows of it: the memory that the connections to the store
    /// share is gone with it.
    fileprivate func end() {
      loop.endByHand()
      threads.abandon()
      broker = nil
      look = nil
    }
  }

  package init(disk: SimulatedDisk, time: SimulatedTime, seed: UInt64) {
    self.disk = disk
    self.time = time
    chance = Chance(seed: seed)
  }

  var file: StoreFile { StoreFile(path: BrokerHost.store, disk: disk) }

  /// Starts the broker.
  ///
  /// - Throws: when it refuses to start; it has then ended.
  package func start() throws {
    precondition(life == nil, "the broker runs already")
    starts += 1
    disk.setUTC(ms: time.utcMs)
    let threads = HandDrivenThreads()
    let loop = try EventLoop.byHand(name: "simulated", time: time, threads: threads)
    do {
      let store = try JobStore(
        file: file, bootID: "boot-\(bootNumber)", freshID: chance.token(), now: time.utcMs,
        random: { [chance] in chance.fraction() })
      let life = Life(
        loop: loop, threads: threads, look: try Look(BrokerHost.store, vfs: disk.sqliteVFS), blobs: store.blobs)
      life.broker = try Broker(store: store, on: loop, options: options, setting(life))
      self.life = life
    } catch {
      loop.endByHand()
      threads.abandon()
      throw error
    }
  }

  private func setting(_ life: Life) -> Broker.Setting {
    Broker.Setting(
      socketPath: "/simulated/socket", version: "simulated", user: BrokerHost.ownUser,
      token: { [chance] in chance.token() },
      onLog: { [weak self] _, line in self?.write(line) }, onDrain: { _ in },
      onStopped: { [weak life] status in life?.status = status })
  }

  private func write(_ line: String) {
    if log.count >= 50 { log.removeFirst(25) }
    log.append(line)
  }

  /// Kills the broker between two of its steps, or ends what a power failure has left of it.
  ///
  /// - Parameter power: whether the machine has died with it.
  package func die(power: Bool) {
    disk.powerOff()
    endLife()
    if power {
      disk.powerOn()
      bootNumber += 1
    } else {
      disk.programDied()
    }
  }

  /// Takes down what is left of a broker that has stopped by itself. One that does not know what is on its disk just
  /// ends; any other has closed its store.
  package func bury() {
    guard life?.status == 0 else { return die(power: false) }
    endLife()
    disk.programDied()
  }

  private func endLife() {
    life?.end()
    life = nil
    precondition(disk.openFiles == 0, "the dead broker has \(disk.openFiles) files open")
  }

  /// Tells the broker to stop, as a signal does.
  package func stop() { life?.broker?.stop() }

  /// What `genbroker check` finds.
  func check() throws -> [CheckReport.Finding] {
    guard let life else { return [] }
    return try StoreCheck.run(file, blobs: life.blobs).findings
  }

  /// A new connection of a user: the client's end.
  package func connect(uid: UInt32, pid: Int32) throws -> Int32? {
    guard let life, let broker = life.broker, life.status == nil else { return nil }
    let (ours, theirs) = try Socket.pair()
    broker.accept(try Connection.adopting(theirs, of: Peer(uid: uid, gid: uid, pid: pid), on: life.loop))
    return ours
  }
}
