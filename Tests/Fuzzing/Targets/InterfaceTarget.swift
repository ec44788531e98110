import Varlink

/// Interface descriptions: `Interface(parsing:)`. Promised:
///
/// - What was read is written from what was understood, comments included, and read again as the same.
/// - A mistake has a place inside the text.
package enum InterfaceTarget: FuzzTarget {
  package static let name = "interface"
  package static let words = [
    "interface org.example.X\n", "type T (", "method M(", ") -> (", "error E (", "a: ", "int", "bool", "float",
    "string",
    "object", "any", "?", "[]", "[string]", "->", "# ", "\r\n", "\n\n",
  ]

  package static func check(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    switch Result(catching: { () throws(InterfaceError) in try Interface(parsing: text) }) {
    case .success(let interface):
      let written = DescriptionWriter(interface).text
      let again = try Interface(parsing: written)
      try promise("\(interface) is read again as \(again)", again.isAlike(interface))
    case .failure(let error): try checkPlace(of: error, in: text)
    }
  }

  private static func checkPlace(of error: InterfaceError, in text: String) throws {
    let lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let isInside =
      lines.indices.contains(error.line - 1) && (1...lines[error.line - 1].count + 1).contains(error.column)
    try promise("\(error) is a place in the text", isInside)
    try promise("a mistake has words", !error.message.isEmpty)
  }
}

extension Interface {
  /// The same but for its text.
  fileprivate func isAlike(_ other: Interface) -> Bool {
    name == other.name && documentation == other.documentation && types == other.types && methods == other.methods
      && errors == other.errors
  }
}

/// Writes an interface so that nothing of it is lost, not so that it looks well.
private struct DescriptionWriter {
  // A carriage return before each line feed keeps the one that a comment may end with.
  private(set) var text = ""

  init(_ interface: Interface) {
    document(interface.documentation)
    text += "interface \(interface.name)\r\n"
    for type in interface.types { declare("type", type.name, type.documentation, Self.words(for: type.type)) }
    for method in interface.methods {
      let reply = " -> " + Self.list(method.reply)
      declare("method", method.name, method.documentation, Self.list(method.parameters) + reply)
    }
    for error in interface.errors { declare("error", error.name, error.documentation, Self.list(error.parameters)) }
  }

  private mutating func document(_ lines: Documentation) { text += Self.comment(lines) }

  private mutating func declare(_ word: String, _ name: String, _ documentation: Documentation, _ rest: String) {
    // The blank line parts a comment from whatever stands above it.
    text += "\r\n"
    document(documentation)
    text += "\(word) \(name)\(rest)\r\n"
  }

  private static func comment(_ lines: Documentation) -> String { lines.map { "# \($0)\r\n" }.joined() }

  private static func list(_ fields: [Field]) -> String {
    list(fields.map { ($0.documentation, "\($0.name):\(words(for: $0.type))") })
  }

  private static func list(_ members: [(documentation: Documentation, words: String)]) -> String {
    let lines = members.enumerated().map { index, member in
      "\r\n\(comment(member.documentation))\(member.words)\(index + 1 < members.count ? "," : "")"
    }
    return "(\(lines.joined()))"
  }

  private static func words(for type: IDLType) -> String {
    switch type {
    case .bool: "bool"
    case .int: "int"
    case .float: "float"
    case .string: "string"
    case .object: "object"
    case .any: "any"
    case .named(let name): name
    case .array(let element): "[]\(words(for: element))"
    case .map(let element): "[string]\(words(for: element))"
    case .optional(let wrapped): "?\(words(for: wrapped))"
    case .structure(let fields): list(fields)
    case .enumeration(let cases): list(cases.map { ($0.documentation, $0.name) })
    }
  }
}
