package import EventLoop
import Glibc
import Synchronization

/// A server of models as a program of its own (`Tests/ModelServer`, whose beginning says what it can do). It ends with the
/// loop, at the latest with the process of the test.
package final class ModelServer: Sendable {
  /// On 127.0.0.1.
  package let port: Int

  private init(port: Int) { self.port = port }

  /// Starts it and waits until it listens.
  ///
  /// - Parameter arguments: its options.
  package static func start(_ arguments: [String] = [], on loop: EventLoop) async throws -> ModelServer {
    let output = Mutex("")
    try await onLoop(loop) {
      let command = ChildCommand("/usr/bin/env", ["python3", program] + arguments, environment: ownEnvironment)
      let child = try ChildProcess.spawn(command, on: loop)
      child.output.startReading(
        onData: { bytes in
          let text = String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
          output.withLock { $0 += text }
        }, onEnd: { _ in })
      // What it complains of is for whoever reads the test's output.
      child.errors.startReading(
        onData: { bytes in print(String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)) },
        onEnd: { _ in })
    }
    var port: Int?
    try waitUntil("the server of models listens") {
      let text = output.withLock { $0 }
      guard let line = text.split(separator: "\n").first, text.contains("\n") else { return false }
      port = Int(line)
      return true
    }
    guard let port else { throw SupportError(message: "the server of models does not say its port") }
    return ModelServer(port: port)
  }

  /// One request of HTTP.
  ///
  /// - Returns: the body of the answer.
  /// - Throws: when the status is not 200.
  @discardableResult
  package func send(_ method: String, _ path: String, _ body: String = "") throws -> [UInt8] {
    let answer = try PlainHTTP.exchange(
      port: port,
      "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    guard answer.starts(with: "HTTP/1.1 200".utf8) else {
      throw SupportError(message: "\(path): \(String(decoding: answer.prefix(500), as: UTF8.self))")
    }
    return PlainHTTP.body(answer)
  }

  /// Has it behave so in the next requests; each is an object of JSON.
  package func script(_ behaviours: [String]) throws {
    try send("POST", "/_control/script", "{\"behaviours\":[\(behaviours.joined(separator: ","))]}")
  }

  private static let program: String = {
    let here = #filePath
    let tests = here.prefix(here.utf8.count - "TestSupport/ModelServer.swift".utf8.count)
    return "\(tests)ModelServer/model_server.py"
  }()

  private static var ownEnvironment: [String] {
    ["PATH=\(getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin")", "LANG=C.UTF-8"]
  }
}

/// Just enough of HTTP for the control of a test's server.
package enum PlainHTTP {
  /// Sends bytes to a port of this machine and reads until the other side ends.
  package static func exchange(port: Int, _ request: String) throws -> [UInt8] {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw SupportError(message: "no socket: errno \(errno)") }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let answer = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard answer == 0 else { throw SupportError(message: "no connection to port \(port): errno \(errno)") }
    try send(Array(request.utf8), socket)
    return receive(socket)
  }

  /// What stands behind the header.
  static func body(_ answer: [UInt8]) -> [UInt8] {
    let end = Array("\r\n\r\n".utf8)
    guard let place = answer.indices.first(where: { answer[$0...].starts(with: end) }) else { return [] }
    return Array(answer[(place + end.count)...])
  }

  private static func send(_ bytes: [UInt8], _ socket: Int32) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw SupportError(message: "cannot send: errno \(errno)") }
      sent += count
    }
  }

  private static func receive(_ socket: Int32) -> [UInt8] {
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return received }
      received += buffer.prefix(count)
    }
  }
}
