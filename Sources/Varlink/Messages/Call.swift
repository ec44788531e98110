package import JSON

/// How a call wants to be answered.
package enum CallMode: String, Sendable {
  /// By one reply.
  case single
  /// Not at all, not even by an error.
  case oneway
  /// By any number of replies, all but the last marked `continues`.
  case more
  /// By one reply, after which both sides speak something else.
  case upgrade
}

/// A method call as it came in.
package struct Call: Sendable {
  /// The full name, such as `org.varlink.service.GetInfo`.
  package let method: String
  /// An object. Absent, `null` and `{}` mean the same.
  package let parameters: JSONValue
  package let mode: CallMode

  /// Decodes one message, strictly.
  ///
  /// - Throws: `ProtocolViolation` for everything after which UAPI.20 demands that the connection be closed.
  package init(decoding message: [UInt8], depthMax: Int = JSONDocument.depthMax) throws(ProtocolViolation) {
    let members = try envelope(message, depthMax)
    var method: String?
    var parameters: JSONValue?
    var mode = CallMode.single
    for (key, value) in members {
      switch key {
      case "method": method = value.string
      case "parameters": parameters = try decodedParameters(value)
      case "oneway", "more", "upgrade":
        guard try decodedFlag(key, value) else { continue }
        guard mode == .single else { throw ProtocolViolation(.severalFlags) }
        mode = CallMode(rawValue: key) ?? .single
      default: try checkVendorMember(key, value)
      }
    }
    guard let method else { throw ProtocolViolation(.noMethod) }
    self.method = method
    self.parameters = parameters ?? emptyObject
    self.mode = mode
  }

  /// The name of the interface: what stands before the last dot; empty when there is no dot.
  package var interface: Substring {
    lastDot.map { method[..<$0] } ?? ""
  }

  /// The name of the method in its interface.
  package var member: Substring {
    lastDot.map { method[method.utf8.index(after: $0)...] } ?? method[...]
  }

  /// Looked for among bytes, which costs less than among characters.
  private var lastDot: String.Index? { method.utf8.lastIndex(of: UInt8(ascii: ".")) }

  /// Writes a call as it goes over the wire, with its NUL.
  package static func encoded(
    method: String, mode: CallMode = .single, capacity: Int = 256, parameters: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter(capacity: capacity)
    writer.object { writer in
      writer.key("method")
      writer.string(method)
      if mode != .single {
        writer.key(mode.rawValue)
        writer.bool(true)
      }
      writer.nonEmptyObject("parameters", parameters)
    }
    return writer.finish(0)
  }
}

/// A reply as it came in.
package struct Reply: Sendable {
  /// The full name of the error; `nil` when the call succeeded.
  package let error: String?
  /// An object. Absent, `null` and `{}` mean the same.
  package let parameters: JSONValue
  /// More replies to the same call follow.
  package let continues: Bool

  /// Decodes one message, strictly.
  ///
  /// - Throws: `ProtocolViolation` for everything after which the connection must be closed.
  package init(decoding message: [UInt8], depthMax: Int = JSONDocument.depthMax) throws(ProtocolViolation) {
    var error: String?
    var parameters: JSONValue?
    var continues = false
    for (key, value) in try envelope(message, depthMax) {
      switch key {
      case "error":
        guard let name = value.string else { throw ProtocolViolation(.invalidMember, key) }
        error = name
      case "parameters": parameters = try decodedParameters(value)
      case "continues": continues = try decodedFlag(key, value)
      default: try checkVendorMember(key, value)
      }
    }
    guard error == nil || !continues else { throw ProtocolViolation(.unexpectedContinues, "with an error") }
    self.error = error
    self.parameters = parameters ?? emptyObject
    self.continues = continues
  }

  /// Writes a reply as it goes over the wire, with its NUL.
  package static func encoded(
    error: String? = nil, continues: Bool = false, capacity: Int = 256, parameters: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter(capacity: capacity)
    writer.object { writer in
      if let error {
        writer.key("error")
        writer.string(error)
      }
      writer.nonEmptyObject("parameters", parameters)
      if continues {
        writer.key("continues")
        writer.bool(true)
      }
    }
    return writer.finish(0)
  }
}

// MARK: Parts

private func envelope(
  _ message: [UInt8], _ depthMax: Int
) throws(ProtocolViolation) -> [(key: String, value: JSONValue)] {
  let document: JSONDocument
  do {
    document = try JSONDocument(message, depthMax: depthMax)
  } catch {
    throw ProtocolViolation(.notJSON, error.description)
  }
  guard let members = document.root.members else { throw ProtocolViolation(.notAnObject) }
  return members
}

private func decodedParameters(_ value: JSONValue) throws(ProtocolViolation) -> JSONValue? {
  switch value.kind {
  case .object: return value
  case .null: return nil
  default: throw ProtocolViolation(.invalidMember, "parameters")
  }
}

private func decodedFlag(_ key: String, _ value: JSONValue) throws(ProtocolViolation) -> Bool {
  guard let flag = value.bool else { throw ProtocolViolation(.invalidMember, key) }
  return flag
}

/// Vendors may add objects under a reversed domain name; whoever does not know them ignores them.
private func checkVendorMember(_ key: String, _ value: JSONValue) throws(ProtocolViolation) {
  guard isInterfaceName(key), value.kind == .object else { throw ProtocolViolation(.invalidMember, key) }
}

private let emptyObject = RawJSON.emptyObject.value
