import EventLoop
import Glibc
import TestSupport
import Testing

import class Foundation.FileManager

@Suite(.timeLimit(.minutes(10)))
struct TimerTests {
  @Test func `timers fire by deadline, equal ones in the order they were set, cancelled ones never`() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    try await withLoop { loop, _ in
      let (fired, expected): ([Int], [Int]) = try await onLoop(loop) { done in
        var random = SplitMix(state: seed)
        let fired = Box<[Int]>([])
        let start = MonotonicClock.nowMs() + 30
        var timers: [(delay: Int64, number: Int, timer: Timer)] = []
        for number in 0..<2000 {
          let timer = Timer(on: loop) { fired.value.append(number) }
          let delay = Int64(random.next() % 40)
          timer.start(atMs: start + delay)
          timers.append((delay, number, timer))
        }
        let cancelled = timers.filter { _ in random.next() % 3 == 0 }
        for entry in cancelled { entry.timer.cancel() }
        let kept = timers.filter { $0.timer.isScheduled }
        let expected = kept.sorted { ($0.delay, $0.number) < ($1.delay, $1.number) }.map(\.number)
        loop.after(ms: 200) { done((fired.value, expected)) }
      }
      #expect(fired == expected)
    }
  }

  /// The number of `CLOCK_BOOTTIME`, as the kernel tells it of a timer (proc_pid_fdinfo(5)).
  @Test func `the timers of a loop go on while the machine sleeps`() async throws {
    try await withLoop { loop, _ in
      let clocks: [String] = try await onLoop(loop) { done in
        let timer = Timer(on: loop) {}
        timer.start(afterMs: 60_000)
        let place = "/proc/self/fdinfo"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        let infos = names.compactMap { FileManager.default.contents(atPath: "\(place)/\($0)") }
        let lines = infos.flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n") }
        timer.cancel()
        done(lines.filter { $0.hasPrefix("clockid:") }.map { String($0.dropFirst(8).drop { !$0.isNumber }) })
      }
      // Those of other libraries are among them.
      #expect(clocks.contains("\(CLOCK_BOOTTIME)"), "\(clocks)")
    }
  }

  @Test func `a timer may cancel another one that is due in the same turn`() async throws {
    try await withLoop { loop, _ in
      let fired: [String] = try await onLoop(loop) { done in
        let fired = Box<[String]>([])
        let deadline = MonotonicClock.nowMs() + 5
        let second = Timer(on: loop) { fired.value.append("second") }
        let first = Timer(on: loop) {
          fired.value.append("first")
          second.cancel()
        }
        first.start(atMs: deadline)
        second.start(atMs: deadline)
        loop.after(ms: 50) { done(fired.value) }
      }
      #expect(fired == ["first"])
    }
  }

  @Test func `a repeating timer fires until it is cancelled`() async throws {
    try await withLoop { loop, _ in
      let count: Int = try await onLoop(loop) { done in
        let count = Box(0)
        let timer = Box<Timer?>(nil)
        timer.value = Timer(on: loop) {
          count.value += 1
          guard count.value == 5 else { return }
          timer.value?.cancel()
          timer.value = nil  // or the two would hold each other
          loop.after(ms: 50) { done(count.value) }
        }
        timer.value?.start(afterMs: 1, repeatMs: 2)
      }
      #expect(count == 5)
    }
  }

  @Test func `a delay beyond all bounds is cut, not a crash`() async throws {
    try await withLoop { loop, _ in
      let isScheduled = try await onLoop(loop) {
        let timer = Timer(on: loop) {}
        timer.start(atMs: Int64.max, repeatMs: Int64.max)
        loop.after(ms: Int64.max) {}
        return timer.isScheduled
      }
      #expect(isScheduled)
    }
  }

  @Test func `after standing still, sockets are read before the timers fire`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/s"
      let peerLoop = try EventLoop.start(name: "test-peer")
      let order: [String] = try await onLoop(loop) { done in
        let order = Box<[String]>([])
        loop.onPause = { late in order.value.append(late >= EventLoop.pauseThresholdMs ? "pause" : "short pause") }
        _ = try UnixListener(path: path, on: loop) { server in
          server.startReading(
            onData: {
              order.value.append($0.text)
              guard order.value == ["ready"] else { return }
              loop.after(ms: 10) {
                order.value.append("timer")
                done(order.value)
              }
              // The peer sends while this thread stands still, as it would in a suspend.
              server.write([1])
              loop.atTurnEnd { loop.atTurnEnd { usleep(UInt32(EventLoop.pauseThresholdMs + 300) * 1000) } }
            }, onEnd: { _ in })
        }
        peerLoop.post {
          guard let client = try? Connection.connectNow(to: path, on: peerLoop) else { return }
          client.write(Array("ready".utf8))
          client.startReading(onData: { _ in client.write(Array("heartbeat".utf8)) }, onEnd: { _ in })
        }
      }
      #expect(order == ["ready", "pause", "heartbeat", "timer"] || order == ["ready", "heartbeat", "pause", "timer"])
      await peerLoop.shutDown()
    }
  }

  @Test func `a watched signal calls back`() async throws {
    try await withLoop { loop, _ in
      let came: Bool = try await onLoop(loop) { done in
        _ = try SignalWatcher(SIGUSR1, on: loop) { done(true) }
        kill(getpid(), SIGUSR1)
      }
      #expect(came)
      _ = await #expect(throws: IOError.self) {
        _ = try await onLoop(loop) { _ = try SignalWatcher(SIGKILL, on: loop) {} }
      }
    }
  }
}

/// A small random generator that a printed seed repeats.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
