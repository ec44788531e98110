import EventLoop
import JSON
import Testing
import Wire

@testable import WorkerHost

private let busy = WorkerAPI.StoreBusy(message: "the disk is full", remedy: "send the call again after a while")

/// Refuses the first calls of each method, and the same chunk as often.
private func refusing(_ times: Int, _ isMeant: @escaping @Sendable (WorkerAPI.Call) -> Bool)
  -> @Sendable (WorkerAPI.Call) -> Reaction
{
  let counts = Locked<[String: Int]>([:])
  return { call in
    guard isMeant(call) else { return .accept }
    let count = counts.withLock { counts in
      counts[call.busyName, default: 0] += 1
      return counts[call.busyName] ?? 0
    }
    return count <= times ? .refuse(busy) : .accept
  }
}

extension WorkerAPI.Call {
  fileprivate var busyName: String {
    switch self {
    case .putChunk(let chunk): "chunk at \(chunk.offset)"
    case .putResult(let put): "put \(put.path)"
    case .spawnTasks: "spawn"
    case .complete: "complete"
    case .fail: "fail"
    case .release: "release"
    default: "other"
    }
  }
}

/// Makes a small and a large result and a task, as one who does not wait; then it is done, or has failed.
private let making = python(
  """
  def generate(id, params):
      send(method="result", params={"path": "small", "media_type": "text/plain", "text": "s"})
      send(method="result", params={"path": "large", "media_type": "text/plain", "text": "l" * 600000})
      send(method="spawn", params={"tasks": [{"key": "k", "op": "o", "payload": {}}]})
      if params["task"]["payload"].get("fails"): send(id=id, error={"code": 1, "message": "no"})
      else: finish(id)
  """)

private let hanging = python("def generate(id, params): result('begun', 'x'); hang()")

/// What the worker does when the broker says that its store could not take a call.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct StoreBusyTests {
  @Test func `the rests grow to a bound, and are short again when something was taken`() {
    var calls = BusyCalls(WorkerTimes())
    let waits = (0..<7).map { _ in
      defer { _ = calls.restIsOver() }
      return calls.refused(1, random: 1)
    }
    #expect(waits == [100, 200, 400, 800, 1600, 2000, 2000])
    calls.answered(1)
    #expect(calls.refused(2, random: 0) == 50)
  }

  @Test func `what is refused during a rest is made again at its end, in the order of the calls`() {
    var calls = BusyCalls(WorkerTimes())
    #expect(calls.refused(3, random: 0) != nil)
    #expect(calls.refused(1, random: 0) == nil)
    #expect(calls.restIsOver() == [1, 3])
    #expect(calls.refused(3, random: 0) != nil)
    calls.disconnected()
    #expect(calls.restIsOver().isEmpty)
  }

  @Test func `every write is sent until the store takes it, and the attempt succeeds`() async throws {
    try await withWorker(making) { scene in
      await scene.broker.set { $0.react = refusing(3) { $0.busyName != "other" } }
      await scene.broker.give(lease(1))
      try await scene.broker.wait("four calls of Complete") { $0.calls.count { $0.asComplete != nil } == 4 }
      #expect(await scene.broker.calls.count { $0.asFail != nil } == 0)
      #expect(await scene.broker.files.mapValues(\.count) == ["small": 1, "large": 600_000])
      #expect(await scene.broker.calls.last?.asComplete?.results == 2)
    }
  }

  @Test func `a failure is told until the store takes it, and then the next task comes`() async throws {
    try await withWorker(making) { scene in
      await scene.broker.set { $0.react = refusing(3) { $0.asFail != nil } }
      await scene.broker.give(lease(1, payload: ["fails": true]))
      try await scene.broker.wait("four calls of Fail") { $0.calls.count { $0.asFail != nil } == 4 }
      await scene.broker.give(lease(2))
      #expect(try await scene.broker.end(of: 2).asComplete != nil)
      #expect(await scene.broker.ends(of: 1).count == 4)
    }
  }

  @Test func `a lease is given back until the store takes it, and the worker ends before its time`() async throws {
    try await withWorker(hanging, change: { $0.times.releaseMs = 60_000 }) { scene in
      await scene.broker.set { $0.react = refusing(3) { $0.busyName == "release" } }
      await scene.broker.give(lease(1))
      try await scene.broker.wait("the result") { $0.files["begun"] != nil }
      await scene.worker.stop()
      await scene.worker.stop()
      _ = try await scene.life.value
      #expect(await scene.broker.ends(of: 1).count == 4)
    }
  }

  @Test func `for a lease that is over nothing is sent again`() async throws {
    try await withWorker(making, change: { $0.times.busyFirstMs = 20 }) { scene in
      await scene.broker.set { $0.react = refusing(.max) { $0.asComplete?.lease == 1 } }
      await scene.broker.give(lease(1))
      try await scene.broker.wait("two calls of Complete") { $0.ends(of: 1).count >= 2 }
      await scene.broker.order(WorkerAPI.Attend.Reply(cancel: 1))
      try await scene.broker.wait("the worker has heard of it") { $0.calls.contains(where: \.isHeartbeat) }
      let before = await scene.broker.ends(of: 1).count
      await scene.broker.set { $0.react = refusing(4) { $0.asComplete != nil } }
      await scene.broker.give(lease(2))
      try await scene.broker.wait("the end of the next") { $0.ends(of: 2).count == 5 }
      #expect(await scene.broker.ends(of: 1).count == before)
    }
  }

  @Test func `a failure that the broker does not take for another reason is given back`() async throws {
    try await withWorker(making) { scene in
      await scene.broker.set {
        $0.react = { $0.asFail == nil ? .accept : .refuse(WorkerAPI.Refused(message: "no", remedy: "none")) }
      }
      await scene.broker.give(lease(1, payload: ["fails": true]))
      try await scene.broker.wait("the release") { $0.calls.contains { $0.busyName == "release" } }
    }
  }

  @Test func `after a broken connection what rested is sent at once, and once`() async throws {
    let change = { (options: inout WorkerOptions) in
      (options.times.busyFirstMs, options.times.busyLongestMs) = (60_000, 60_000)
    }
    try await withWorker(making, change: change) { scene in
      await scene.broker.set { $0.react = refusing(1) { $0.asComplete != nil } }
      await scene.broker.give(lease(1))
      try await scene.broker.wait("a refused Complete") { $0.ends(of: 1).count == 1 }
      await scene.broker.disconnectAll()
      try await scene.broker.wait("the second") { $0.ends(of: 1).count == 2 }
      await scene.broker.give(lease(2))
      _ = try await scene.broker.end(of: 2)
      #expect(await scene.broker.ends(of: 1).count == 2)
    }
  }
}
