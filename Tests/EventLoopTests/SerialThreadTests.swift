import TestSupport
import Testing

@testable import EventLoop

/// A thread that works off batches.
@Suite(.timeLimit(.minutes(10)))
struct SerialThreadTests {
  /// Stands for what a thread works with: a connection to a database, say.
  private final class Tool: Sendable {
    private let isClosed: Locked<Bool>

    init(_ isClosed: Locked<Bool>) { self.isClosed = isClosed }
    deinit { isClosed.withLock { $0 = true } }
    func use() {}
  }

  @Test func `what a thread has worked with is closed before anybody hears of its end`() throws {
    let (isClosed, wasClosed) = (Locked(false), Locked<Bool?>(nil))
    let thread = SerialThread<Int>()
    try thread.start(name: "test") {
      let tool = Tool(isClosed)
      return { _ in tool.use() }
    }
    thread.whenEnded { [isClosed] in
      let closed = isClosed.withLock { $0 }
      wasClosed.withLock { $0 = closed }
    }
    thread.add(1)
    thread.stop()
    thread.join()
    try waitUntil("the end is told") { wasClosed.withLock { $0 } != nil }
    #expect(wasClosed.withLock { $0 } == true)
  }

  @Test func `everything added before the stop is worked off, in its order`() throws {
    let seen = Locked<[Int]>([])
    let thread = SerialThread<Int>()
    try thread.start(name: "test") { { batch in seen.withLock { $0 += batch } } }
    for number in 0..<1000 { thread.add(number) }
    thread.stop()
    thread.join()
    #expect(seen.withLock { $0 } == Array(0..<1000))
  }
}
