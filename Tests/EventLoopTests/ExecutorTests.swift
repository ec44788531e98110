import EventLoop
import Glibc
import TestSupport
import Testing

/// An actor that runs on a loop.
private actor Counter {
  private let loop: EventLoop
  private(set) var count = 0
  private(set) var strays = 0

  init(loop: EventLoop) { self.loop = loop }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  func add() {
    if !loop.isInLoop { strays += 1 }
    count += 1
  }
}

@Suite(.timeLimit(.minutes(10)))
struct ExecutorTests {
  @Test func `actor calls from many tasks all run on the loop's thread, each once`() async throws {
    try await withLoop { loop, _ in
      let counter = Counter(loop: loop)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<64 {
          group.addTask { for _ in 0..<500 { await counter.add() } }
        }
      }
      #expect(await counter.count == 64 * 500)
      #expect(await counter.strays == 0)
    }
  }

  @Test func `a callback of the loop enters an actor of the loop with assumeIsolated`() async throws {
    try await withLoop { loop, _ in
      let counter = Counter(loop: loop)
      let inLoop: Bool = try await onLoop(loop) { done in
        loop.after(ms: 1) {
          counter.assumeIsolated { $0.add() }
          done(loop.isInLoop)
        }
      }
      #expect(inLoop)
      #expect(await counter.count == 1)
    }
  }

  @Test func `posted closures run in order, also those posted by closures`() async throws {
    try await withLoop { loop, _ in
      let seen: [Int] = try await onLoop(loop) { done in
        let box = Box<[Int]>([])
        nonisolated(unsafe) let shared = box  // used on the loop only
        for number in 0..<1000 {
          loop.post {
            shared.value.append(number)
            guard number == 999 else { return }
            loop.post { loop.post { done(shared.value) } }
          }
        }
      }
      #expect(seen == Array(0..<1000))
    }
  }

  @Test func `an idle loop does not wake up`() async throws {
    try await withLoop { loop, _ in
      // A far timer, and a near one that is cancelled again, must not wake it either.
      try await onLoop(loop) {
        loop.after(ms: 3_600_000) {}
        loop.after(ms: 20) {}.cancel()
      }
      let other = try EventLoop.start(name: "test-clock")
      let before = loop.turns
      _ = try await onLoop(other) { (done: @escaping @Sendable (Bool) -> Void) in other.after(ms: 100) { done(true) } }
      // One turn may still have been under way.
      #expect(loop.turns - before <= 1)
      let settled = loop.turns
      _ = try await onLoop(other) { (done: @escaping @Sendable (Bool) -> Void) in other.after(ms: 200) { done(true) } }
      #expect(loop.turns == settled)
      await other.shutDown()
    }
  }

  @Test func `calls after the end of the loop still run`() async throws {
    let loop = try EventLoop.start(name: "test-ended")
    let counter = Counter(loop: loop)
    await loop.shutDown()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<16 { group.addTask { for _ in 0..<50 { await counter.add() } } }
    }
    #expect(await counter.count == 800)
    #expect(await counter.strays == 0)
  }

  @Test func `what is asked for at the end of a turn runs after everything that arrived in it`() async throws {
    try await withLoop { loop, _ in
      let order: [String] = try await onLoop(loop) { done in
        let box = Box<[String]>([])
        loop.atTurnEnd {
          box.value.append("end")
          loop.atTurnEnd {
            box.value.append("next end")
            done(box.value)
          }
        }
        let start = Box(0)
        let timer = Timer(on: loop) { start.value += 1 }
        timer.start(afterMs: 1)
        box.value.append("callback")
      }
      #expect(order == ["callback", "end", "next end"])
    }
  }
}
