/// Makes entities of what somebody has written: names that Python takes, types, references that lead somewhere.
struct EntityBuilder {
  /// What was left out or renamed, for the log.
  private(set) var notes: [String] = []
  /// As they will be called, by the name in the singular, before what is reserved is set apart.
  private var names: [String: EntityNames] = [:]

  private struct EntityNames {
    var given: String
    var module: String
    var className: String
    var plural: String
  }

  /// - Throws: the first thing that makes no project.
  mutating func entities(_ raws: [RawEntity]) throws(SchemaProblem) -> [Entity] {
    guard !raws.isEmpty else {
      throw SchemaProblem("there are no entities", remedy: "give one at least, such as 'entity Post: title, text'")
    }
    guard raws.count <= Limits.entitiesMax else {
      throw SchemaProblem(
        "\(raws.count) entities are more than the \(Limits.entitiesMax) that a project can have",
        remedy: "make several projects of them")
    }
    var keys: [String] = []
    for raw in raws { keys.append(try name(raw)) }
    var entities: [Entity] = []
    for (raw, key) in zip(raws, keys) { entities.append(try entity(raw, key)) }
    return try References(entities).checked()
  }

  // MARK: Names

  /// The name in the singular, which nobody else has.
  private mutating func name(_ raw: RawEntity) throws(SchemaProblem) -> String {
    let key = Plural.singular(try Self.snake(raw.name, "entity"))
    guard !key.hasPrefix("sqlite_") else {
      throw SchemaProblem(
        "the entity '\(shown(raw.name))' would make a table of a name that SQLite keeps to itself",
        remedy: "give it a name that does not begin with sqlite")
    }
    let made = EntityNames(
      given: raw.name, module: ReservedNames.module(key), className: ReservedNames.class(Identifier.pascal(key)),
      plural: Plural.plural(key))
    let other = names.values.first {
      $0.module == made.module || $0.className == made.className || $0.plural == made.plural
    }
    if let other {
      throw SchemaProblem(
        "the entities '\(shown(other.given))' and '\(shown(raw.name))' would both be called '\(made.module)'",
        remedy: "give one of them another name, or make one of the two")
    }
    if made.module != key { notes.append("the entity '\(shown(raw.name))' is called \(made.module) in Python") }
    names[key] = made
    return key
  }

  private static func snake(_ text: String, _ what: String) throws(SchemaProblem) -> String {
    do {
      return try Identifier.snake(text)
    } catch {
      let problem = "the \(what) '\(shown(text))' has a name that Python cannot have: "
      switch error {
      case .empty:
        throw SchemaProblem(problem + "no letter is in it", remedy: "give a name of Latin letters and digits")
      case .beginsWithDigit:
        throw SchemaProblem(problem + "it begins with a digit", remedy: "put a word before it")
      case .otherScript(let character):
        throw SchemaProblem(
          problem + "'\(character)' has no one spelling in Latin letters", remedy: "give the name in Latin letters")
      case .tooLong:
        throw SchemaProblem(
          problem + "it is longer than \(Limits.nameBytesMax) letters", remedy: "give a shorter name")
      }
    }
  }

  // MARK: Fields

  private mutating func entity(_ raw: RawEntity, _ key: String) throws(SchemaProblem) -> Entity {
    guard let own = names[key] else { preconditionFailure("an entity without names") }
    var entity = Entity(name: own.module, className: own.className, plural: own.plural, fields: [])
    var taken: [String: String] = [:]
    for field in raw.fields {
      guard let made = try self.field(field, of: raw, key) else { continue }
      for name in Set([made.name, made.column]) {
        if let other = taken[name] {
          throw SchemaProblem(
            "the fields '\(shown(other))' and '\(shown(field.name))' of '\(shown(raw.name))' would both be called '\(name)'",
            remedy: "give one of them another name")
        }
        taken[name] = field.name
      }
      entity.fields.append(made)
    }
    guard !entity.fields.isEmpty else {
      throw SchemaProblem(
        "the entity '\(shown(raw.name))' has no fields", remedy: "give it one at least, such as 'entity Post: title'")
    }
    guard entity.fields.count <= Limits.fieldsMax else {
      throw SchemaProblem(
        "the entity '\(shown(raw.name))' has more than \(Limits.fieldsMax) fields",
        remedy: "part it into several entities")
    }
    return entity
  }

  /// Nil for what every row has anyway.
  private mutating func field(_ raw: RawField, of entity: RawEntity, _ key: String) throws(SchemaProblem) -> Field? {
    let name = try Self.snake(raw.name, "field")
    if ReservedNames.given.contains(name) {
      notes.append("the field '\(shown(raw.name))' of '\(shown(entity.name))' is left out: every row has it")
      return nil
    }
    let rules = FieldRules(raw, place: "the field '\(shown(raw.name))' of '\(shown(entity.name))'")
    if let target = try target(of: raw, name, rules), let found = names[target] {
      let base = name.hasSuffix("_id") ? String(name.dropLast(3)) : name
      let reference = Entity.Reference(
        entity: found.module, className: found.className, table: found.plural, isCyclic: false)
      return try rules.reference(
        named: renamed(base, raw, entity), to: reference, isRequiredUnlessSaid: target != key)
    }
    return try rules.field(named: renamed(name, raw, entity), type: try type(of: raw, name, rules))
  }

  private mutating func renamed(_ name: String, _ raw: RawField, _ entity: RawEntity) -> String {
    let safe = ReservedNames.field(name)
    if safe != name {
      notes.append(
        "the field '\(shown(raw.name))' of '\(shown(entity.name))' is called \(safe): \(name) is taken in Python")
    }
    return safe
  }

  /// The key of the entity that a field refers to: by `references`, by a type that is an entity, or by its name alone.
  private func target(of raw: RawField, _ name: String, _ rules: FieldRules) throws(SchemaProblem) -> String? {
    if let references = raw.references {
      if let key = entityKey(references) { return key }
      throw rules.problem(
        "refers to '\(shown(references))', which is no entity", remedy: "give one of \(known), or add that entity")
    }
    if let type = raw.type?.lowercased(), type != "reference" {
      return FieldType.named(type) == nil && type != "choice" ? raw.type.flatMap(entityKey) : nil
    }
    if raw.choices == nil, let key = entityKey(name.hasSuffix("_id") ? String(name.dropLast(3)) : name) { return key }
    guard raw.type == nil else {
      throw rules.problem("does not say what it refers to", remedy: "give references, one of \(known)")
    }
    return nil
  }

  private func entityKey(_ text: String) -> String? {
    guard let name = try? Identifier.snake(text) else { return nil }
    let key = Plural.singular(name)
    return names[key] == nil ? nil : key
  }

  private var known: String { names.values.map(\.given).sorted().map { "'\(shown($0))'" }.joined(separator: ", ") }

  private func type(of raw: RawField, _ name: String, _ rules: FieldRules) throws(SchemaProblem) -> FieldType {
    if let choices = raw.choices {
      guard raw.type == nil || ["choice", "text", "string"].contains(raw.type?.lowercased()) else {
        throw rules.problem("has choices, and a type beside them", remedy: "leave the type out")
      }
      return .choice(choices)
    }
    guard let word = raw.type else { return TypeFromName.type(of: name) }
    if let type = FieldType.named(word.lowercased()) { return type }
    let words = FieldType.words.compactMap(\.words.first) + ["a|b|c", "the name of an entity"]
    throw rules.problem(
      "has the type '\(shown(word))', which does not exist", remedy: "types are \(words.joined(separator: ", "))")
  }
}
