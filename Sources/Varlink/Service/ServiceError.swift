package import JSON

/// The errors of `org.varlink.service`, which every method can answer.
package enum ServiceError: Error, Hashable, Sendable {
  case interfaceNotFound(String)
  case methodNotFound(String)
  /// Declared, and not there.
  case methodNotImplemented(String)
  /// The path of the field that is missing, undeclared or of the wrong type.
  case invalidParameter(String)
  case permissionDenied
  /// The method must be called with `more`.
  case expectedMore
  /// The method must be called with `upgrade`.
  case expectedUpgrade

  /// The full name, as it goes over the wire.
  package var name: String {
    switch self {
    case .interfaceNotFound: "org.varlink.service.InterfaceNotFound"
    case .methodNotFound: "org.varlink.service.MethodNotFound"
    case .methodNotImplemented: "org.varlink.service.MethodNotImplemented"
    case .invalidParameter: "org.varlink.service.InvalidParameter"
    case .permissionDenied: "org.varlink.service.PermissionDenied"
    case .expectedMore: "org.varlink.service.ExpectedMore"
    case .expectedUpgrade: "org.varlink.service.ExpectedUpgrade"
    }
  }

  package func writeParameters(to writer: inout JSONWriter) {
    let (key, value): (String, String)
    switch self {
    case .interfaceNotFound(let interface): (key, value) = ("interface", interface)
    case .methodNotFound(let method), .methodNotImplemented(let method): (key, value) = ("method", method)
    case .invalidParameter(let parameter): (key, value) = ("parameter", parameter)
    case .permissionDenied, .expectedMore, .expectedUpgrade: return
    }
    writer.key(key)
    writer.string(value)
  }

  /// Reads an error that the other side answered; `nil` when it is none of these.
  package init?(_ reply: Reply) {
    func text(_ key: String) -> String { reply.parameters[key]?.string ?? "" }
    switch reply.error {
    case "org.varlink.service.InterfaceNotFound": self = .interfaceNotFound(text("interface"))
    case "org.varlink.service.MethodNotFound": self = .methodNotFound(text("method"))
    case "org.varlink.service.MethodNotImplemented": self = .methodNotImplemented(text("method"))
    case "org.varlink.service.InvalidParameter": self = .invalidParameter(text("parameter"))
    case "org.varlink.service.PermissionDenied": self = .permissionDenied
    case "org.varlink.service.ExpectedMore": self = .expectedMore
    case "org.varlink.service.ExpectedUpgrade": self = .expectedUpgrade
    default: return nil
    }
  }
}
