import JSON

/// Makes a field of a type and what was said beside it, and refuses what does not go together.
struct FieldRules {
  private let raw: RawField
  private let place: String

  /// - Parameter place: the field in words, to begin a message with.
  init(_ raw: RawField, place: String) {
    (self.raw, self.place) = (raw, place)
  }

  /// A problem of this field; `what` goes on where its name ends.
  func problem(_ what: String, remedy: String) -> SchemaProblem { SchemaProblem("\(place) \(what)", remedy: remedy) }

  /// A field that refers to an entity.
  func reference(
    named name: String, to reference: Entity.Reference, isRequiredUnlessSaid: Bool
  ) throws(SchemaProblem) -> Field {
    guard raw.defaultValue == nil, raw.min == nil, raw.max == nil, raw.minLength == nil, raw.maxLength == nil else {
      throw problem("refers to an entity, and has a default or bounds", remedy: "leave them out")
    }
    return Field(
      name: name, type: .reference(reference), isRequired: raw.isRequired ?? isRequiredUnlessSaid,
      isUnique: raw.isUnique)
  }

  /// Any other field.
  func field(named name: String, type: FieldType) throws(SchemaProblem) -> Field {
    var field = Field(name: name, type: type, isRequired: false, isUnique: raw.isUnique)
    try setBounds(&field)
    try checkChoices(field)
    try setDefault(&field)
    // What is not said: a time may not have come yet, and what is neither true nor false is false.
    let isRequired = raw.isRequired ?? !type.isTime
    if type == .boolean, raw.defaultValue == nil, raw.isRequired == nil { field.defaultValue = false }
    field.isRequired = isRequired && field.defaultValue == nil
    if field.isRequired, type.isText, field.minLength == nil { field.minLength = 1 }
    try checkUnique(field)
    return field
  }

  // MARK: Bounds

  private func setBounds(_ field: inout Field) throws(SchemaProblem) {
    let (least, most) = (raw.minLength ?? raw.min, raw.maxLength ?? raw.max)
    guard least != nil || most != nil || field.type.isText else { return }
    switch field.type {
    case .text, .longText: try setLengths(&field, least, most)
    case .integer, .number: try setRange(&field)
    default:
      throw problem(
        "is a \(field.type.word) and has bounds", remedy: "only texts, integers and numbers have min and max")
    }
  }

  private func setLengths(_ field: inout Field, _ least: JSONTree?, _ most: JSONTree?) throws(SchemaProblem) {
    field.minLength = try length(least)
    let usual = field.type == .text ? Limits.textCharacters : Limits.longTextCharacters
    field.maxLength = try length(most) ?? max(usual, field.minLength ?? 0)
    guard let longest = field.maxLength, longest > 0, field.minLength ?? 0 <= longest else {
      throw problem("allows no text at all by its lengths", remedy: "give a max that is above 0 and not below min")
    }
  }

  private func length(_ value: JSONTree?) throws(SchemaProblem) -> Int? {
    guard let value else { return nil }
    guard case .int(let length) = value, (0...Int64(Limits.lengthMax)).contains(length) else {
      throw problem(
        "has a length that is none", remedy: "give whole numbers from 0 to \(Limits.lengthMax)")
    }
    return Int(length)
  }

  private func setRange(_ field: inout Field) throws(SchemaProblem) {
    guard raw.minLength == nil, raw.maxLength == nil else {
      throw problem("is a number and has a length", remedy: "give min and max")
    }
    (field.minimum, field.maximum) = (raw.min, raw.max)
    for bound in [raw.min, raw.max] {
      if case .double? = bound, field.type == .integer {
        throw problem("is an integer, and a bound of it is none", remedy: "give whole numbers")
      }
    }
    guard let least = raw.min?.number, let most = raw.max?.number, least > most else { return }
    throw problem("has a min above its max", remedy: "exchange them")
  }

  // MARK: Choices

  private func checkChoices(_ field: Field) throws(SchemaProblem) {
    guard case .choice(let choices) = field.type else { return }
    let isGood = choices.allSatisfy { choice in
      !choice.isEmpty && choice.count <= Limits.choiceCharactersMax && trimmed(choice[...]) == choice
        && !choice.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
    guard isGood, choices.count >= 2, choices.count <= Limits.choicesMax else {
      throw problem(
        "needs 2 to \(Limits.choicesMax) choices, each a text of 1 to \(Limits.choiceCharactersMax) characters",
        remedy: "write them as a|b|c")
    }
    guard Set(choices).count == choices.count else { throw problem("has a choice twice", remedy: "leave one out") }
  }

  // MARK: Defaults

  private func setDefault(_ field: inout Field) throws(SchemaProblem) {
    guard let value = raw.defaultValue else { return }
    field.defaultValue = try fitting(value, field)
  }

  private func fitting(_ value: JSONTree, _ field: Field) throws(SchemaProblem) -> JSONTree {
    switch (field.type, value) {
    case (.text, .string(let text)), (.longText, .string(let text)):
      guard text.count >= field.minLength ?? 0, text.count <= field.maxLength ?? .max, trimmed(text[...]) == text,
        !text.unicodeScalars.contains("\0")
      else { break }
      return value
    case (.text, .int(let number)): return .string(String(number))
    case (.integer, .int), (.number, .int), (.number, .double):
      guard let number = value.number, number >= field.minimum?.number ?? -.infinity,
        number <= field.maximum?.number ?? .infinity
      else { break }
      return value
    case (.boolean, .bool): return value
    case (.choice(let choices), .string(let text)) where choices.contains(text): return value
    case (.choice(let choices), .int(let number)) where choices.contains(String(number)): return .string(String(number))
    case (.date, _), (.moment, _), (.email, _), (.url, _):
      throw problem("is a \(field.type.word) and has a default", remedy: "leave the default out, or make it optional")
    default: break
    }
    throw problem("has a default that it does not allow", remedy: "give one of its type and within its bounds")
  }

  // MARK: Unique

  private func checkUnique(_ field: Field) throws(SchemaProblem) {
    guard field.isUnique else { return }
    guard field.defaultValue == nil else {
      throw problem("is unique and has a default: only one row could have it", remedy: "leave one of the two out")
    }
    let isWide: Bool =
      switch field.type {
      case .boolean, .choice: false
      case .text, .longText: field.maxLength ?? .max >= 4
      case .integer, .number:
        (field.maximum?.number ?? .infinity) - (field.minimum?.number ?? -.infinity) >= Double(Limits.uniqueValuesMin)
      case .date, .moment, .email, .url, .reference: true
      }
    guard isWide else {
      throw problem(
        "is unique, and there are too few values for that",
        remedy: "allow \(Limits.uniqueValuesMin) values at least, or texts of 4 characters")
    }
  }
}

extension JSONTree {
  /// Of a number.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
