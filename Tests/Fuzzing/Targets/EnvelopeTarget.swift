import JSON
import Varlink
import Wire

/// One message of the socket: `Call`, `Reply`, and the typed calls of the broker's interfaces. Promised:
///
/// - What is read as a call or a reply is written, and read again as the same.
/// - No message is both a call and a reply.
/// - A call of the broker is decoded into its type if and only if its parameters fit the interface description, by the
///   judgement of `Interface.mismatch`, which knows nothing of the types.
/// - A typed call is written and decoded again as an equal one, and its bytes fit the description.
package enum EnvelopeTarget: FuzzTarget {
  package static let name = "envelope"
  package static let words =
    ["\"method\":", "\"parameters\":", "\"more\":true", "\"oneway\":true", "\"upgrade\":true", "\"continues\":true"]
    + ["\"error\":", "null", "\"org.vendor\":{}", "\\u00e9", "e\u{301}", "\u{e9}"]
    + interfaces.flatMap { interface in
      let fields = Set(interface.methods.flatMap { $0.parameters.map(\.name) })
      return interface.methods.map { "\"\(interface.name).\($0.name)\"" } + fields.sorted().map { "\"\($0)\":" }
    }

  private static let interfaces: [Interface] = (try? BrokerInterfaces.all()) ?? []

  package static func check(_ input: [UInt8]) throws {
    let call = try? Call(decoding: input)
    let reply = try? Reply(decoding: input)
    try promise("no message is a call and a reply", call == nil || reply == nil)
    if let call {
      try check(call)
      try checkTyped(call)
    }
    if let reply { try check(reply) }
  }

  private static func check(_ call: Call) throws {
    let again = try Call(decoding: written(call.method, call.mode, call.parameters))
    try promise("the name of a method is kept", again.method.utf8.elementsEqual(call.method.utf8))
    try promise("the flags of a call are kept", again.mode == call.mode)
    try promise("the parameters of a call are kept", again.parameters.meaning == call.parameters.meaning)
    let name = call.method.contains(".") ? "\(call.interface).\(call.member)" : String(call.member)
    try promise("a method is its interface and its member", name.utf8.elementsEqual(call.method.utf8))
  }

  private static func check(_ reply: Reply) throws {
    let bytes = Reply.encoded(error: reply.error, continues: reply.continues) { reply.parameters.writeMembers(to: &$0) }
    let again = try Reply(decoding: message(bytes))
    try promise("the name of an error is kept", again.error == reply.error)
    try promise("whether replies follow is kept", again.continues == reply.continues)
    try promise("the parameters of a reply are kept", again.parameters.meaning == reply.parameters.meaning)
  }

  // MARK: Types

  private static func checkTyped(_ call: Call) throws {
    let typed = Result { () throws(ServiceError) in try BrokerCall(call) }
    guard let interface = interfaces.first(where: { $0.name == call.interface }),
      let method = interface.method(named: String(call.member))
    else {
      return try promise("\(call.method) is not described and must be refused", (try? typed.get()) == nil)
    }
    let wrong = interface.mismatch(of: call.parameters, with: method.parameters)
    switch typed {
    case .success(let typed):
      try promise("\(call.method) was accepted although \(wrong ?? "") does not fit", wrong == nil)
      try checkAgain(typed, call.mode, method, of: interface)
    case .failure(.invalidParameter(let field)):
      let isRight = wrong != nil || call.parameters.hasTwins
      try promise("\(call.method) was refused for \(field), which fits the description", isRight)
    case .failure(.expectedMore):
      try promise("\(call.method) needs no `more`", BrokerCall.streaming.contains(call.method) && call.mode != .more)
    case .failure(let error):
      try promise("\(call.method) was refused: \(error)", call.mode == .upgrade)
    }
  }

  private static func checkAgain(
    _ typed: BrokerCall, _ mode: CallMode, _ method: MethodDeclaration, of interface: Interface
  ) throws {
    let parameters = try RawJSON(parsing: typed.call.bytes).value
    let wrong = interface.mismatch(of: parameters, with: method.parameters)
    try promise("what is written fits the description, but \(wrong ?? "") does not", wrong == nil)
    let again = try BrokerCall(Call(decoding: written("\(interface.name).\(method.name)", mode, parameters)))
    try promise("\(typed) is read again as \(again)", again == typed)
  }

  // MARK: Parts

  private static func written(_ method: String, _ mode: CallMode, _ parameters: JSONValue) throws -> [UInt8] {
    try message(Call.encoded(method: method, mode: mode) { parameters.writeMembers(to: &$0) })
  }

  /// A message without its end, which must be the only NUL.
  private static func message(_ bytes: [UInt8]) throws -> [UInt8] {
    try promise("a message ends with its only NUL", bytes.firstIndex(of: 0) == bytes.count - 1)
    return bytes.dropLast()
  }
}
