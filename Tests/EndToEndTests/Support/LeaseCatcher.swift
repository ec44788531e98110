import BrokerClient
import Digest
import EventLoop
import Glibc
import TestSupport
import Wire

/// A worker in the test process that notes when a lease comes.
actor LeaseCatcher {
  private let loop: EventLoop
  private var data: BrokerChannel?
  private var control: BrokerChannel?
  private var session = ""
  private var caught: (lease: Int, atNs: Int64)?

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private init(on loop: EventLoop) { self.loop = loop }

  /// Attaches to the broker; wants no lease yet.
  static func attach(to installation: Installation, kind: String) async throws -> LeaseCatcher {
    let catcher = LeaseCatcher(on: installation.loop)
    try await catcher.attach(installation.socket, kind)
    return catcher
  }

  private func attach(_ socket: String, _ kind: String) async throws {
    data = try await BrokerChannel.connect(to: socket, on: loop)
    let control = try await BrokerChannel.connect(to: socket, on: loop)
    self.control = control
    session = try await call(WorkerAPI.Hello(kind: kind, name: "catcher", pid: Int(getpid()), slots: 0)).session
    control.stream(WorkerAPI.Attend(session: session)) { [weak self] reply, _ in
      let now = MonotonicTime.nowNs()
      guard case .success(let order) = reply, let lease = order.lease else { return }
      self?.assumeIsolated { $0.caught = (lease.lease, now) }
    }
  }

  /// Sets how many leases are wanted; when this returns the broker knows.
  func want(_ slots: Int) async throws {
    _ = try await call(WorkerAPI.Slots(session: session, slots: slots))
  }

  /// Waits for a lease.
  ///
  /// - Returns: when it came, on the clock of `MonotonicTime`.
  func nextLease() async throws -> Int64 {
    try await eventually("a lease comes") { caught?.atNs }
  }

  /// Ends the task of the lease, which has made nothing.
  func complete() async throws {
    guard let lease = caught?.lease else { return }
    caught = nil
    let digest = CompletionDigest.of([] as [(path: String, sha256: SHA256Digest)]).hex
    _ = try await call(WorkerAPI.Complete(session: session, lease: lease, results: 0, digest: digest))
  }

  private func call<Call: WireCall>(_ call: Call) async throws -> Call.Reply {
    guard let data else { throw SupportError(message: "the catcher is not attached") }
    return try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Call.Reply, any Error>) in
      data.call(call) { continuation.resume(with: $0.mapError { $0 }) }
    }
  }
}

/// The one clock of what is measured.
enum MonotonicTime {
  static func nowNs() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }
}
