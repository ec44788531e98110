/// Lines for somebody who may read slowly, or not at all: a thread of their own writes them, and whoever makes them never
/// waits.
package final class MessageLines: Sendable {
  private struct State {
    var waitingBytes = 0
    /// Lines that came while too much was waiting, behind everything that waits.
    var dropped = 0

    /// What is written in the place of the lines that were dropped.
    mutating func takeGap() -> String {
      guard dropped > 0 else { return "" }
      defer { dropped = 0 }
      return "(\(dropped) lines are missing here: nobody read them)\n"
    }
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
        let gap = state.withLock { state in
          state.waitingBytes -= text.utf8.count
          return state.waitingBytes == 0 ? state.takeGap() : ""
        }
        if !gap.isEmpty { write(gap) }
      }
    }
  }

  /// Runs `body` with lines of its own, and waits for them however it ends.
  package static func during<Result>(
    _ write: @escaping @Sendable (String) -> Void, _ body: (MessageLines) async throws -> Result
  ) async throws -> Result {
    let lines = try MessageLines(write)
    do {
      let result = try await body(lines)
      await lines.finish()
      return result
    } catch {
      await lines.finish()
      throw error
    }
  }

  /// Adds a line, without its end.
  package func add(_ line: String) {
    let accepted: String? = state.withLock { state in
      guard state.waitingBytes + line.utf8.count < Self.waitingBytesMax else {
        state.dropped += 1
        return nil
      }
      let text = state.takeGap() + line + "\n"
      state.waitingBytes += text.utf8.count
      return text
    }
    if let accepted { thread.add(accepted) }
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
