import Varlink

/// One enumeration over all methods of an interface, and the way from a method's name to its decoder.
struct CallTable {
  let interface: Interface

  init(_ interface: Interface) {
    self.interface = interface
  }

  func write(to writer: inout SourceWriter) {
    guard !interface.methods.isEmpty else { return }
    writer.line()
    writer.line("/// A call of any method of this interface, decoded.")
    writer.block("package enum Call: Sendable, Hashable") { writer in
      for method in interface.methods { writer.line("case \(name(method))(\(method.name))") }
      writer.line()
      decoder(&writer)
      writer.line()
      erased(&writer)
    }
  }

  private func name(_ method: MethodDeclaration) -> String {
    SwiftNames.escaped(SwiftNames.enumCase(method.name))
  }

  private func decoder(_ writer: inout SourceWriter) {
    writer.line("/// Decodes the parameters of the method with this name (without the interface).")
    writer.line("///")
    writer.line("/// - Returns: `nil` when there is no such method.")
    let arguments = [
      "method: some StringProtocol", "parameters: JSONValue", "_ rule: UnknownFields = .refused",
    ]
    writer.block("package init?", arguments: arguments, " throws(FieldError)") { writer in
      writer.line("switch String(method) {")
      for method in interface.methods {
        writer.line(
          "case \"\(method.name)\": self = .\(name(method))(try \(method.name)(wire: parameters, rule))")
      }
      writer.line("default: return nil")
      writer.line("}")
    }
  }

  private func erased(_ writer: inout SourceWriter) {
    writer.line("/// The call as the value of its own type.")
    writer.block("package var call: any WireCall") { writer in
      writer.line("switch self {")
      for method in interface.methods { writer.line("case .\(name(method))(let call): call") }
      writer.line("}")
    }
  }
}
