import Broker
import JSON
import TestSupport
import Varlink

/// A client that writes its calls as text, so that it can also write wrong ones.
final class VarlinkClient {
  let socket: SocketClient

  init(_ path: String) throws { socket = try SocketClient(path) }

  /// Sends one call. `method` without `org.` is taken as one of genbroker's own.
  func send(_ method: String, _ parameters: String = "{}", _ flag: String? = nil) throws {
    try socket.send(VarlinkClient.encoded(method, parameters, flag))
  }

  static func encoded(_ method: String, _ parameters: String = "{}", _ flag: String? = nil) -> String {
    let flags = flag.map { #","\#($0)":true"# } ?? ""
    return #"{"method":"\#(fullName(method))","parameters":\#(parameters)\#(flags)}"# + "\0"
  }

  static func fullName(_ name: String) -> String { name.hasPrefix("org.") ? name : "org.genbroker." + name }

  /// The next reply; throws when the connection has ended.
  func reply() throws -> Reply {
    guard let reply = try replyOrEnd() else {
      throw SupportError(message: "the broker has closed the connection")
    }
    return reply
  }

  /// The next reply; `nil` when the connection has ended.
  func replyOrEnd() throws -> Reply? {
    try socket.receive().map { try Reply(decoding: $0) }
  }

  func call(_ method: String, _ parameters: String = "{}", _ flag: String? = nil) throws -> Reply {
    try send(method, parameters, flag)
    return try reply()
  }

  /// A call that must succeed.
  @discardableResult
  func get(_ method: String, _ parameters: String = "{}", _ flag: String? = nil) throws -> JSONValue {
    let reply = try call(method, parameters, flag)
    guard reply.error == nil else {
      throw SupportError(message: "\(method)\(parameters.prefix(200)): \(reply.text)")
    }
    return reply.parameters
  }

  /// Submits a job; answers its number.
  func submit(_ parameters: String) throws -> Int64 {
    let reply = try get("Jobs.Submit", parameters)
    guard let job = reply["job"]?.int else { throw SupportError(message: "no number of a job") }
    return job
  }

  func close() { socket.close() }
}

extension Reply {
  /// The error without its domain, such as `Jobs.Refused`; `ok` when there is none.
  var name: String {
    guard let error else { return "ok" }
    return error.replacing("org.genbroker.", with: "").replacing("org.varlink.", with: "")
  }

  /// For messages of tests.
  var text: String { "\(name) \(String(decoding: parameters.raw, as: UTF8.self).prefix(300))" }
}

extension JSONValue {
  /// A member, or `null` when it is absent, so that looks into replies can be chained.
  func at(_ keys: String...) -> JSONValue {
    keys.reduce(self) { $0[$1] ?? JSONValue.absent }
  }

  static let absent: JSONValue = RawJSON(.null).value
}
