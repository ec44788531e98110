/// What other threads hand to a loop: actor jobs and closures, in the order they came.
///
/// The only part of a loop that several threads touch. `uv_async_send` merges calls that come close together, so it
/// says only *that* something is there; what, is kept here, and the loop takes all of it at once.
final class Inbox: Sendable {
  enum Work: Sendable {
    case job(UnownedJob)
    case body(@Sendable () -> Void)
  }

  private struct State {
    var work: [Work] = []
    /// A wake-up is under way, or the loop is sure to look before it sleeps.
    var isAnnounced = false
    var isLoopOver = false
  }

  private let state = Locked(State())

  /// Adds work, and wakes the loop if that is needed; `fromLoop` = the caller is the loop itself, which looks here
  /// before it sleeps. True when the loop is over: the caller has to start a thread that runs what still comes.
  ///
  /// `wake` is called under the lock, so that it cannot meet a loop that ``endLoop()`` has allowed to go away.
  func add(_ work: Work, fromLoop: Bool, wake: () -> Void) -> Bool {
    state.withLock { state in
      state.work.append(work)
      if state.isAnnounced || (fromLoop && !state.isLoopOver) { return false }
      state.isAnnounced = true
      if !state.isLoopOver { wake() }
      return state.isLoopOver
    }
  }

  /// Takes everything; from here on the next foreign `add` wakes the loop again.
  func takeAll() -> [Work] {
    state.withLock { state in
      state.isAnnounced = false
      let work = state.work
      state.work = []
      return work
    }
  }

  var isEmpty: Bool { state.withLock { $0.work.isEmpty } }

  /// Says that no loop will look here again; true when work was left for a late thread.
  func endLoop() -> Bool {
    state.withLock { state in
      state.isLoopOver = true
      state.isAnnounced = !state.work.isEmpty
      return state.isAnnounced
    }
  }

  /// For the late thread: the next batch, or nil when it may end.
  func takeLate() -> [Work]? {
    state.withLock { state in
      guard !state.work.isEmpty else {
        state.isAnnounced = false
        return nil
      }
      let work = state.work
      state.work = []
      return work
    }
  }
}
