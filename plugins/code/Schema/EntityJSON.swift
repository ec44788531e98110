import JSON
import JSONSchema

/// Entities as JSON: what people and models give, and what `plan.json` holds.
extension RawEntity {
  /// What can be given. A field is a text as `FieldText` reads it, or an object.
  static let schema: JSONTree = {
    let text: JSONTree = ["type": "string", "minLength": 1, "maxLength": 200]
    let number: JSONTree = ["type": ["number", "integer"]]
    let length: JSONTree = ["type": "integer", "minimum": 0, "maximum": .int(Int64(Limits.lengthMax))]
    let choices: JSONTree = [
      "type": "array", "items": text, "minItems": 1, "maxItems": .int(Int64(Limits.choicesMax)),
    ]
    let field: JSONTree = [
      "type": "object",
      "properties": [
        "name": text, "type": text, "required": ["type": "boolean"], "unique": ["type": "boolean"],
        "default": ["type": ["string", "number", "integer", "boolean"]], "min": number, "max": number,
        "min_length": length, "max_length": length, "choices": choices, "references": text,
      ],
      "required": ["name"], "additionalProperties": false,
    ]
    let fields: JSONTree = [
      "type": "array", "items": ["anyOf": [text, field]], "maxItems": .int(Int64(Limits.fieldsMax)),
    ]
    return [
      "type": "object", "properties": ["name": text, "fields": fields], "required": ["name", "fields"],
      "additionalProperties": false,
    ]
  }()

  /// What a list of them has to be.
  static let listSchema: Schema = made([
    "type": "array", "items": schema, "maxItems": .int(Int64(Limits.entitiesMax)),
  ])

  /// A schema of this program.
  static func made(_ tree: JSONTree) -> Schema {
    do {
      return try Schema(parsing: RawJSON(tree))
    } catch {
      preconditionFailure("a schema of this program: \(error)")
    }
  }

  /// - Throws: what of the list is not as `listSchema` says, or not readable as a field.
  static func list(_ value: JSONValue) throws(SchemaProblem) -> [RawEntity] {
    if let violation = listSchema.validate(value).first {
      throw SchemaProblem(
        "the entities are not what they have to be: \(violation)",
        remedy:
          #"give a list such as [{"name": "post", "fields": ["title", {"name": "author", "references": "user"}]}]"#)
    }
    var entities: [RawEntity] = []
    for element in value.elements ?? [] {
      var entity = RawEntity(name: element["name"]?.string ?? "", fields: [])
      for field in element["fields"]?.elements ?? [] { entity.fields.append(try RawField(field)) }
      entities.append(entity)
    }
    return entities
  }
}

extension RawField {
  /// A field that fits the schema.
  fileprivate init(_ value: JSONValue) throws(SchemaProblem) {
    if let text = value.string {
      self = try FieldText(text).field()
      return
    }
    self.init(name: value["name"]?.string ?? "")
    type = value["type"]?.string
    isRequired = value["required"]?.bool
    isUnique = value["unique"]?.bool ?? false
    defaultValue = value["default"].map(JSONTree.init)
    min = value["min"].map(JSONTree.init)
    max = value["max"].map(JSONTree.init)
    minLength = value["min_length"].map(JSONTree.init)
    maxLength = value["max_length"].map(JSONTree.init)
    choices = value["choices"]?.elements?.compactMap(\.string)
    references = value["references"]?.string
  }
}

extension Entity {
  /// As `plan.json` has it.
  var json: JSONTree {
    [
      "name": .string(name), "class": .string(className), "plural": .string(plural),
      "fields": .array(fields.map(\.json)),
    ]
  }

  /// Nil when it is not what `json` makes.
  init?(_ value: JSONValue) {
    guard let name = value["name"]?.string, let className = value["class"]?.string,
      let plural = value["plural"]?.string, let elements = value["fields"]?.elements
    else { return nil }
    let fields = elements.compactMap(Field.init)
    guard fields.count == elements.count, Self.areNames([name, className, plural]) else { return nil }
    self.init(name: name, className: className, plural: plural, fields: fields)
  }

  /// They become code and paths: whoever wrote the plan by hand must not slip anything in.
  static func areNames(_ names: [String]) -> Bool {
    names.allSatisfy { name in
      !name.isEmpty && name.utf8.first.map { !($0 >= 0x30 && $0 <= 0x39) } ?? false
        && name.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || $0.isDigit || $0 == "_") }
    }
  }
}

extension Field {
  fileprivate var json: JSONTree {
    var members: [JSONTree.Member] = [.init("name", .string(name)), .init("type", .string(type.word))]
    if case .choice(let choices) = type { members.append(.init("choices", .array(choices.map(JSONTree.string)))) }
    if let reference {
      members.append(
        .init(
          "references",
          [
            "entity": .string(reference.entity), "class": .string(reference.className),
            "table": .string(reference.table), "cyclic": .bool(reference.isCyclic),
          ]))
    }
    members += [.init("required", .bool(isRequired)), .init("unique", .bool(isUnique))]
    if let defaultValue { members.append(.init("default", defaultValue)) }
    if let minLength { members.append(.init("min_length", .int(Int64(minLength)))) }
    if let maxLength { members.append(.init("max_length", .int(Int64(maxLength)))) }
    if let minimum { members.append(.init("min", minimum)) }
    if let maximum { members.append(.init("max", maximum)) }
    return .object(members)
  }

  fileprivate init?(_ value: JSONValue) {
    guard let name = value["name"]?.string, Entity.areNames([name]), let word = value["type"]?.string,
      let type = Self.type(word, value), let isRequired = value["required"]?.bool,
      let isUnique = value["unique"]?.bool
    else { return nil }
    self.init(name: name, type: type, isRequired: isRequired, isUnique: isUnique)
    defaultValue = value["default"].map(JSONTree.init)
    minLength = value["min_length"]?.int.map(Int.init)
    maxLength = value["max_length"]?.int.map(Int.init)
    minimum = value["min"].map(JSONTree.init)
    maximum = value["max"].map(JSONTree.init)
  }

  private static func type(_ word: String, _ value: JSONValue) -> FieldType? {
    switch word {
    case "choice": value["choices"]?.elements.map { .choice($0.compactMap(\.string)) }
    case "reference": value["references"].flatMap(Entity.Reference.init).map(FieldType.reference)
    default: FieldType.named(word)
    }
  }
}

extension Entity.Reference {
  fileprivate init?(_ value: JSONValue) {
    guard let entity = value["entity"]?.string, let className = value["class"]?.string,
      let table = value["table"]?.string, let isCyclic = value["cyclic"]?.bool,
      Entity.areNames([entity, className, table])
    else { return nil }
    self.init(entity: entity, className: className, table: table, isCyclic: isCyclic)
  }
}
