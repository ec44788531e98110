import Digest
import Foundation
import Glibc
import ProcessSupport
import TestSupport
import Varlink
import Wire

/// A worker in the test process that notes when a lease comes.
///
/// Its connections block, and the one that leases come over is read by a thread that does nothing else, so that what is
/// measured is not the speed of a test's own build.
final class LeaseCatcher: Sendable {
  /// A lease, and when it was in the hands of the worker, on the clock of `MonotonicTime`.
  struct Catch: Sendable {
    let lease: Int
    let atNs: Int64
  }

  private let data: BlockingCaller
  private let control: BlockingCaller
  private let session: String

  /// Attaches to the broker; wants no lease yet.
  init(_ installation: Installation, kind: String) throws {
    data = try BlockingCaller(installation.socket)
    control = try BlockingCaller(installation.socket)
    session = try data.call(WorkerAPI.Hello(kind: kind, name: "catcher", pid: Int(getpid()), slots: 0)).session
    try control.send(WorkerAPI.Attend(session: session), more: true)
  }

  /// Sets how many leases are wanted; when this returns the broker knows.
  func want(_ slots: Int) throws {
    _ = try data.call(WorkerAPI.Slots(session: session, slots: slots))
  }

  /// Begins to wait for a lease, on a thread of its own.
  func nextLease() -> Task<Catch, any Error> {
    let control = control
    return onOwnThread { try Self.lease(from: control) }
  }

  private static func lease(from control: BlockingCaller) throws -> Catch {
    while true {
      let message = try control.receive()
      let now = nowNanoseconds()
      let order = try Reply(decoding: message).decoded(for: WorkerAPI.Attend.self)
      if let lease = order.lease { return Catch(lease: lease.lease, atNs: now) }
    }
  }

  /// Ends the task of the lease, which has made nothing.
  func complete(_ caught: Catch) throws {
    let digest = CompletionDigest.of([] as [(path: String, sha256: SHA256Digest)]).hex
    _ = try data.call(WorkerAPI.Complete(session: session, lease: caught.lease, results: 0, digest: digest))
  }
}

/// A client that waits for each answer on the thread that calls.
///
/// Unchecked `Sendable`: one thread at a time uses it, handed on by the start and the end of a thread.
private final class BlockingCaller: @unchecked Sendable {
  private let socket: SocketClient

  init(_ path: String) throws { socket = try SocketClient(path) }

  func call<Call: WireCall>(_ call: Call) throws -> Call.Reply {
    try send(call)
    let reply = try Reply(decoding: receive())
    guard reply.error == nil else { throw SupportError(message: "\(Call.method): \(reply)") }
    return try reply.decoded(for: Call.self)
  }

  func send(_ call: some WireCall, more: Bool = false) throws {
    var connection = ClientConnection(limits: WireLimits.connection)
    connection.call(call, mode: more ? .more : .single)
    try socket.send(connection.takeOutput())
  }

  func receive() throws -> [UInt8] {
    guard let message = try socket.receive() else { throw SupportError(message: "the broker ended the connection") }
    return message
  }
}
