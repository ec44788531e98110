import EventLoop
import JobModel
import JobStore
import Wire

/// A worker: its two connections, and the leases that it holds.
final class WorkerSession {
  /// A lease that is out.
  struct Held {
    let job: JobID
    let owner: UserID
    let key: String
    /// When the broker ends it by itself, ms of the monotonic clock.
    let deadlineMs: Int64?
    /// What a model call of the task waits for, in a sentence.
    var waitsFor: String?
  }

  /// 128 random bits as 32 hexadecimal digits. Known to the worker only, and good only for its own user.
  let token: String
  let kind: Kind
  let name: String
  let pid: Int
  var slots: Int
  /// Of its plugin, if it has told one that says anything.
  let version: String?
  let caller: Caller
  unowned let data: ClientSession
  /// The call that brings leases; absent until the worker has called Attend.
  var attend: ReplyHandle?
  private(set) var held: [LeaseID: Held] = [:] {
    didSet { if oldValue.isEmpty, !held.isEmpty { busySinceMs = data.time.monotonicMs } }
  }
  /// What its leases have logged.
  var logs = LogCounts()
  /// Since when it holds a lease without interruption, ms of the monotonic clock.
  private var busySinceMs: Int64 = 0
  let connectedMs: Int64
  /// It has lost its leases by its silence, and was not heard since.
  var isSilent = false { didSet { hasBeenTold = false } }
  /// It was sent the end of a lease since it is silent.
  private var hasBeenTold = false

  init(token: String, kind: Kind, name: String, pid: Int, slots: Int, version: String?, data: ClientSession) {
    self.token = token
    self.kind = kind
    self.name = name
    self.pid = pid
    self.slots = slots
    self.version = version?.isEmpty == true ? nil : version
    self.data = data
    caller = data.caller
    connectedMs = data.time.utcMs
  }

  /// A lease is the worker's.
  func hold(_ lease: LeaseID, _ facts: Held) {
    held[lease] = facts
    logs.begin(lease)
  }

  /// What a model call of a lease waits for, in a sentence; `nil` when it waits no longer.
  func waits(_ lease: LeaseID, for message: String?) { held[lease]?.waitsFor = message }

  /// A lease is over.
  func drop(_ lease: LeaseID) {
    if held.removeValue(forKey: lease) != nil { logs.end(lease) }
  }

  /// For how long the worker has not been heard, at `now` ms of the monotonic clock. While the broker keeps it waiting,
  /// that is no time; while it was idle it had no reason to be heard.
  func silentMs(now: Int64) -> Int64 {
    if data.isOwedAnything { return 0 }
    return now - max(data.heardMs, attend?.session.heardMs ?? 0, busySinceMs)
  }

  /// Whether it has read the order that its leases are over: it says nothing, and yet is not stopped.
  var hasReadItsLoss: Bool { hasBeenTold && attend?.session.hasReadEverything == true }

  /// Tells the worker of a lease.
  func tell(_ lease: WorkerAPI.Lease) {
    attend?.next(WorkerAPI.Attend.Reply(lease: lease))
  }

  /// Tells the worker that a lease is over.
  func tellCancelled(_ lease: LeaseID) {
    hasBeenTold = true
    attend?.next(WorkerAPI.Attend.Reply(cancel: Int(lease.value)))
  }

  /// Tells the worker that a model call for which a lease waits may be possible now.
  func tellToAsk(_ lease: LeaseID) {
    attend?.next(WorkerAPI.Attend.Reply(ask: Int(lease.value)))
  }

  /// Tells the worker to finish what it has and leave.
  func tellDrain() {
    attend?.next(WorkerAPI.Attend.Reply(drain: true))
  }
}

/// 128 bits from the system's generator, as 32 hexadecimal digits.
package func randomToken() -> String {
  var generator = SystemRandomNumberGenerator()
  let digits = Array("0123456789abcdef".utf8)
  let text = (0..<32).map { _ in digits[Int.random(in: 0..<16, using: &generator)] }
  return String(decoding: text, as: UTF8.self)
}
