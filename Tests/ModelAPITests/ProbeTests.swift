import EventLoop
import JobModel
import ModelAPI
import Testing
import TestSupport

/// Asking a provider for what costs nothing, to see whether it is reached and takes the key.
@Suite(.timeLimit(.minutes(2))) struct ProbeTests {
  private func probe(_ asking: Asking, _ options: Asking.Options) async throws -> CallFailure? {
    let table = try asking.table(options)
    let provider = try table.provider(of: ModelName(parsing: "test/any"))
    let loop = asking.loop
    return try await withCheckedThrowingContinuation { continuation in
      loop.post {
        do {
          let client = try ModelClient(table, on: loop)
          ProviderProbe.ask(provider, by: client) { failure in
            client.close()
            continuation.resume(returning: failure)
          }
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  @Test(arguments: ["chat", "responses", "anthropic", "gemini"])
  func `a provider that takes the key is told apart from one that does not`(_ api: String) async throws {
    try await Asking.with(["--key", Asking.key]) { asking in
      var options = Asking.Options()
      options.api = api
      let none = try await probe(asking, options)
      #expect(none == nil)
      options.key = "sk-another-0123456789abcdef"
      let failure = try await probe(asking, options)
      #expect(failure?.failureClass == .badKey)
      #expect(failure?.message.contains("sk-another") == false, "\(failure?.message ?? "")")
    }
  }

  @Test func `a place where nobody listens is a failure in words`() async throws {
    try await Asking.with { asking in
      var options = Asking.Options()
      options.baseURL = "http://127.0.0.1:1/v1"
      let failure = try await probe(asking, options)
      #expect(failure?.failureClass == .connectFailed)
    }
  }
}
