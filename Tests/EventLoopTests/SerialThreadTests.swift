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

  @Test func `what waits for a thread of a program that has died does not keep the program`() throws {
    let isClosed = Locked(false)
    let threads = HandDrivenThreads()
    do {
      let thread = SerialThread<@Sendable () -> Void>()
      try thread.start(name: "test", by: .byHand(threads)) { { works in for work in works { work() } } }
      let tool = Tool(isClosed)
      // As in a broker: what is to be done holds who does it.
      thread.add { [thread] in
        tool.use()
        thread.stop()
      }
    }
    threads.abandon()
    #expect(isClosed.withLock { $0 })
  }
}
