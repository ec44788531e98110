import EventLoop
import JobModel
import JSON
import ModelAPI
import TestSupport

/// A client of one test, and a server that behaves as it says.
struct Asking: Sendable {
  let server: ModelServer
  let loop: EventLoop
  /// The environment variable `TEST_KEY` of the configuration.
  static let key = "sk-test-0123456789abcdef"

  /// Runs `body` with a server and a loop that end with it.
  static func with<Outcome>(
    _ arguments: [String] = [], _ body: (Asking) async throws -> Outcome
  ) async throws -> Outcome {
    try await withLoop { loop, _ in
      try await body(Asking(server: try await ModelServer.start(arguments, on: loop), loop: loop))
    }
  }

  /// What a test changes of the provider `test`.
  struct Options: Sendable {
    var api = "chat"
    var imageAPI = "images"
    var timeouts = "{}"
    var baseURL: String?
    var key: String? = Asking.key
  }

  func table(_ options: Options) throws -> ProviderTable {
    let path = ["anthropic": "", "gemini": "/v1beta"][options.api] ?? "/v1"
    let url = options.baseURL ?? "http://127.0.0.1:\(server.port)\(path)"
    let text = """
      {"providers": {"test": {"api": "\(options.api)", "base_url": "\(url)", "key_env": "TEST_KEY",
      "image_api": "\(options.imageAPI)", "timeouts": \(options.timeouts)}}}
      """
    return try ProviderTable(
      parsing: Array(text.utf8), environment: options.key.map { ["TEST_KEY": $0] } ?? [:])
  }

  /// Sends one request after the server was told how to behave, and waits for the end.
  func ask(
    _ behaviours: String..., options: Options = Options(),
    request: ModelRequest = ModelRequest(messages: [.init(.user, "hello")])
  ) async throws -> CallEnd {
    try server.script(behaviours)
    return try await send(request, options)
  }

  func send(_ request: ModelRequest, _ options: Options = Options()) async throws -> CallEnd {
    let table = try table(options)
    let model = try ModelName(parsing: "test/some-model")
    return try await withCheckedThrowingContinuation { continuation in
      loop.post {
        do {
          let client = try ModelClient(table, on: loop)
          client.send(request, to: model) { end in
            client.close()
            continuation.resume(returning: end)
          }
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  /// The requests that the server has seen.
  func requests() throws -> [JSONValue] {
    try JSONDocument(try server.send("GET", "/_control/requests")).root["requests"]?.elements ?? []
  }
}

extension CallEnd {
  var answer: ModelAnswer? {
    if case .answered(let answer) = self { answer } else { nil }
  }

  var failure: CallFailure? {
    if case .failed(let failure) = self { failure } else { nil }
  }
}
