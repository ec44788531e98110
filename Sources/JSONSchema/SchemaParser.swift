import JSON

/// Turns a schema into numbered nodes, and finds what cannot be promised.
struct SchemaParser {
  private var nodes: [SchemaNode] = []
  /// The definitions at the root, by the bytes of their names; parsed before anything refers to them.
  private var definitions: [[UInt8]: Int] = [:]

  mutating func parse(_ root: JSONValue) throws(SchemaError) -> [SchemaNode] {
    guard root.raw.count <= Schema.bytesMax else {
      throw SchemaError(Pointer(), "more than \(Schema.bytesMax) bytes; leave out what need not be checked")
    }
    guard root.depth <= JSONDocument.depthMax else { throw SchemaError(Pointer(), "nested too deeply") }
    try numberDefinitions(of: root)
    try fill(0, root, Pointer())
    try refuseCircles()
    return nodes
  }

  /// Gives the root number 0 and each definition the next one, so that they can refer to each other.
  private mutating func numberDefinitions(of root: JSONValue) throws(SchemaError) {
    _ = try reserve(Pointer())
    guard let definitions = root["$defs"] else { return }
    let place = Pointer().appending("$defs")
    guard let members = definitions.members else { throw SchemaError(place, "is no object") }
    for (name, _) in members { self.definitions[Array(name.utf8)] = try reserve(place.appending(name)) }
    for (name, value) in members {
      if let number = self.definitions[Array(name.utf8)] { try fill(number, value, place.appending(name)) }
    }
  }

  private mutating func reserve(_ place: Pointer) throws(SchemaError) -> Int {
    guard nodes.count < Schema.nodesMax else {
      throw SchemaError(place, "more than \(Schema.nodesMax) schemas in one; leave out what need not be checked")
    }
    nodes.append(.constant(true))
    return nodes.count - 1
  }

  private mutating func add(_ value: JSONValue, _ place: Pointer) throws(SchemaError) -> Int {
    let number = try reserve(place)
    try fill(number, value, place)
    return number
  }

  private mutating func fill(_ number: Int, _ value: JSONValue, _ place: Pointer) throws(SchemaError) {
    if let constant = value.bool {
      nodes[number] = .constant(constant)
      return
    }
    guard let members = value.members else { throw SchemaError(place, "a schema is an object, true or false") }
    var rules = SchemaRules()
    for (keyword, value) in members {
      // The definitions stand at the root and are read there.
      if keyword == "$defs", place.text.isEmpty { continue }
      try take(keyword, value, place.appending(keyword), into: &rules)
    }
    nodes[number] = .rules(rules)
  }

  // MARK: Keywords

  private mutating func take(
    _ keyword: String, _ value: JSONValue, _ place: Pointer, into rules: inout SchemaRules
  ) throws(SchemaError) {
    if Keywords.annotations.contains(keyword) { return }
    if let take = Keywords.plain[keyword] { return try take(value, place, &rules) }
    switch keyword {
    case "properties": rules.properties = try schemas(named: value, place)
    case "additionalProperties": rules.additional = try add(value, place)
    case "items": rules.items = try add(value, place)
    case "prefixItems": rules.prefixItems = try schemas(in: value, place)
    case "allOf": rules.allOf = try schemas(in: value, place)
    case "anyOf": rules.anyOf = try schemas(in: value, place)
    case "oneOf": rules.oneOf = try schemas(in: value, place)
    case "not": rules.not = try add(value, place)
    case "$ref": rules.reference = try reference(value, place)
    default: throw SchemaError(place, Keywords.remedy(for: keyword))
    }
  }

  private mutating func schemas(named value: JSONValue, _ place: Pointer) throws(SchemaError) -> [[UInt8]: Int] {
    guard let members = value.members else { throw SchemaError(place, "is no object") }
    var schemas: [[UInt8]: Int] = [:]
    for (name, value) in members { schemas[Array(name.utf8)] = try add(value, place.appending(name)) }
    return schemas
  }

  private mutating func schemas(in value: JSONValue, _ place: Pointer) throws(SchemaError) -> [Int] {
    guard let elements = value.elements, !elements.isEmpty else {
      throw SchemaError(place, "is no array of one or more schemas")
    }
    var schemas: [Int] = []
    for (index, element) in elements.enumerated() { schemas.append(try add(element, place.appending(index))) }
    return schemas
  }

  private func reference(_ value: JSONValue, _ place: Pointer) throws(SchemaError) -> Int {
    guard let text = value.string else { throw SchemaError(place, "is no string") }
    if text == "#" { return 0 }
    let prefix = "#/$defs/"
    guard text.hasPrefix(prefix), !text.contains("%") else {
      throw SchemaError(place, "only '#' and '#/$defs/NAME' are followed: put the schema under $defs at the root")
    }
    let name = String(text.dropFirst(prefix.count)).replacing("~1", with: "/").replacing("~0", with: "~")
    guard let number = definitions[Array(name.utf8)] else {
      throw SchemaError(place, "there is no '\(bounded(name, bytesMax: 80))' under $defs at the root")
    }
    return number
  }

  // MARK: Circles

  /// A schema that refers to itself for the same value would be looked at forever.
  private func refuseCircles() throws(SchemaError) {
    var isDone = nodes.map { _ in false }
    for start in nodes.indices where !isDone[start] {
      var isOpen: Set<Int> = [start]
      var path = [(node: start, rest: inPlace(start)[...])]
      while let last = path.indices.last {
        guard let next = path[last].rest.popFirst() else {
          let node = path.removeLast().node
          isOpen.remove(node)
          isDone[node] = true
          continue
        }
        if isDone[next] { continue }
        guard isOpen.insert(next).inserted else {
          throw SchemaError(Pointer(), "a $ref leads back to itself without going into the value; take it out")
        }
        path.append((next, inPlace(next)[...]))
      }
    }
  }

  private func inPlace(_ node: Int) -> [Int] {
    if case .rules(let rules) = nodes[node] { rules.inPlace } else { [] }
  }
}
