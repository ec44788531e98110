import JSON

/// Something after which a connection must be closed (UAPI.20, "Messages"): the two sides no longer agree where a message
/// begins or what it means.
package struct ProtocolViolation: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    case messageTooLong = "a message longer than is accepted"
    case notJSON = "a message that is not JSON"
    case notAnObject = "a message that is not a JSON object"
    case noMethod = "a call without the name of a method"
    case invalidMember = "a member that does not belong here, or of the wrong type"
    case severalFlags = "a call with more than one of oneway, more and upgrade"
    case unexpectedReply = "a reply to nothing"
    case unexpectedContinues = "a reply that continues although it must be the last"
  }

  package let code: Code
  /// Which member or which byte.
  package let detail: String

  package init(_ code: Code, _ detail: String = "") {
    self.code = code
    self.detail = detail
  }

  package var description: String { detail.isEmpty ? code.rawValue : "\(code.rawValue): \(detail)" }
}
