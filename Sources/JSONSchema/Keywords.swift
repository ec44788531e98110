import JSON

/// The keywords that hold no schemas, and words about those that are not taken.
enum Keywords {
  typealias Taking = @Sendable (JSONValue, Pointer, inout SchemaRules) throws(SchemaError) -> Void

  /// They tell people something and demand nothing.
  static let annotations: Set<String> = [
    "$comment", "$schema", "default", "deprecated", "description", "examples", "format", "readOnly", "title",
    "writeOnly",
  ]

  /// By name, each with how its value is taken.
  static let plain: [String: Taking] = [
    "type": { (value, place, rules) throws(SchemaError) in rules.types = try types(value, place) },
    "enum": { (value, place, rules) throws(SchemaError) in
      guard let elements = value.elements, !elements.isEmpty else { throw SchemaError(place, "is no array of values") }
      rules.values = Set(elements.map(CanonicalJSON.bytes))
    },
    "const": { (value, _, rules) throws(SchemaError) in rules.constant = CanonicalJSON.bytes(of: value) },
    "minimum": { (value, place, rules) throws(SchemaError) in rules.minimum = try number(value, place) },
    "maximum": { (value, place, rules) throws(SchemaError) in rules.maximum = try number(value, place) },
    "exclusiveMinimum": { (value, place, rules) throws(SchemaError) in
      rules.exclusiveMinimum = try number(value, place)
    },
    "exclusiveMaximum": { (value, place, rules) throws(SchemaError) in
      rules.exclusiveMaximum = try number(value, place)
    },
    "multipleOf": { (value, place, rules) throws(SchemaError) in rules.multipleOf = try divisor(value, place) },
    "minLength": { (value, place, rules) throws(SchemaError) in rules.lengthMin = try count(value, place) },
    "maxLength": { (value, place, rules) throws(SchemaError) in rules.lengthMax = try count(value, place) },
    "minItems": { (value, place, rules) throws(SchemaError) in rules.itemsMin = try count(value, place) },
    "maxItems": { (value, place, rules) throws(SchemaError) in rules.itemsMax = try count(value, place) },
    "uniqueItems": { (value, place, rules) throws(SchemaError) in
      guard let bool = value.bool else { throw SchemaError(place, "is neither true nor false") }
      rules.hasUniqueItems = bool
    },
    "minProperties": { (value, place, rules) throws(SchemaError) in rules.propertiesMin = try count(value, place) },
    "maxProperties": { (value, place, rules) throws(SchemaError) in rules.propertiesMax = try count(value, place) },
    "required": { (value, place, rules) throws(SchemaError) in rules.required = try names(value, place) },
  ]

  /// What to do about a keyword that is not understood.
  static func remedy(for keyword: String) -> String {
    let remedies = [
      "pattern": "is not checked here: use enum, or look at the text yourself and leave it out",
      "patternProperties": "is not checked here: name the properties, or use additionalProperties with a schema",
      "definitions": "is of an earlier draft: name it $defs",
      "$defs": "is understood at the root only: move it there",
      "$id": "is not followed: leave it out and refer to '#/$defs/NAME'",
      "if": "is not checked here: use anyOf", "then": "is not checked here: use anyOf",
      "else": "is not checked here: use anyOf", "contains": "is not checked here: use items",
      "additionalItems": "is of an earlier draft: use prefixItems and items",
      "dependencies": "is not checked here: use anyOf",
    ]
    return remedies[keyword]
      ?? "is not a keyword that is checked here: leave it out (plugins/README.md lists those that are)"
  }

  // MARK: Values

  private static func types(_ value: JSONValue, _ place: Pointer) throws(SchemaError) -> [ValueType] {
    let names = value.elements?.map(\.string) ?? [value.string]
    let types = names.compactMap { $0.flatMap(ValueType.init) }
    guard !types.isEmpty, types.count == names.count, Set(types).count == types.count else {
      let known = ValueType.allCases.map(\.rawValue).joined(separator: ", ")
      throw SchemaError(place, "is neither one of \(known) nor a list of some, each once")
    }
    return types
  }

  private static func number(_ value: JSONValue, _ place: Pointer) throws(SchemaError) -> ExactNumber {
    guard value.kind == .int || value.kind == .float else { throw SchemaError(place, "is no number") }
    return ExactNumber(json: value.raw)
  }

  private static func divisor(_ value: JSONValue, _ place: Pointer) throws(SchemaError) -> Int64 {
    guard let divisor = value.int, divisor > 0 else {
      throw SchemaError(place, "is no whole number above 0: parts of a number are not checked, leave it out")
    }
    return divisor
  }

  private static func count(_ value: JSONValue, _ place: Pointer) throws(SchemaError) -> Int {
    guard let count = value.int, count >= 0 else { throw SchemaError(place, "is no whole number from 0") }
    return Int(count)
  }

  private static func names(_ value: JSONValue, _ place: Pointer) throws(SchemaError) -> [String] {
    let names = (value.elements ?? []).compactMap(\.string)
    // By their bytes: names that look the same are two.
    guard let elements = value.elements, names.count == elements.count,
      Set(names.map { Array($0.utf8) }).count == names.count
    else { throw SchemaError(place, "is no list of names, each once") }
    return names
  }
}
