import EventLoop

/// Values that come at any time, for listeners that come one after the other: what nobody has heard is kept for the next.
///
/// A plain `AsyncStream` would end for good when its first listener is cancelled.
struct Mailbox<Element: Sendable>: Sendable {
  private struct State {
    var unheard: [Element] = []
    var listener: AsyncStream<Element>.Continuation?
  }

  private let state = Locked(State())

  func post(_ element: Element) {
    state.withLock { state in
      guard let listener = state.listener, case .enqueued = listener.yield(element) else {
        state.unheard.append(element)
        return
      }
    }
  }

  /// The values from now on, those first that nobody heard. Only the last listener gets any.
  func listen() -> AsyncStream<Element> {
    let (stream, continuation) = AsyncStream.makeStream(of: Element.self)
    state.withLock { state in
      for element in state.unheard { continuation.yield(element) }
      state.unheard = []
      state.listener = continuation
    }
    return stream
  }
}
