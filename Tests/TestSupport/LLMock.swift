package import EventLoop
import Foundation
import Glibc

/// A judge that others have written: `llmock` of PyPI plays providers of models, breaks as it is told, and says at the end which
/// clients have misbehaved (retries that were not asked for, waits that were not kept, streams cut off and believed).
package struct LLMock: Sendable {
  /// On 127.0.0.1.
  package let port: Int
  private let program: String

  /// The program, where it is installed (`GENBROKER_LLMOCK`, set by `contrib/test`); nil, with a word about it, where it is not.
  package static let installed: String? = {
    if let path = getenv("GENBROKER_LLMOCK").map({ String(cString: $0) }), access(path, X_OK) == 0 { return path }
    print("skipped: GENBROKER_LLMOCK does not name the program of the package 'llmock'")
    return nil
  }()

  /// Starts it and waits until it listens. It ends with the loop.
  ///
  /// - Parameter chunkDelayMs: between two pieces of a stream.
  package static func start(_ program: String, chunkDelayMs: Int, on loop: EventLoop) async throws -> LLMock {
    let port = try freePort()
    try await onLoop(loop) {
      let command = ChildCommand(
        program, ["serve", "--port", "\(port)", "--stream-chunk-delay-ms", "\(chunkDelayMs)"],
        environment: ["PATH=/usr/bin:/bin"])
      let child = try ChildProcess.spawn(command, on: loop)
      for stream in [child.output, child.errors] { stream.startReading(onData: { _ in }, onEnd: { _ in }) }
    }
    try waitUntil("llmock listens") {
      let answer = try? PlainHTTP.exchange(port: port, "GET /_llmock/requests HTTP/1.0\r\n\r\n")
      return answer?.isEmpty == false
    }
    return LLMock(port: port, program: program)
  }

  /// Has it behave so in the next requests; each is an object of JSON.
  package func queue(_ behaviours: [String]) throws {
    let body = "{\"behaviors\": [\(behaviours.joined(separator: ", "))]}"
    let answer = try PlainHTTP.exchange(
      port: port,
      "POST /_llmock/scenario HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    let text = String(decoding: answer, as: UTF8.self).replacing(" ", with: "")
    guard text.contains("\"queued\":\(behaviours.count)") else { throw SupportError(message: text) }
  }

  /// The exit status of its verdict, and what it says.
  package func report(in directory: String) throws -> (status: Int32, lines: String) {
    let file = "\(directory)/report"
    let status = system("'\(program)' report --strict --url http://127.0.0.1:\(port) > '\(file)' 2>&1")
    let bytes = try Data(contentsOf: URL(filePath: file))
    return (status == -1 ? -1 : status >> 8, String(decoding: bytes, as: UTF8.self))
  }

  /// A port that was free a moment ago.
  private static func freePort() throws -> Int {
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
