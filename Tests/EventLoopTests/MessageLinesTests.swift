import EventLoop
import TestSupport
import Testing

/// Lines for somebody who reads slowly or not at all.
@Suite(.timeLimit(.minutes(10)))
struct MessageLinesTests {
  /// Takes what is written, and holds the writer up while it is closed.
  private final class Reader: Sendable {
    private struct State {
      var text = ""
      var isReading: Bool
    }
    private let state: Locked<State>

    init(isReading: Bool) { state = Locked(State(isReading: isReading)) }

    func take(_ text: String) {
      while !state.withLock({ $0.isReading }) { waitAMoment() }
      state.withLock { $0.text += text }
    }

    func beginReading() { state.withLock { $0.isReading = true } }
    var lines: [Substring] { state.withLock { $0.text }.split(separator: "\n") }
  }

  @Test func `lines are written in their order, all of them before the end`() async throws {
    let reader = Reader(isReading: true)
    let lines = try MessageLines { reader.take($0) }
    for number in 0..<1000 { lines.add("line \(number)") }
    await lines.finish()
    #expect(reader.lines == (0..<1000).map { "line \($0)" })
  }

  @Test func `nobody waits for who does not read; what does not fit is counted, and the count is told`() async throws {
    let reader = Reader(isReading: false)
    let lines = try MessageLines { reader.take($0) }
    let long = String(repeating: "x", count: 1023)
    for _ in 0..<3000 { lines.add(long) }
    reader.beginReading()
    try waitUntil("the count is told") { reader.lines.contains { $0.hasPrefix("(") } }
    lines.add("after")
    await lines.finish()
    let written = reader.lines.count - 2
    #expect((1...MessageLines.waitingBytesMax / 1024).contains(written))
    #expect(reader.lines.suffix(2) == ["(\(3000 - written) lines are missing here: nobody read them)", "after"])
  }

  @Test func `the end does not wait for ever for who does not read`() async throws {
    let reader = Reader(isReading: false)
    let lines = try MessageLines { reader.take($0) }
    lines.add("one")
    await lines.finish()
    #expect(reader.lines.isEmpty)
    reader.beginReading()
  }

  @Test func `what was said before an error is written, too`() async throws {
    let reader = Reader(isReading: true)
    await #expect(throws: TestTimeout.self) {
      try await MessageLines.during({ reader.take($0) }) { lines in
        lines.add("the last words")
        throw TestTimeout()
      }
    }
    #expect(reader.lines == ["the last words"])
  }
}
