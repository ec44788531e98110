import JSON

/// One check of a value, with a bound on what it costs.
struct SchemaCheck {
  private let nodes: [SchemaNode]
  private var steps = 0
  /// Why the check has no result.
  private var givenUp: Violation?

  init(_ nodes: [SchemaNode]) {
    self.nodes = nodes
  }

  mutating func run(_ value: JSONValue) -> [Violation] {
    var violations = violations(of: 0, value, Pointer(), depth: 0)
    if let givenUp { violations = violations.prefix(Schema.violationsMax - 1) + [givenUp] }
    return Array(violations.prefix(Schema.violationsMax))
  }

  /// Counts work; false when there was too much, and from then on.
  private mutating func spend(_ count: Int, _ place: Pointer) -> Bool {
    steps += count
    if steps > Schema.stepsMax, givenUp == nil {
      givenUp = Violation(place, "the check was given up after \(Schema.stepsMax) steps: make the schema simpler")
    }
    return givenUp == nil
  }

  private mutating func violations(
    of node: Int, _ value: JSONValue, _ place: Pointer, depth: Int
  ) -> [Violation] {
    guard spend(1, place) else { return [] }
    guard depth < Schema.depthMax else {
      givenUp = givenUp ?? Violation(place, "schemas are nested too deeply here: make the schema simpler")
      return []
    }
    switch nodes[node] {
    case .constant(let fits): return fits ? [] : [Violation(place, "nothing may stand here")]
    case .rules(let rules):
      let own = ownViolations(rules, value, place)
      // Of a value of the wrong type nothing else is worth telling.
      if let types = rules.types, !own.isEmpty, !types.contains(where: value.isOf) { return own }
      return own + inner(rules, value, place, depth + 1) + combined(rules, value, place, depth + 1)
    }
  }

  // MARK: The value itself

  private mutating func ownViolations(_ rules: SchemaRules, _ value: JSONValue, _ place: Pointer) -> [Violation] {
    if let types = rules.types, !types.contains(where: value.isOf) {
      return [Violation(place, "is \(value.typeWords), not \(types.map(\.words).joined(separator: " or "))")]
    }
    var violations = comparisons(rules, value, place)
    switch value.kind {
    case .int, .float: violations += numberViolations(rules, value, place)
    case .string: violations += lengthViolations(rules, value, place)
    default: break
    }
    return violations
  }

  private mutating func comparisons(_ rules: SchemaRules, _ value: JSONValue, _ place: Pointer) -> [Violation] {
    guard rules.values != nil || rules.constant != nil, spend(value.raw.count / 16, place) else { return [] }
    let bytes = CanonicalJSON.bytes(of: value)
    var violations: [Violation] = []
    if let values = rules.values, !values.contains(bytes) {
      violations.append(Violation(place, "is none of the values of enum"))
    }
    if let constant = rules.constant, constant != bytes {
      violations.append(Violation(place, "is not the value of const"))
    }
    return violations
  }

  private mutating func numberViolations(_ rules: SchemaRules, _ value: JSONValue, _ place: Pointer) -> [Violation] {
    guard spend(value.raw.count / 16, place) else { return [] }
    let number = ExactNumber(json: value.raw)
    let faults: [(String, Bool)] = [
      ("is below the minimum", rules.minimum.map { number < $0 } ?? false),
      ("is above the maximum", rules.maximum.map { number > $0 } ?? false),
      ("is not above exclusiveMinimum", rules.exclusiveMinimum.map { number <= $0 } ?? false),
      ("is not below exclusiveMaximum", rules.exclusiveMaximum.map { number >= $0 } ?? false),
      ("is no multiple of \(rules.multipleOf ?? 1)", rules.multipleOf.map { !number.isMultiple(of: $0) } ?? false),
    ]
    return faults.filter(\.1).map { Violation(place, $0.0) }
  }

  private mutating func lengthViolations(_ rules: SchemaRules, _ value: JSONValue, _ place: Pointer) -> [Violation] {
    guard rules.lengthMin != nil || rules.lengthMax != nil, spend(value.raw.count / 16, place) else { return [] }
    return Self.range(value.string?.unicodeScalars.count ?? 0, rules.lengthMin, rules.lengthMax, "characters", place)
  }

  private static func range(_ count: Int, _ least: Int?, _ most: Int?, _ what: String, _ place: Pointer) -> [Violation]
  {
    if let least, count < least { return [Violation(place, "has \(count) \(what), fewer than \(least)")] }
    if let most, count > most { return [Violation(place, "has \(count) \(what), more than \(most)")] }
    return []
  }

  // MARK: What is in it

  private mutating func inner(
    _ rules: SchemaRules, _ value: JSONValue, _ place: Pointer, _ depth: Int
  ) -> [Violation] {
    switch value.kind {
    case .array: elements(rules, value, place, depth)
    case .object: members(rules, value, place, depth)
    default: []
    }
  }

  private mutating func elements(
    _ rules: SchemaRules, _ value: JSONValue, _ place: Pointer, _ depth: Int
  ) -> [Violation] {
    let elements = value.elements ?? []
    guard spend(elements.count, place) else { return [] }
    var violations = Self.range(elements.count, rules.itemsMin, rules.itemsMax, "elements", place)
    if rules.hasUniqueItems, spend(value.raw.count / 16, place) {
      let distinct = Set(elements.map(CanonicalJSON.bytes)).count
      if distinct < elements.count { violations.append(Violation(place, "has equal elements")) }
    }
    for (index, element) in elements.enumerated() {
      guard violations.count < Schema.violationsMax else { break }
      let node = index < rules.prefixItems.count ? rules.prefixItems[index] : rules.items
      guard let node else { break }
      violations += self.violations(of: node, element, place.appending(index), depth: depth)
    }
    return violations
  }

  private mutating func members(
    _ rules: SchemaRules, _ value: JSONValue, _ place: Pointer, _ depth: Int
  ) -> [Violation] {
    let members = (value.members ?? []).map { (key: $0.key, name: Array($0.key.utf8), value: $0.value) }
    guard spend(members.count + rules.required.count, place) else { return [] }
    let names = Set(members.map(\.name))
    var violations = Self.range(members.count, rules.propertiesMin, rules.propertiesMax, "properties", place)
    violations += rules.required.filter { !names.contains(Array($0.utf8)) }
      .map { Violation(place, "lacks '\(bounded($0, bytesMax: 80))'") }
    for member in members {
      guard violations.count < Schema.violationsMax else { break }
      violations += self.violations(of: member, rules, place.appending(member.key), depth)
    }
    return violations
  }

  private mutating func violations(
    of member: (key: String, name: [UInt8], value: JSONValue), _ rules: SchemaRules, _ place: Pointer, _ depth: Int
  ) -> [Violation] {
    if let node = rules.properties[member.name] { return violations(of: node, member.value, place, depth: depth) }
    guard let node = rules.additional else { return [] }
    if case .constant(false) = nodes[node] { return [Violation(place, "is a property that the schema does not know")] }
    return violations(of: node, member.value, place, depth: depth)
  }

  // MARK: Schemas for the same value

  private mutating func combined(
    _ rules: SchemaRules, _ value: JSONValue, _ place: Pointer, _ depth: Int
  ) -> [Violation] {
    var result: [Violation] = []
    for node in [rules.reference].compactMap(\.self) + rules.allOf where result.count < Schema.violationsMax {
      result += violations(of: node, value, place, depth: depth)
    }
    if !rules.anyOf.isEmpty { result += choice(rules.anyOf, "anyOf", value, place, depth) }
    if !rules.oneOf.isEmpty { result += choice(rules.oneOf, "oneOf", value, place, depth) }
    if let node = rules.not, violations(of: node, value, place, depth: depth).isEmpty, givenUp == nil {
      result.append(Violation(place, "is what 'not' forbids"))
    }
    return result
  }

  /// At least one of `anyOf` has to fit, and exactly one of `oneOf`.
  private mutating func choice(
    _ choices: [Int], _ keyword: String, _ value: JSONValue, _ place: Pointer, _ depth: Int
  ) -> [Violation] {
    var fitting = 0
    var closest: [Violation] = []
    for node in choices {
      let violations = violations(of: node, value, place, depth: depth)
      if givenUp != nil { return [] }
      if violations.isEmpty { fitting += 1 }
      if closest.isEmpty || violations.count < closest.count { closest = violations }
      if fitting > 0, keyword == "anyOf" { return [] }
    }
    if fitting == 1 { return [] }
    if fitting > 1 { return [Violation(place, "fits \(fitting) schemas of oneOf instead of one")] }
    let hint = closest.first.map { "; the closest says: \($0)" } ?? ""
    return [Violation(place, "fits none of the \(choices.count) schemas of \(keyword)\(hint)")]
  }
}

extension JSONValue {
  fileprivate func isOf(_ type: ValueType) -> Bool {
    switch (kind, type) {
    case (.null, .null), (.bool, .boolean), (.object, .object), (.array, .array), (.string, .string): true
    case (.int, .number), (.int, .integer), (.float, .number): true
    // 1.0 and 1e2 are whole numbers, too, and so is one of more digits than 64 bits hold.
    case (.float, .integer): ExactNumber(json: raw).isInteger
    default: false
    }
  }

  fileprivate var typeWords: String {
    switch kind {
    case .null: "null"
    case .bool: "a boolean"
    case .int, .float: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension ValueType {
  fileprivate var words: String {
    switch self {
    case .null: "null"
    case .boolean: "a boolean"
    case .object: "an object"
    case .array: "an array"
    case .number: "a number"
    case .integer: "a whole number"
    case .string: "a string"
    }
  }
}
