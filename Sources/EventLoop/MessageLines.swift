/// Lines for somebody who may read slowly, or not at all: a thread of their own writes them, and whoever makes them never
/// waits.
package final class MessageLines: Sendable {
  private struct State {
    var waitingBytes = 0
    /// Lines that came while too much was waiting.
    var dropped = 0
  }

  private let thread = SerialThread<String>()
  private let state = Locked(State())

  /// What may wait to be written; what comes beyond it is counted and dropped.
  package static let waitingBytesMax = 1 << 20
  /// How long ``finish()`` waits for who does not read.
  static let finishMs: Int64 = 1_000

  /// Starts the thread. `write` is called on it, with one or more lines, and may block.
  package init(_ write: @escaping @Sendable (String) -> Void) throws(IOError) {
    try thread.start(name: "messages") { [state] in
      { lines in
        let text = lines.joined()
        write(text)
        let dropped = state.withLock { state in
          defer { state.dropped = 0 }
          state.waitingBytes -= text.utf8.count
          return state.dropped
        }
        if dropped > 0 { write("(\(dropped) lines are missing here: nobody read them)\n") }
      }
    }
  }

  /// Adds a line, without its end.
  package func add(_ line: String) {
    let line = line + "\n"
    let fits = state.withLock { state in
      guard state.waitingBytes + line.utf8.count <= Self.waitingBytesMax else {
        state.dropped += 1
        return false
      }
      state.waitingBytes += line.utf8.count
      return true
    }
    if fits { thread.add(line) }
  }

  /// Waits until everything is written, but not long for who does not read.
  package func finish() async {
    thread.stop()
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let waiting = Locked<CheckedContinuation<Void, Never>?>(continuation)
      let goOn: @Sendable () -> Void = {
        waiting.withLock { waiting in
          defer { waiting = nil }
          return waiting
        }?.resume()
      }
      thread.whenEnded(goOn)
      Task {
        try? await Task.sleep(for: .milliseconds(Self.finishMs))  // nobody cancels it
        goOn()
      }
    }
  }
}
