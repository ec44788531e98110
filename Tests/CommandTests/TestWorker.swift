import BrokerClient
import Digest
import JSON
import Testing
import Wire

/// A worker that holds a lease and makes the model calls that a test wants.
struct TestWorker {
  let data: BrokerConnection
  let session: String
  let lease: Int

  /// Asks for a call to `p/m`.
  func reserve(
    _ question: String, tokens: Int = 1000, picoUsd: Int? = nil, prompt: JSONTree? = nil
  ) async throws -> WorkerAPI.ReserveCall.Reply {
    try await data.call(
      WorkerAPI.ReserveCall(
        session: session, lease: lease, request: SHA256Digest(of: Array(question.utf8)).hex, sample: 0, provider: "p",
        account: "p:1a2b3c4d", model: "m", purpose: question, estimate: .init(tokens: tokens, picoUsd: picoUsd),
        prompt: prompt.map { RawJSON($0) }))
  }

  /// Makes a call that ends so.
  @discardableResult
  func call(
    _ question: String, _ outcome: WorkerAPI.CallOutcome = .answered, picoUsd: Int? = nil, atMost: Int? = nil,
    why: (String, String)? = nil, parkMs: Int? = nil
  ) async throws -> Int {
    let prompt: JSONTree = ["messages": [["role": "user", "parts": [["text": .string(question)]]]]]
    let call = try #require(try await reserve(question, picoUsd: atMost ?? picoUsd, prompt: prompt).call)
    let isPaid = outcome == .answered || outcome == .rejected
    let usage = WorkerAPI.CallUsage(
      inputTokens: 1200, outputTokens: 340, picoUsd: picoUsd, costSource: picoUsd == nil ? .none : .provider)
    let answer: JSONTree = ["model": "p/m", "finish": "stop", "text": .string("the answer to \(question)")]
    _ = try await data.call(
      WorkerAPI.SettleCall(
        session: session, call: call, outcome: outcome, answer: isPaid ? RawJSON(answer) : nil,
        usage: isPaid ? usage : nil, class: why?.0, message: why?.1, parkMs: parkMs, totalMs: 1200))
    return call
  }
}
