import EventLoop
import JSON
import JobModel
import JobStore
import Wire

/// The streams of events: each reads the history from its cursor, then what is added, as fast as its client takes it.
///
/// Nothing is kept in memory for a client that lags: its next page is read when it has taken the last one.
final class WatchRegistry {
  private final class Watcher {
    let reply: ReplyHandle
    let caller: Caller
    let job: JobID?
    let call: JobsAPI.Watch
    var position: Int64
    /// Up to where the history had gaps when it was last looked at.
    var prunedUpTo: Int64
    var isReading = false
    var hasCaughtUp = false

    init(_ reply: ReplyHandle, _ call: JobsAPI.Watch, job: JobID?, position: Int64, prunedUpTo: Int64) {
      self.reply = reply
      self.call = call
      self.job = job
      self.position = position
      self.prunedUpTo = prunedUpTo
      caller = reply.session.caller
    }
  }

  private struct EventPage: Sendable {
    let events: [JobsAPI.Event]
    let lookedUpTo: Int64
    let jobHasEnded: Bool
    let prunedUpTo: Int64
  }

  private let reads: ReadService
  private let historyID: String
  /// By the numbers of their sessions.
  private var watchers: [Int: Watcher] = [:]
  /// Number of the last event that is on disk.
  private(set) var eventHigh: Int64

  init(reads: ReadService, historyID: String, eventHigh: Int64) {
    self.reads = reads
    self.historyID = historyID
    self.eventHigh = eventHigh
  }

  /// Begins a stream.
  ///
  /// - Parameter pruned: up to where the history had gaps for this caller.
  func add(_ call: JobsAPI.Watch, _ reply: ReplyHandle, from position: Int64, prunedUpTo pruned: Int64) {
    let watcher = Watcher(
      reply, call, job: call.job.map { JobID(Int64($0)) }, position: position, prunedUpTo: pruned)
    // The caller may have ended while the store was asked for the beginning.
    guard !reply.session.isEnding || call.noFollow == true else { return endFollowing(watcher) }
    watchers[reply.session.number] = watcher
    reply.session.onDrain = { [weak self, weak watcher] in
      if let watcher { self?.advance(watcher) }
    }
    advance(watcher)
  }

  func remove(_ session: ClientSession) {
    watchers.removeValue(forKey: session.number)
  }

  /// The caller will send nothing more. A stream that ends by itself is still sent; one that follows is over.
  func callerEnded(_ session: ClientSession) {
    guard let watcher = watchers[session.number], watcher.call.noFollow != true else { return }
    watchers[session.number] = nil
    endFollowing(watcher)
  }

  /// The last reply to who would follow: what the caller has sent behind the stream is still answered.
  private func endFollowing(_ watcher: Watcher) {
    watcher.reply.done(answer(watcher, events: [], caughtUp: false))
  }

  /// Jobs are nobody's any more: who watches one of them is told.
  func removed(_ jobs: [JobID]) {
    for watcher in watchers.values {
      guard let job = watcher.job, jobs.contains(job) else { continue }
      remove(watcher.reply.session)
      watcher.reply.fail(jobs: .refused(.noSuchJob(job)), job: Int(job.value))
    }
  }

  /// Ends every stream: the broker stops.
  func endAll() {
    let open = watchers.values
    watchers.removeAll()
    for watcher in open { watcher.reply.done(answer(watcher, events: [], caughtUp: false)) }
  }

  /// Events up to this one are on disk.
  func synced(eventHigh: Int64) {
    guard eventHigh > self.eventHigh else { return }
    self.eventHigh = eventHigh
    for watcher in watchers.values { advance(watcher) }
  }

  /// Passes on a progress report, to those who keep up.
  func progress(_ report: JobsAPI.Progress, owner: UserID) {
    for watcher in watchers.values where watcher.call.progress == true && watcher.hasCaughtUp {
      guard watcher.job == nil || watcher.job == JobID(Int64(report.job)),
        watcher.caller.seesAll || watcher.caller.user == owner,
        watcher.reply.session.unsentBytes < BrokerLimits.unsentBytesLow
      else { continue }
      watcher.reply.next(
        JobsAPI.Watch.Reply(
          events: [], progress: [report], cursor: cursor(watcher.position), caughtUp: watcher.position >= eventHigh))
    }
  }

  // MARK: Cursors

  func cursor(_ number: Int64) -> String { "\(historyID):\(number)" }

  /// The number that a cursor stands for.
  ///
  /// - Parameter first: the smallest for which nothing of the history behind it was removed.
  /// - Throws: `Refusal` for what is no cursor; `CursorTooOld` for one of another history.
  func position(_ cursor: String?, from first: Int64) throws -> Int64 {
    guard let cursor else { return eventHigh }
    // Whoever has seen nothing misses nothing that he could know of.
    if cursor == "0" { return 0 }
    // A bare number means the history of this store.
    if let number = Int64(cursor), number >= 0 {
      guard number >= first else { throw tooOld(cursor, oldest: first) }
      guard number <= eventHigh else {
        throw Refusal(
          .invalid, "there is no event \(number) yet: the last is \(eventHigh)", remedy: "use an earlier number, or 0")
      }
      return number
    }
    let parts = cursor.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int64(parts[1]), number >= 0 else {
      throw Refusal(.invalid, "'\(visible(cursor))' is no cursor", remedy: "use one from an earlier reply, or 0")
    }
    guard parts[0] == historyID, number <= eventHigh else {
      throw tooOld(cursor, oldest: first, because: "it is of another history, as from before a restore")
    }
    guard number >= first else { throw tooOld(cursor, oldest: first) }
    return number
  }

  private func tooOld(_ cursor: String, oldest: Int64, because reason: String? = nil) -> JobsAPI.CursorTooOld {
    JobsAPI.CursorTooOld(
      oldest: self.cursor(oldest),
      message: "nothing can be told from '\(visible(cursor))' on: "
        + (reason ?? "events up to \(oldest) were removed with their jobs"),
      remedy: "begin again at \(oldest) or at 0, or show the job for its present state")
  }

  // MARK: Pages

  private func advance(_ watcher: Watcher) {
    if watcher.reply.session.isBroken {
      remove(watcher.reply.session)
      return watcher.reply.abandon()
    }
    guard !watcher.isReading, watchers[watcher.reply.session.number] === watcher,
      watcher.reply.session.unsentBytes < BrokerLimits.unsentBytesLow
    else { return }
    if watcher.position >= eventHigh, watcher.hasCaughtUp { return }
    watcher.isReading = true
    let (position, high, job, caller) = (watcher.position, eventHigh, watcher.job, watcher.caller)
    let untilEnd = watcher.call.untilEnd == true
    reads.read { reader in
      let found = try reader.events(
        after: position, upTo: high, job: job, limit: BrokerLimits.eventsPerReplyMax, for: caller)
      let page = WatchRegistry.fitting(found.events, lookedUpTo: found.lookedUpTo)
      let hasEnded = try untilEnd && job.map { try reader.hasEnded($0, allEventsUpTo: page.lookedUpTo) } ?? false
      // Looked at last: what is not told of now was not gone when the events were read.
      if let job { _ = try reader.job(job, for: caller) }
      let pruned = job == nil ? try reader.prunedUpTo(for: caller) : 0
      return EventPage(
        events: page.events, lookedUpTo: page.lookedUpTo, jobHasEnded: hasEnded, prunedUpTo: pruned)
    } then: { [weak self] result in
      watcher.isReading = false
      self?.send(result, to: watcher)
    }
  }

  /// As many events as one message holds. What is cut off is looked at again: the cursor stays at the last that is sent.
  private static func fitting(
    _ records: [EventRecord], lookedUpTo: Int64
  ) -> (events: [JobsAPI.Event], lookedUpTo: Int64) {
    let events = records.map(JobsAPI.Event.init)
    let count = Page.count(of: events, bytesMax: Broker.pageBytesMax)
    guard count < events.count else { return (events, lookedUpTo) }
    return (Array(events.prefix(count)), records[count - 1].number)
  }

  private func send(_ result: Result<EventPage, StoreError>, to watcher: Watcher) {
    guard watchers[watcher.reply.session.number] === watcher else { return }
    switch result {
    case .failure(let error):
      remove(watcher.reply.session)
      watcher.reply.fail(jobs: error, job: Int(watcher.job?.value ?? 0))
    case .success(let page) where page.prunedUpTo > max(watcher.prunedUpTo, watcher.position):
      remove(watcher.reply.session)
      watcher.reply.fail(tooOld(cursor(watcher.position), oldest: page.prunedUpTo))
    case .success(let page):
      watcher.prunedUpTo = page.prunedUpTo
      watcher.position = page.lookedUpTo
      let caughtUp = watcher.position >= eventHigh
      let isLast = page.jobHasEnded || (caughtUp && watcher.call.noFollow == true)
      let isWorthTelling = !page.events.isEmpty || (caughtUp && !watcher.hasCaughtUp)
      watcher.hasCaughtUp = watcher.hasCaughtUp || caughtUp
      if isLast {
        remove(watcher.reply.session)
        watcher.reply.done(answer(watcher, events: page.events, caughtUp: caughtUp))
      } else {
        if isWorthTelling { watcher.reply.next(answer(watcher, events: page.events, caughtUp: caughtUp)) }
        advance(watcher)
      }
    }
  }

  private func answer(_ watcher: Watcher, events: [JobsAPI.Event], caughtUp: Bool) -> JobsAPI.Watch.Reply {
    JobsAPI.Watch.Reply(
      events: events, progress: [], cursor: cursor(watcher.position), caughtUp: caughtUp)
  }
}
