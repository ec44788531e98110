/// How names of an interface are spelled in Swift.
enum SwiftNames {
  /// `org.genbroker.Jobs` → `JobsAPI`
  static func namespace(_ interface: String) -> String {
    let last = interface.split(separator: ".").last.map(String.init) ?? interface
    return capitalized(last) + "API"
  }

  /// `not_before_ms` → `notBeforeMs`
  static func property(_ field: String) -> String {
    let parts = field.split(separator: "_")
    return (parts.prefix(1).map(String.init) + parts.dropFirst().map { capitalized(String($0)) }).joined()
  }

  /// `PutInput` → `putInput`
  static func enumCase(_ method: String) -> String {
    method.prefix(1).lowercased() + method.dropFirst()
  }

  /// The type of an anonymous structure, by the field that has it: `last_lease` → `LastLease`.
  static func nestedType(_ field: String) -> String {
    let name = capitalized(property(field))
    return reserved.contains(name) ? name + "Value" : name
  }

  /// The name, in backquotes where Swift would take it for a keyword.
  static func escaped(_ name: String) -> String {
    keywords.contains(name) ? "`\(name)`" : name
  }

  /// Type names that generated code needs for something else.
  static let reserved: Set<String> = [
    "Any", "Array", "Bool", "Call", "Dictionary", "Double", "FieldError", "FieldReader", "Int", "JSONValue",
    "JSONWriter", "Optional", "Protocol", "RawJSON", "Reply", "Self", "String", "Type", "WireCall", "WireFailure",
    "WireObject", "WireValue",
  ]

  private static func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  /// The Swift Programming Language, "Lexical Structure": words that are reserved in declarations, statements and
  /// expressions.
  private static let keywords: Set<String> = [
    "as", "associatedtype", "await", "borrowing", "break", "case", "catch", "class", "consuming", "continue",
    "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for",
    "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil", "nonisolated", "open",
    "operator", "package", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "self",
    "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where",
    "while",
  ]
}
