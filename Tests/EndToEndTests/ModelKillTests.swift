import Foundation
import Glibc
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// Promise 6 against the log of a server that counts: workers and broker are killed while calls are under way.
  @Suite(.timeLimit(.minutes(15)))
  struct ModelKills {
    private static let tasks = Setting.number("GENBROKER_MODEL_TASKS", default: 500)
    private static let kills = Setting.number("GENBROKER_MODEL_KILLS", default: 50)

    @Test func `no answer that reached the broker is paid for twice, whoever is killed`() async throws {
      var random = SeededRandom(seed: Setting.seed())
      try await ModelScene.with(["--fail-every", "20", "--latency", "40", "--piece-latency", "5"]) { scene in
        let crew = Crew(scene)
        try await crew.start()
        let questions = (0..<Self.tasks).map { "killed \(String(format: "%04d", $0))" }
        let job = try await scene.submit(questions, maxCrashes: 1_000)
        var killed: [String: Int] = [:]
        var seen = 0
        for _ in 0..<Self.kills {
          // A kill comes whenever something has come of the last one.
          let step = 1 + Int(random.next() % UInt64(max(1, Self.tasks * 3 / 2 / Self.kills)))
          seen = try await crew.requests(beyond: seen + step)
          let victim = random.element(of: ["broker", "worker", "worker", "plugin"])
          killed[victim, default: 0] += try await crew.kill(victim, &random) ? 1 : 0
        }
        let ended = try await scene.installation.end(of: job, seconds: 300)
        #expect(ended.state == .succeeded, "\(ended)")
        try await check(job, scene, killed)
      }
    }

    private func check(_ job: Int, _ scene: ModelScene, _ killed: [String: Int]) async throws {
      let shown = try await eventually("no call is open") {
        let shown = try await scene.installation.call(JobsAPI.Show(job: job))
        return shown.spending?.reserved.calls == 0 ? shown : nil
      }
      let spending = try #require(shown.spending)
      let requests = try scene.requests()
      let answered = requests.count { $0.isAnswered }
      let calls = try await scene.calls(of: job)
      #expect(calls.count { $0.state == "settled" } == Self.tasks)
      #expect(spending.settled.calls <= answered)
      #expect(answered <= spending.settled.calls + spending.unknown.calls)
      let again = try await askedAfterSettlement(calls, requests, scene)
      #expect(again.isEmpty, "\(again)")
      #expect(try await scene.installation.files(of: job).allSatisfy { $0.version == 1 && $0.head })
      #expect(try await scene.installation.findings().isEmpty)
      print(
        """
        \(Self.tasks) tasks, killed \(killed.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")): \
        settled \(spending.settled.calls) (wasted \(spending.wasted.calls)) <= answered \(answered) <= settled + unknown \
        \(spending.settled.calls + spending.unknown.calls); \(requests.count) requests, none for a question after its settlement
        """)
    }

    /// Requests that came when their question had been settled already.
    private func askedAfterSettlement(
      _ calls: [JobsAPI.ModelCall], _ requests: [ModelScene.Request], _ scene: ModelScene
    ) async throws -> [String] {
      let settledMs = Dictionary(
        calls.filter { $0.state == "settled" }.map { ($0.task, $0.endedMs ?? 0) }, uniquingKeysWith: min)
      return requests.compactMap { request in
        guard let task = Self.task(of: request), let at = settledMs[task] else { return "\(request.body) of no call" }
        return request.atMs > Double(at) ? "\(task) at \(request.atMs), settled at \(at)" : nil
      }
    }

    /// By the number at the end of its question.
    private static func task(of request: ModelScene.Request) -> String? {
      guard let place = request.body.range(of: "killed ") else { return nil }
      return "ask/\(request.body[place.upperBound...].prefix(4))"
    }
  }
}

/// The processes that are killed, and started again.
private final class Crew {
  private let scene: ModelScene
  private var broker: Program?
  private var workers: [Program] = []
  private var begun = 0

  init(_ scene: ModelScene) { self.scene = scene }

  func start() async throws {
    broker = try await scene.installation.broker(["--grace", "2s"])
    for _ in 0..<3 { try await startWorker() }
  }

  private func startWorker() async throws {
    begun += 1
    workers.append(try await scene.worker(concurrency: 3, name: "crew-\(begun)"))
  }

  /// Waits until the server has had more than so many requests, or no more come because all is done.
  func requests(beyond count: Int) async throws -> Int {
    struct Counts: Decodable { let requests: Int }
    return try await eventually("the server has had \(count) requests") {
      let bytes = try scene.server.send("GET", "/_control/counts")
      let now = try JSONDecoder().decode(Counts.self, from: Data(bytes)).requests
      if now >= count { return now }
      let job = try? await scene.installation.call(JobsAPI.Show()).job
      return job?.state == .succeeded ? now : nil
    }
  }

  /// - Returns: whether anybody was there.
  func kill(_ victim: String, _ random: inout SeededRandom) async throws -> Bool {
    switch victim {
    case "broker":
      broker?.signal(SIGKILL)
      try await broker?.end()
      broker = try await scene.installation.broker(["--grace", "2s"])
      return true
    case "worker":
      let place = Int(random.next() % UInt64(workers.count))
      workers[place].signal(SIGKILL)
      try await workers[place].end()
      workers.remove(at: place)
      try await startWorker()
      return true
    default:
      guard let pid = children(of: random.element(of: workers).processID).first else { return false }
      Glibc.kill(pid, SIGKILL)
      return true
    }
  }
}
