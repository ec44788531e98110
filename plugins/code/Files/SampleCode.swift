import JSON

/// Values of fields for the tests of the project, as Python.
struct SampleCode {
  private let entity: Entity
  private let ranks: SampleRanks

  init(_ entity: Entity, _ rules: [Rule]) {
    self.entity = entity
    ranks = SampleRanks(rules)
  }

  /// A valid value for each number `n` from 1, another one for each where the field is unique; nil for a reference.
  ///
  /// - Parameter n: the number, as an expression of Python.
  func valid(_ field: Field, _ n: String = "n") -> String? {
    let shifted = ranks[field.column] == 0 ? n : "\(n) + \(ranks[field.column] * 1_000)"
    switch field.type {
    case .text, .longText: return text(field)
    case .integer: return integer(field, shifted)
    case .number: return number(field, shifted)
    case .boolean: return "n % 2 == 0"
    case .date: return "day(\(shifted))"
    case .moment: return "moment(\(shifted))"
    case .email: return "f\"\(field.column){n}@example.com\""
    case .url: return "f\"https://example.com/\(field.column)/{n}\""
    case .choice(let choices): return "[\(choices.map(Python.string).joined(separator: ", "))][n % \(choices.count)]"
    case .reference: return nil
    }
  }

  private static let digits = 6

  private func text(_ field: Field) -> String {
    let label = field.name.replacing("_", with: " ")
    let (least, most) = (field.minLength ?? 0, field.maxLength ?? .max)
    if most >= label.count + 1 + Self.digits {
      return "f\"\(label) {n}\"" + (least > label.count + 2 ? ".ljust(\(least), \"x\")" : "")
    }
    return field.isUnique ? "str(n).zfill(\(max(least, 4)))" : "str(n % 10) * \(max(least, 1))"
  }

  private func integer(_ field: Field, _ n: String) -> String {
    guard let (least, span) = Self.range(field) else { return n }
    return "\(least) + n % \(span)"
  }

  /// The least value, and how many are tried from there on; nil without bounds.
  private static func range(_ field: Field) -> (least: Int64, span: Int64)? {
    guard field.minimum != nil || field.maximum != nil else { return nil }
    var most = Int64.max
    if case .int(let maximum)? = field.maximum { most = maximum }
    // Below a maximum alone there is room for all that a test needs.
    var least = most >= 1_000_000 ? 1 : most.subtractingReportingOverflow(1_000_000).partialValue
    if most < Int64.min + 1_000_000 { least = Int64.min }
    if case .int(let minimum)? = field.minimum { least = minimum }
    let (width, overflow) = most.subtractingReportingOverflow(least)
    return (least, overflow || width >= 1_000_000 ? 1_000_000 : width + 1)
  }

  private func number(_ field: Field, _ n: String) -> String {
    switch (field.minimum, field.maximum) {
    case (nil, nil): return "\(n) + 0.5"
    case (let least?, nil): return "\(Python.value(least)) + n + 0.5"
    case (nil, let most?): return "\(Python.value(most)) - n - 0.5"
    case (let least?, let most?):
      let width = (most.number ?? 0) - (least.number ?? 0)
      if width >= Double(Limits.uniqueValuesMin) { return "\(Python.value(least)) + n % 1000" }
      return "\(Python.value(least)) + \(Python.value(.double(width))) * (n % 8) / 8"
    }
  }

  // MARK: Values that are not valid

  /// Each has to be refused, whatever the other fields are.
  func invalid(_ field: Field) -> [String] {
    switch field.type {
    case .text, .longText: invalidTexts(field)
    case .integer: ["\"many\"", "1.5"] + outside(field, step: "1") + (field.maximum == nil ? ["2**63"] : [])
    case .number: ["\"many\""] + outside(field, step: "1.0")
    case .boolean: ["\"perhaps\"", "17"]
    case .date: ["\"no day\"", "\"2024-02-30\""]
    case .moment: ["\"no moment\"", "\"2024-01-01T12:00:00\"", "\"0001-01-01T00:00:00+14:00\""]
    case .email: ["\"no email\"", "17"]
    case .url: ["\"no url\"", "\"ftp://example.com\""]
    case .choice(let choices): [Python.string(noChoice(choices)), "17"]
    case .reference: ["\"x\"", "0"]
    }
  }

  private func invalidTexts(_ field: Field) -> [String] {
    let (least, most) = (field.minLength ?? 0, field.maxLength ?? Limits.longTextCharacters)
    var values = ["17", "\"x\" * \(most + 1)"]
    if least > 0 { values.append(least == 1 ? "\" \"" : "\"x\" * \(least - 1)") }
    if least <= 3, most >= 3 { values.append("\"a\\0b\"") }
    return values
  }

  private func outside(_ field: Field, step: String) -> [String] {
    [field.minimum.map { "\(Python.value($0)) - \(step)" }, field.maximum.map { "\(Python.value($0)) + \(step)" }]
      .compactMap { $0 }
  }

  private func noChoice(_ choices: [String]) -> String {
    var text = "no such choice"
    while choices.contains(text) { text += "!" }
    return text
  }

  // MARK: Rules

  /// Values that break a rule, for each number `n`.
  func breaking(_ rule: Rule) -> String {
    switch rule {
    case .order(let lower, let upper, _):
      guard let first = field(lower), let second = field(upper) else { return "{}" }
      // Each has the value that belongs to the other's rank, and a step more.
      let swapped = [
        "\(Python.string(lower)): \(valid(first, "n + \((ranks[upper] + 1) * 1_000)") ?? "None")",
        "\(Python.string(upper)): \(plain(second))",
      ]
      return "{\(swapped.joined(separator: ", "))}"
    case .required(let field, let when, let equals):
      return "{\(Python.string(when)): \(Python.value(equals.json)), \(Python.string(field)): None}"
    }
  }

  private func field(_ column: String) -> Field? { entity.fields.first { $0.column == column } }

  /// The value of a field as if there were no orders.
  private func plain(_ field: Field) -> String { SampleCode(entity, []).valid(field) ?? "None" }
}
