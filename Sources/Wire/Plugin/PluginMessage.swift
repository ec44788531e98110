package import JSON
import JobModel

/// What ties an answer to its request. Each side chooses its own.
package enum RPCID: Hashable, Sendable {
  case number(Int)
  case text(String)

  init?(_ value: JSONValue) {
    if let number = value.int {
      self = .number(Int(number))
    } else if let text = value.string {
      self = .text(text)
    } else {
      return nil
    }
  }

  func write(to writer: inout JSONWriter) {
    switch self {
    case .number(let number): writer.int(number)
    case .text(let text): writer.string(text)
    }
  }
}

/// The calls that one side takes: `HostAPI.Call` in the host, `PluginAPI.Call` in the plugin.
package protocol PluginCalls: Sendable {
  /// - Returns: `nil` when there is no such method; `method` begins with a capital.
  init?(rpcMethod method: String, parameters: JSONValue) throws(FieldError)
}

/// One line of the plugin protocol: JSON-RPC 2.0 without batches.
package enum PluginMessage<Calls: PluginCalls>: Sendable {
  /// A request, or a notification when it has no id.
  case call(Calls, id: RPCID?)
  /// The answer to a request of this side. Its type is that of the request.
  case reply(JSONValue, id: RPCID)
  /// The error answer to a request of this side; without an id when the other side could not read it.
  case failure(PluginFailure, id: RPCID?)

  /// Decodes one line, strictly.
  ///
  /// - Throws: `PluginLineError`, with the id when there is somebody to answer.
  package init(line: [UInt8]) throws(PluginLineError) {
    let envelope = try RPCEnvelope(line)
    do {
      self = try Self(envelope)
    } catch {
      throw PluginLineError(error.code, error.message, id: envelope.id, of: error.method)
    }
  }

  private init(_ envelope: RPCEnvelope) throws(PluginLineError) {
    switch (envelope.method, envelope.result, envelope.error) {
    case (let method?, nil, nil):
      self = .call(try Self.call(method, envelope.params), id: envelope.id)
    case (nil, let result?, nil):
      guard let id = envelope.id else { throw PluginLineError(.invalidRequest, "an answer without an id") }
      self = .reply(result, id: id)
    case (nil, nil, let error?):
      do {
        self = .failure(try PluginFailure(error), id: envelope.id)
      } catch {
        throw PluginLineError(.invalidRequest, error.words)
      }
    default:
      throw PluginLineError(.invalidRequest, "a message has exactly one of method, result and error")
    }
  }

  private static func call(_ method: String, _ params: JSONValue?) throws(PluginLineError) -> Calls {
    let unknown = PluginLineError(.methodNotFound, "there is no method \(method)")
    guard let first = method.first, first.isLowercase else { throw unknown }
    let name = first.uppercased() + method.dropFirst()
    let call: Calls?
    do {
      call = try Calls(rpcMethod: name, parameters: params ?? RawJSON.emptyObject.value)
    } catch {
      throw PluginLineError(.invalidParams, "\(method): \(error.words)", of: method)
    }
    guard let call else { throw unknown }
    return call
  }
}

/// As much of a line as tells its author which one it is.
private func beginning(of line: [UInt8]) -> String { String(decoding: line.prefix(200), as: UTF8.self) }

/// The members of a message, each of the right type.
private struct RPCEnvelope {
  var id: RPCID?
  var method: String?
  var params: JSONValue?
  var result: JSONValue?
  var error: JSONValue?

  init(_ line: [UInt8]) throws(PluginLineError) {
    let document: JSONDocument
    do {
      document = try JSONDocument(line, depthMax: WireLimits.messageDepthMax)
    } catch {
      throw PluginLineError(.parseError, "a line that is not JSON: \(error), in '\(visible(beginning(of: line)))'")
    }
    guard let members = document.root.members else {
      throw PluginLineError(.invalidRequest, "a line that is not a JSON object")
    }
    for (key, value) in members { try take(key, value) }
    guard document.root["jsonrpc"] != nil else {
      throw PluginLineError(.invalidRequest, "`\"jsonrpc\": \"2.0\"` is missing", id: id)
    }
  }

  private mutating func take(_ key: String, _ value: JSONValue) throws(PluginLineError) {
    let isRight: Bool
    switch key {
    case "jsonrpc": isRight = value.string == "2.0"
    case "id":
      id = RPCID(value)
      // An error whose request could not be read has the id null.
      isRight = id != nil || value.isNull
    case "method":
      method = value.string
      isRight = method != nil
    case "params":
      params = value
      isRight = value.kind == .object
    case "result":
      result = value
      isRight = value.kind == .object
    case "error":
      error = value
      isRight = value.kind == .object
    default: isRight = false
    }
    guard isRight else { throw PluginLineError(.invalidRequest, "the member \(key) is wrong or unknown", id: id) }
  }
}
