import Broker
import EventLoop
import JSON
import Synchronization
import TestSupport
import Testing
import Varlink

/// A wall clock that is set while the broker runs. `contrib/simulate` does the same among all other faults.
@Suite(.serialized) struct ClockTests {
  /// The machine's clocks, of which the test sets the one for writing down.
  private final class SettableTime: TimeSource {
    private let aheadMs = Atomic<Int64>(0)

    var monotonicMs: Int64 { MonotonicClock.nowMs() }
    var utcMs: Int64 { WallClock.nowMs() + aheadMs.load(ordering: .sequentiallyConsistent) }

    func set(aheadMs: Int64) { self.aheadMs.store(aheadMs, ordering: .sequentiallyConsistent) }
  }

  private static let hourMs: Int64 = 3_600_000
  private static let longestBackoffMs: Int64 = 300_000

  @Test(arguments: [hourMs, -hourMs])
  func `leases last as long as before when the clock is set, and end as before`(jumpMs: Int64) async throws {
    try await withPlace { place in
      let time = SettableTime()
      let broker = try await RunningBroker(place, quick, time: time)
      let kept = Acknowledged()
      try kept.submit(broker.client(), #"{"kind":"c","tasks":[{"key":"a"},{"key":"b"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "c")
      let lease = try worker.lease()
      try kept.put(worker, lease, "one", "1")
      time.set(aheadMs: jumpMs)
      // Two and a half times as long as a silent worker keeps its lease.
      for _ in 0..<20 {
        try pass(ms: 50)
        #expect(try worker.heartbeat().error == nil)
      }
      try kept.put(worker, lease, "two", "2")
      try worker.expectOK(worker.complete(lease.id, [("one", "1"), ("two", "2")]))
      // One that is silent loses its lease, and the next worker has it without waiting for an hour.
      let lost = try worker.lease()
      let next = try ScriptedWorker(place.socket, kind: "c")
      let taken = try next.lease()
      #expect(taken.key == lost.key && taken.id > lost.id)
      try next.finish(taken)
      time.set(aheadMs: 0)
      try kept.expectAll(at: place.socket)
      await broker.stop()
    }
  }

  @Test func `set forward, a task that waits after a failure is tried at the next occasion`() async throws {
    try await withWaitingTask { broker, time, worker in
      time.set(aheadMs: Self.hourMs)
      _ = try broker.client().submit(#"{"kind":"other"}"#)
      try worker.finish(worker.lease())
    }
  }

  @Test func `set back, a task waits no longer than the longest wait, and comes when the clock is right again`()
    async throws
  {
    try await withWaitingTask { broker, time, worker in
      time.set(aheadMs: -Self.hourMs)
      _ = try broker.client().submit(#"{"kind":"other"}"#)
      let task = try broker.client().get("Jobs.Tasks", #"{"job":1}"#).at("tasks").elements?.first
      let waitMs = (task?.at("not_before_ms").int ?? 0) - time.utcMs
      #expect((1...Self.longestBackoffMs).contains(waitMs), "it waits \(waitMs) ms")
      #expect(try !worker.hasOrder())
      time.set(aheadMs: 0)
      _ = try broker.client().submit(#"{"kind":"other"}"#)
      try worker.finish(worker.lease())
    }
  }

  /// A broker with a task that has failed and is to be tried again in two and a half minutes.
  private func withWaitingTask(_ body: (RunningBroker, SettableTime, ScriptedWorker) throws -> Void) async throws {
    try await withPlace { place in
      let time = SettableTime()
      let broker = try await RunningBroker(place, time: time)
      let job = try broker.client().submit(#"{"kind":"c","tasks":[{"key":"a"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "c")
      let failure = #""class":"plugin","message":"later","retryable":true,"retry_after_ms":150000"#
      try worker.expectOK(worker.call("Fail", worker.lease().id, failure))
      #expect(try !worker.hasOrder())
      try body(broker, time, worker)
      #expect(try broker.client().get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "state").string == "succeeded")
      #expect(try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) == [])
      await broker.stop()
    }
  }
}
