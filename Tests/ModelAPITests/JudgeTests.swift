import EventLoop
import Glibc
import JobModel
import JSON
import ModelAPI
import Testing
import TestSupport

/// A judge that others have written: `llmock` of PyPI plays the providers, breaks as it is told, and says at the end which
/// clients have misbehaved (retries that were not asked for, waits that were not kept, streams cut off and believed).
@Suite(.serialized, .timeLimit(.minutes(10)))
struct JudgeTests {
  /// The program, where it is installed.
  static var llmock: String? {
    if let path = getenv("GENBROKER_LLMOCK").map({ String(cString: $0) }), access(path, X_OK) == 0 { return path }
    print("skipped: GENBROKER_LLMOCK does not name the program of the package 'llmock'")
    return nil
  }

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
    .enabled(if: llmock != nil),
    arguments: [
      ("chat", "/v1"), ("responses", "/v1"), ("anthropic", "/anthropic"), ("gemini", "/gemini/v1beta"),
    ])
  func `the judge finds nothing, in no API`(api: String, path: String) async throws {
    let llmock = try #require(Self.llmock)
    try await withLoop { loop, directory in
      let port = try freePort()
      try await start(llmock, port, on: loop)
      let table = try table(api, "http://127.0.0.1:\(port)\(path)")
      for (number, scenario) in Self.scenarios.enumerated() {
        try queue(scenario.behaviour, port)
        let end = try await call("\(api) scenario \(number)", table, on: loop)
        #expect((end.answer != nil) == scenario.isAnswered, "\(api) \(scenario.behaviour): \(end)")
      }
      let (status, lines) = try report(llmock, port, directory)
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

  private func queue(_ behaviour: String, _ port: Int) throws {
    let body = "{\"behaviors\": [\(behaviour)]}"
    let answer = try PlainHTTP.exchange(
      port: port,
      "POST /_llmock/scenario HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    let text = String(decoding: answer, as: UTF8.self)
    guard text.contains("\"queued\":1") || text.contains("\"queued\": 1") else { throw SupportError(message: text) }
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

  // MARK: The program

  private func start(_ llmock: String, _ port: Int, on loop: EventLoop) async throws {
    try await onLoop(loop) {
      // With pauses: whoever stops reading is only noticed when there is something left to be sent.
      let command = ChildCommand(
        llmock, ["serve", "--port", "\(port)", "--stream-chunk-delay-ms", "50"], environment: ["PATH=/usr/bin:/bin"])
      let child = try ChildProcess.spawn(command, on: loop)
      for stream in [child.output, child.errors] { stream.startReading(onData: { _ in }, onEnd: { _ in }) }
    }
    try waitUntil("llmock listens") {
      let answer = try? PlainHTTP.exchange(port: port, "GET /_llmock/requests HTTP/1.0\r\n\r\n")
      return answer?.isEmpty == false
    }
  }

  /// The exit status of the judge, and what it says.
  private func report(_ llmock: String, _ port: Int, _ directory: String) throws -> (Int32, String) {
    let file = "\(directory)/report"
    let status = runShell("'\(llmock)' report --strict --url http://127.0.0.1:\(port) > '\(file)' 2>&1")
    guard let stream = fopen(file, "r") else { throw SupportError(message: "no report") }
    defer { fclose(stream) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, stream)
    return (status, String(decoding: bytes.prefix(count), as: UTF8.self))
  }

  private func runShell(_ command: String) -> Int32 {
    let status = system(command)
    return status == -1 ? -1 : status >> 8
  }

  /// A port that was free a moment ago.
  private func freePort() throws -> Int {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard isBound else { throw SupportError(message: "no port: errno \(errno)") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
