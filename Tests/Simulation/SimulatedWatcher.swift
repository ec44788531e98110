import StoreSupport
import Varlink
import Wire

/// Somebody who follows the history, and goes on from their cursor after every break.
final class SimulatedWatcher {
  private let uid: UInt32
  private let world: World
  private var line: Line?
  private var cursor = "0"
  private var last = 0

  init(uid: UInt32, in world: World) {
    self.uid = uid
    self.world = world
  }

  private var seesAll: Bool { uid == BrokerHost.ownUser }

  func act() throws {
    if line?.isOpen != true {
      line = try world.connect(uid: uid)
      line?.call(JobsAPI.Watch(since: cursor), mode: .more) { [weak self] in try self?.take($0) }
    }
    line?.send()
    try line?.receive()
    if world.chance(4) { breakOff() }
  }

  func breakOff() {
    line?.close()
    line = nil
  }

  private func take(_ answer: Line.Answer<JobsAPI.Watch.Reply>) throws {
    guard case .reply(let reply) = answer else {
      // A broker that stops ends the stream; nothing of the history was ever taken away.
      if case .error(let name) = answer, name == "CursorTooOld" {
        throw Violation("the cursor \(cursor) is said to be too old")
      }
      return breakOff()
    }
    for event in reply.events {
      guard event.number > last else { throw Violation("a watcher got event \(event.number) after event \(last)") }
      if seesAll, event.number != last + 1 {
        throw Violation("a watcher got event \(event.number) after event \(last): something is missing")
      }
      last = event.number
      try world.ledger.seen(event.number, job: event.job, type: event.type, task: event.task)
    }
    cursor = reply.cursor
  }
}
