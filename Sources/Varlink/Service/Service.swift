package import JSON

/// The interfaces of a service, and `org.varlink.service` itself.
package struct Service: Sendable {
  /// Who the service is.
  package struct Info: Sendable {
    package var vendor: String
    package var product: String
    package var version: String
    package var url: String

    package init(vendor: String, product: String, version: String, url: String) {
      self.vendor = vendor
      self.product = product
      self.version = version
      self.url = url
    }
  }

  package static let name = "org.varlink.service"

  private let info: Info
  /// `org.varlink.service` first.
  private let interfaces: [Interface]

  /// A service with these interfaces besides its own.
  ///
  /// - Throws: `InterfaceError`, only when the text of `org.varlink.service` in this module is wrong.
  package init(_ info: Info, interfaces: [Interface]) throws(InterfaceError) {
    self.info = info
    self.interfaces = [try Interface(parsing: serviceInterfaceText)] + interfaces
  }

  /// The declaration of the method that is called.
  ///
  /// - Throws: `interfaceNotFound` or `methodNotFound`; `methodNotImplemented` for a call with `upgrade`, because a
  ///   successful reply to it would mean that both sides stop speaking varlink.
  package func method(of call: Call) throws(ServiceError) -> (interface: Interface, method: MethodDeclaration) {
    guard let interface = interfaces.first(where: { $0.name == call.interface }) else {
      throw .interfaceNotFound(String(call.interface))
    }
    guard let method = interface.method(named: String(call.member)) else { throw .methodNotFound(call.method) }
    guard call.mode != .upgrade else { throw .methodNotImplemented(call.method) }
    return (interface, method)
  }

  /// Checks the parameters of a call against the description of its interface.
  package func check(_ call: Call) throws(ServiceError) {
    let (interface, method) = try method(of: call)
    if let field = interface.mismatch(of: call.parameters, with: method.parameters) { throw .invalidParameter(field) }
  }

  /// Answers a call of `org.varlink.service`.
  ///
  /// - Returns: what writes the parameters of the reply; `nil` when the call is for another interface.
  package func answer(_ call: Call) throws(ServiceError) -> ((inout JSONWriter) -> Void)? {
    guard call.interface == Service.name else { return nil }
    try check(call)
    if call.member == "GetInfo" { return writeInfo }
    let name = call.parameters["interface"]?.string ?? ""
    guard let interface = interfaces.first(where: { $0.name == name }) else { throw .interfaceNotFound(name) }
    return { writer in
      writer.key("description")
      writer.string(interface.text)
    }
  }

  private func writeInfo(to writer: inout JSONWriter) {
    for (key, value) in [
      ("vendor", info.vendor), ("product", info.product), ("version", info.version), ("url", info.url),
    ] {
      writer.key(key)
      writer.string(value)
    }
    writer.key("interfaces")
    writer.array { writer in for interface in interfaces { writer.string(interface.name) } }
  }
}
