import EventLoop
import JobModel
import JSON
import ModelAPI
import Testing
import TestSupport

/// What the judge `LLMock` finds, in the words of every API.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct JudgeTests {
  /// What is played, and whether there is an answer in the end.
  static let scenarios: [(behaviour: String, isAnswered: Bool)] = [
    (#"{"type": "fail", "status": 429, "retry_after": 1}"#, true), (#"{"type": "fail", "status": 503}"#, true),
    (#"{"type": "fail", "status": 500, "times": 2}"#, true), (#"{"type": "fail", "status": 529}"#, true),
    (#"{"type": "fail", "status": 502}"#, true), (#"{"type": "fail", "status": 408}"#, true),
    (#"{"type": "fail", "status": 400}"#, false), (#"{"type": "fail", "status": 401}"#, false),
    (#"{"type": "fail", "status": 403}"#, false), (#"{"type": "fail", "status": 404}"#, false),
    (#"{"type": "fail", "status": 422}"#, false),
    (#"{"type": "stream_fault", "kind": "disconnect", "after_chunks": 2}"#, true),
    (#"{"type": "stream_fault", "kind": "truncate", "after_chunks": 2}"#, true),
    (#"{"type": "stream_fault", "kind": "malformed", "after_chunks": 2}"#, true),
    (#"{"type": "stream_fault", "kind": "stall", "after_chunks": 2, "stall_seconds": 3}"#, true),
    (#"{"type": "slow_first_token", "seconds": 0.5}"#, true),
  ]

  @Test(
    .enabled(if: LLMock.installed != nil),
    arguments: [
      ("chat", "/v1"), ("responses", "/v1"), ("anthropic", "/anthropic"), ("gemini", "/gemini/v1beta"),
    ])
  func `the judge finds nothing, in no API`(api: String, path: String) async throws {
    let program = try #require(LLMock.installed)
    try await withLoop { loop, directory in
      // With pauses: whoever stops reading is only noticed when there is something left to be sent.
      let llmock = try await LLMock.start(program, chunkDelayMs: 50, on: loop)
      let table = try table(api, "http://127.0.0.1:\(llmock.port)\(path)")
      for (number, scenario) in Self.scenarios.enumerated() {
        try llmock.queue([scenario.behaviour])
        let end = try await call("\(api) scenario \(number)", table, on: loop)
        #expect((end.answer != nil) == scenario.isAnswered, "\(api) \(scenario.behaviour): \(end)")
      }
      let (status, lines) = try llmock.report(in: directory)
      print("llmock about \(api): \(lines.split(separator: "\n").last ?? "")")
      #expect(status == 0, "\(api): \(lines)")
    }
  }

  private func table(_ api: String, _ url: String) throws -> ProviderTable {
    let text = """
      {"providers": {"judge": {"api": "\(api)", "base_url": "\(url)", "key_env": "KEY", "timeouts": {"idle_ms": 1000}}}}
      """
    return try ProviderTable(parsing: Array(text.utf8), environment: ["KEY": "sk-test-judge"])
  }

  // MARK: A worker's loop of tries

  /// With the longest back-off, whose growth the judge can see.
  private func call(_ text: String, _ table: ProviderTable, on loop: EventLoop) async throws -> CallEnd {
    let model = try ModelName(parsing: "judge/some-model")
    return try await withCheckedThrowingContinuation { continuation in
      loop.post {
        do {
          let client = try ModelClient(table, on: loop)
          var plan = RetryPlan()
          func attempt() {
            client.send(ModelRequest(messages: [.init(.user, text)], maxOutputTokens: 100), to: model) { end in
              if let failure = end.failure, case .retry(let afterMs) = plan.next(after: failure, random: 1) {
                loop.after(ms: afterMs) { attempt() }
                return
              }
              client.close()
              continuation.resume(returning: end)
            }
          }
          attempt()
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }
}
