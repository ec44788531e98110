/// One varlink interface, as its description says it (UAPI.20, "Interface Definition").
package struct Interface: Sendable, Equatable {
  /// The reversed domain name, such as `org.genbroker.Jobs`.
  package let name: String
  package let documentation: Documentation
  /// The named types, in the order of the text; each is a structure or an enumeration.
  package let types: [TypeDeclaration]
  package let methods: [MethodDeclaration]
  package let errors: [ErrorDeclaration]
  /// The very text that was parsed; what `GetInterfaceDescription` hands out.
  package let text: String

  package func type(named name: String) -> TypeDeclaration? {
    types.first { $0.name == name }
  }

  /// The method with this name, without the name of the interface.
  package func method(named name: String) -> MethodDeclaration? {
    methods.first { $0.name == name }
  }
}

/// The comment in front of a declaration: its lines without `#` and without the blank behind it.
package typealias Documentation = [String]

/// `type Name (…)`
package struct TypeDeclaration: Sendable, Equatable {
  package let name: String
  package let documentation: Documentation
  /// `.structure` or `.enumeration`.
  package let type: IDLType
}

/// `method Name(…) -> (…)`
package struct MethodDeclaration: Sendable, Equatable {
  package let name: String
  package let documentation: Documentation
  package let parameters: [Field]
  package let reply: [Field]
}

/// `error Name (…)`
package struct ErrorDeclaration: Sendable, Equatable {
  package let name: String
  package let documentation: Documentation
  package let parameters: [Field]
}

/// `name: type`, a member of a structure.
package struct Field: Sendable, Equatable {
  package let name: String
  package let documentation: Documentation
  package let type: IDLType
}

/// One value of an enumeration.
package struct EnumerationCase: Sendable, Equatable {
  package let name: String
  package let documentation: Documentation
}

/// What a value may be.
package indirect enum IDLType: Sendable, Equatable {
  case bool
  case int
  case float
  case string
  /// Any JSON object.
  case object
  /// Any JSON value.
  case any
  /// A type that the interface declares.
  case named(String)
  case array(of: IDLType)
  /// A JSON object whose members all have one type.
  case map(of: IDLType)
  /// Absent and `null` mean the same.
  case optional(IDLType)
  case structure([Field])
  case enumeration([EnumerationCase])

  package var isOptional: Bool {
    if case .optional = self { true } else { false }
  }
}
