import JSON
import JSONSchema

/// JSON schemas, and values that are held against them: `Schema`. The first line of the input is the schema, the rest
/// the value. Promised:
///
/// - A schema is taken, or refused with words; both times the same.
/// - A check ends after a bounded number of steps, with a bounded number of violations of bounded length, the same each time.
/// - A value fits exactly if it does not fit the schema's opposite, as far as both checks come to their end.
/// - White space in a value changes nothing.
package enum SchemaTarget: FuzzTarget {
  package static let name = "schema"
  package static let words =
    [
      "type", "properties", "required", "additionalProperties", "items", "prefixItems", "enum", "const", "minLength",
      "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems",
      "uniqueItems", "minProperties", "maxProperties", "anyOf", "oneOf", "allOf", "not", "$defs", "$ref", "title",
    ].map { "\"\($0)\":" } + [
      "\"#/$defs/a\"", "\"#\"", "{}", "[{}]", "true", "false", "1e9", "0.5", "\"integer\"", "\"object\"", "\n",
    ]

  package static func check(_ input: [UInt8]) throws {
    let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false).map(
      Array.init)
    guard parts.count == 2, let given = try? JSONDocument(parts[0]).root, let value = try? JSONDocument(parts[1]).root
    else { return }
    let (first, second) = (parsed(given), parsed(given))
    try promise("a schema is taken or refused the same both times", first == second)
    switch first {
    case .failure(let error):
      try promise("a refusal has words", !error.message.isEmpty && error.pointer.utf8.count < 300)
    case .success(let schema):
      let violations = try violations(schema, value)
      let minified = try JSONDocument(value.minified).root
      try promise("white space changes nothing", schema.validate(minified) == violations)
      try checkOpposite(of: given, value, violations)
    }
  }

  private static func parsed(_ value: JSONValue) -> Result<Schema, SchemaError> {
    Result { () throws(SchemaError) in try Schema(parsing: value) }
  }

  private static func violations(_ schema: Schema, _ value: JSONValue) throws -> [Violation] {
    let violations = schema.validate(value)
    try promise("violations are bounded", violations.count <= Schema.violationsMax)
    try promise("a violation is bounded", violations.allSatisfy { $0.description.utf8.count < 700 })
    try promise("a value is checked the same both times", schema.validate(value) == violations)
    return violations
  }

  /// `{"not": schema}` with the definitions where references look for them; what refers to the root means another one
  /// then.
  private static func checkOpposite(of given: JSONValue, _ value: JSONValue, _ violations: [Violation]) throws {
    let text = String(decoding: given.minified, as: UTF8.self)
    guard !text.contains("\"#\""), !text.contains("\\"), case .object(let members) = JSONTree(given) else { return }
    let inner = members.filter { $0.key != "$defs" }
    let outer = [JSONTree.Member("not", .object(inner))] + members.filter { $0.key == "$defs" }
    guard case .success(let opposite) = parsed(RawJSON(.object(outer)).value) else { return }
    let others = opposite.validate(value)
    guard !(violations + others).contains(where: { $0.message.contains("make the schema simpler") }) else { return }
    try promise("a value fits a schema or its opposite", violations.isEmpty != others.isEmpty)
  }
}
