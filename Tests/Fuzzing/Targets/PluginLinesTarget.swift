import JSON
import Wire

/// What a plugin and its host say to each other: `LineDecoder`, `PluginMessage`, `PluginLine`. Each line is read by both
/// sides. Promised:
///
/// - A call, an answer or an error that is read is written as one line, and read again as the same.
/// - The error answer to a line that is none can be read by its author, with the id that was understood.
package enum PluginLinesTarget: FuzzTarget {
  package static let name = "plugin-lines"
  package static let inputBytesMax = 1024
  package static let words =
    [
      "{\"jsonrpc\":\"2.0\"", "\"id\":1", "\"id\":\"a\"", "\"id\":null", "\"method\":\"", "\"params\":{",
      "\"result\":{",
    ]
    + [
      "\"error\":{", "\"code\":1", "\"message\":\"", "\"data\":{", "\"class\":\"", "\"retryable\":true",
      "\"retryable\":false", "\r\n",
    ]
    + ["\"retry_after_ms\":1", "result", "spawn", "progress", "log", "read", "inputs", "done"]
    + ["initialize", "generate", "cancel", "shutdown"]
    + [HostAPI.Result.fieldNames, HostAPI.TaskSpec.fieldNames, HostAPI.Read.fieldNames, PluginAPI.Task.fieldNames]
    .flatMap { $0.map { "\"\($0)\":" } }

  package static func check(_ input: [UInt8]) throws {
    var decoder = LineDecoder(bytesMax: inputBytesMax)
    decoder.append(input)
    while let line = try decoder.next() {
      try check(line, HostAPI.Call.self) { $0.call }
      try check(line, PluginAPI.Call.self) { $0.call }
    }
  }

  private static func check<Calls: PluginCalls & Equatable>(
    _ line: [UInt8], _ calls: Calls.Type, _ wire: (Calls) -> any WireCall
  ) throws {
    switch Result(catching: { () throws(PluginLineError) in try PluginMessage<Calls>(line: line) }) {
    case .success(.call(let call, let id)):
      guard case .call(let again, let sameID) = try message(PluginLine.call(wire(call), id: id)) else {
        throw BrokenPromise("a call is written as a call")
      }
      try promise("\(call) is read again as \(again)", again == call && sameID == id)
    case .success(.reply(let value, let id)):
      let answer = Answer(value)
      guard case .reply(let again, let sameID) = try message(PluginLine.reply(answer, id: id)) else {
        throw BrokenPromise("an answer is written as an answer")
      }
      try promise("an answer is kept", again.meaning == value.meaning && sameID == id)
    case .success(.failure(let failure, let id)): try checkFailure(failure, id)
    case .failure(let error): try checkFailure(error.failure, error.id)
    }

    func message(_ bytes: [UInt8]) throws -> PluginMessage<Calls> { try PluginLinesTarget.message(bytes) }
  }

  private static func checkFailure(_ failure: PluginFailure, _ id: RPCID?) throws {
    let bytes = PluginLine.failure(failure, id: id)
    guard case .failure(let again, let sameID) = try message(bytes) as PluginMessage<HostAPI.Call> else {
      throw BrokenPromise("an error is written as an error")
    }
    try promise("\(failure) is read again as \(again)", again == failure && sameID == id)
  }

  /// Reads what was written.
  private static func message<Calls>(_ bytes: [UInt8]) throws -> PluginMessage<Calls> {
    let end = UInt8(ascii: "\n")
    try promise("a line ends with its only line feed", bytes.firstIndex(of: end) == bytes.count - 1)
    return try PluginMessage(line: bytes.dropLast())
  }
}

/// An answer whose type nobody knows.
private struct Answer: WireObject {
  static let fieldNames: [String] = []
  let members: RawJSON

  init(_ value: JSONValue) { members = RawJSON(value) }
  init(fields: inout FieldReader) throws(FieldError) { throw FieldError("") }
  func writeFields(to writer: inout JSONWriter) { members.value.writeMembers(to: &writer) }
}
