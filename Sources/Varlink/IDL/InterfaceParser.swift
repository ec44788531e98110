extension Interface {
  /// Parses an interface description.
  ///
  /// Grammar and names: UAPI.20. Types, methods and errors share one namespace; every type that is named must be
  /// declared in the same text.
  ///
  /// - Throws: `InterfaceError` with line and column.
  package init(parsing text: String) throws(InterfaceError) {
    var parser = try InterfaceParser(text)
    self = try parser.interface(text)
  }
}

/// Recursive descent over the tokens of one description.
private struct InterfaceParser {
  private var scanner: InterfaceScanner
  private var token: InterfaceScanner.Token
  /// Types that were mentioned, to be looked up at the end.
  private var references: [(name: String, token: InterfaceScanner.Token)] = []
  private var depth = 0

  /// How deep types may nest.
  private static let depthMax = 32

  init(_ text: String) throws(InterfaceError) {
    scanner = InterfaceScanner(text)
    token = try scanner.next()
  }

  // MARK: The interface and its members

  mutating func interface(_ text: String) throws(InterfaceError) -> Interface {
    let documentation = token.comment
    try keyword("interface")
    let name = try name("the name of the interface, such as org.example.Thing", isInterfaceName)
    var types: [TypeDeclaration] = []
    var methods: [MethodDeclaration] = []
    var errors: [ErrorDeclaration] = []
    var names: Set<String> = []
    while token.kind != .end {
      let documentation = token.comment
      let word = try keyword("type", "method", "error")
      let memberPlace = token
      let name = try self.name("a name that begins with a capital", isMemberName)
      guard names.insert(name).inserted else { throw error("\(name) is declared twice", at: memberPlace) }
      switch word {
      case "type":
        types.append(TypeDeclaration(name: name, documentation: documentation, type: try declaredType()))
      case "method":
        let parameters = try fields("the parameters of a method")
        try mark("->")
        let reply = try fields("the reply of a method")
        methods.append(
          MethodDeclaration(name: name, documentation: documentation, parameters: parameters, reply: reply))
      default:
        let parameters = try fields("the parameters of an error")
        errors.append(ErrorDeclaration(name: name, documentation: documentation, parameters: parameters))
      }
    }
    try resolveReferences(Set(types.map(\.name)))
    return Interface(
      name: name, documentation: documentation, types: types, methods: methods, errors: errors, text: text)
  }

  private mutating func declaredType() throws(InterfaceError) -> IDLType {
    guard token.kind == .mark("(") else { throw error("a type is declared as (…)", at: token) }
    return try type()
  }

  private mutating func fields(_ what: String) throws(InterfaceError) -> [Field] {
    let place = token
    guard token.kind == .mark("("), case .structure(let fields) = try type() else {
      throw error("\(what) must be a list of `name: type`", at: place)
    }
    return fields
  }

  private func resolveReferences(_ declared: Set<String>) throws(InterfaceError) {
    for reference in references where !declared.contains(reference.name) {
      throw error("the type \(reference.name) is not declared", at: reference.token)
    }
  }

  // MARK: Types

  private mutating func type() throws(InterfaceError) -> IDLType {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw error("types nested too deeply", at: token) }
    switch token.kind {
    case .mark("?"):
      try advance()
      if token.kind == .mark("?") { throw error("`??` means no more than `?`", at: token) }
      return .optional(try type())
    case .mark("[]"):
      try advance()
      return .array(of: try type())
    case .mark("[string]"):
      try advance()
      return .map(of: try type())
    case .mark("("):
      return try list()
    case .word(let word):
      return try named(word)
    case .mark, .end:
      throw error("a type is expected here", at: token)
    }
  }

  private mutating func named(_ word: String) throws(InterfaceError) -> IDLType {
    let place = token
    try advance()
    switch word {
    case "bool": return .bool
    case "int": return .int
    case "float": return .float
    case "string": return .string
    case "object": return .object
    case "any": return .any
    default:
      guard isMemberName(word) else { throw error("\(word) is no type", at: place) }
      references.append((word, place))
      return .named(word)
    }
  }

  /// `(a: T, b: U)` or `(a, b)`; `()` is a structure without members.
  private mutating func list() throws(InterfaceError) -> IDLType {
    try mark("(")
    var fields: [Field] = []
    var cases: [EnumerationCase] = []
    var names: Set<String> = []
    while token.kind != .mark(")") {
      if !names.isEmpty { try mark(",") }
      let (place, documentation) = (token, token.comment)
      let name = try name("the name of a field", isFieldName)
      guard names.insert(name).inserted else { throw error("\(name) stands twice in one list", at: place) }
      if token.kind == .mark(":") {
        try advance()
        fields.append(Field(name: name, documentation: documentation, type: try type()))
      } else {
        cases.append(EnumerationCase(name: name, documentation: documentation))
      }
      guard fields.isEmpty || cases.isEmpty else {
        throw error("either every member of a list has a type or none", at: place)
      }
    }
    try advance()
    return cases.isEmpty ? .structure(fields) : .enumeration(cases)
  }

  // MARK: Tokens

  private mutating func advance() throws(InterfaceError) {
    token = try scanner.next()
  }

  private mutating func mark(_ mark: String) throws(InterfaceError) {
    guard token.kind == .mark(mark) else { throw error("`\(mark)` is expected here", at: token) }
    try advance()
  }

  @discardableResult
  private mutating func keyword(_ words: String...) throws(InterfaceError) -> String {
    guard case .word(let word) = token.kind, words.contains(word) else {
      throw error("`\(words.joined(separator: "`, `"))` is expected here", at: token)
    }
    try advance()
    return word
  }

  private mutating func name(_ what: String, _ isValid: (String) -> Bool) throws(InterfaceError) -> String {
    guard case .word(let word) = token.kind, isValid(word) else { throw error("\(what) is expected here", at: token) }
    try advance()
    return word
  }

  private func error(_ message: String, at token: InterfaceScanner.Token) -> InterfaceError {
    InterfaceError(line: token.line, column: token.column, message: message)
  }
}
