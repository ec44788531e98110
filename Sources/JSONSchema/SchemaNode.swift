/// One schema, with others by their number.
enum SchemaNode: Sendable {
  /// `true` and `false`: everything fits, and nothing.
  case constant(Bool)
  case rules(SchemaRules)
}

/// What a schema demands; what is nil demands nothing.
struct SchemaRules: Sendable {
  var types: [ValueType]?
  /// Of `enum`, canonical; see `CanonicalJSON`.
  var values: Set<[UInt8]>?
  var constant: [UInt8]?

  // Numbers.
  var minimum: ExactNumber?
  var maximum: ExactNumber?
  var exclusiveMinimum: ExactNumber?
  var exclusiveMaximum: ExactNumber?
  var multipleOf: Int64?

  // Strings, in code points.
  var lengthMin: Int?
  var lengthMax: Int?

  // Arrays.
  var prefixItems: [Int] = []
  var items: Int?
  var itemsMin: Int?
  var itemsMax: Int?
  var hasUniqueItems = false

  // Objects. Names are bytes: two that look the same are two.
  var properties: [[UInt8]: Int] = [:]
  var additional: Int?
  var required: [String] = []
  var propertiesMin: Int?
  var propertiesMax: Int?

  // Schemas for the same value.
  var reference: Int?
  var allOf: [Int] = []
  var anyOf: [Int] = []
  var oneOf: [Int] = []
  var not: Int?

  /// Those that look at the same value as this one, and not into it.
  var inPlace: [Int] { allOf + anyOf + oneOf + [reference, not].compactMap(\.self) }
}

/// The types of JSON Schema: those of JSON, and whole numbers.
enum ValueType: String, Sendable, CaseIterable {
  case null, boolean, object, array, number, integer, string
}
