import JSON

/// A business rule in a form that can be checked: it becomes code of known shape, and a test.
enum Rule: Hashable, Sendable {
  /// One field is not above another one: times or numbers.
  case order(lower: String, upper: String, allowsEqual: Bool)
  /// An optional field has to be given when a choice or a truth value is a certain one.
  case required(field: String, when: String, equals: Choice)

  /// What a choice or a truth value is.
  enum Choice: Hashable, Sendable {
    case text(String)
    case bool(Bool)

    var json: JSONTree {
      switch self {
      case .text(let text): .string(text)
      case .bool(let bool): .bool(bool)
      }
    }
  }

  /// The rule as a sentence.
  var sentence: String {
    switch self {
    case .order(let lower, let upper, true): "\(upper) must not be before or below \(lower)"
    case .order(let lower, let upper, false): "\(upper) must be after or above \(lower)"
    case .required(let field, let when, .text(let value)): "\(field) is required when \(when) is '\(value)'"
    case .required(let field, let when, .bool(let value)): "\(field) is required when \(when) is \(value)"
    }
  }

  /// As it stands in the metadata of a schema's file.
  var json: JSONTree {
    switch self {
    case .order(let lower, let upper, let allowsEqual):
      ["kind": "order", "lower": .string(lower), "upper": .string(upper), "allow_equal": .bool(allowsEqual)]
    case .required(let field, let when, let equals):
      ["kind": "required_when", "field": .string(field), "when": .string(when), "equals": equals.json]
    }
  }

  /// Nil when it is of no form that is known. Whether its fields exist is for `RuleCheck` to say.
  init?(_ value: JSONValue) {
    switch value["kind"]?.string {
    case "order":
      guard let lower = value["lower"]?.string, let upper = value["upper"]?.string else { return nil }
      self = .order(lower: lower, upper: upper, allowsEqual: value["allow_equal"]?.bool ?? true)
    case "required_when":
      guard let field = value["field"]?.string, let when = value["when"]?.string, let equals = value["equals"] else {
        return nil
      }
      if let bool = equals.bool {
        self = .required(field: field, when: when, equals: .bool(bool))
      } else if let text = equals.string {
        self = .required(field: field, when: when, equals: .text(text))
      } else {
        return nil
      }
    default: return nil
    }
  }
}

/// Takes the rules that hold together, in the order in which they come.
struct RuleCheck {
  private let entity: Entity
  private(set) var rules: [Rule] = []
  /// Why others were dropped.
  private(set) var dropped: [String] = []

  init(_ entity: Entity, _ proposed: [Rule]) {
    self.entity = entity
    for rule in proposed where !rules.contains(rule) {
      if let reason = reason(against: rule) {
        dropped.append("the rule '\(shown(rule.sentence))' of \(entity.name) is dropped: \(reason)")
      } else {
        rules.append(rule)
      }
    }
  }

  /// Why a rule does not hold beside those that were taken; nil when it does.
  private func reason(against rule: Rule) -> String? {
    guard rules.count < Limits.rulesMax else { return "there are \(Limits.rulesMax) already" }
    switch rule {
    case .order(let lower, let upper, _): return reason(lower, upper, rule)
    case .required(let field, let when, let equals): return reason(field, when, equals)
    }
  }

  private func reason(_ lower: String, _ upper: String, _ rule: Rule) -> String? {
    guard let first = field(lower), let second = field(upper), lower != upper else { return "it names no two fields" }
    guard first.type == second.type, first.type.isTime || first.type.isNumber else {
      return "its fields cannot be compared"
    }
    guard ![first, second].contains(where: { $0.isUnique || $0.minimum != nil || $0.maximum != nil }) else {
      return "a field that is unique or has bounds takes no part in an order"
    }
    guard ![first, second].contains(where: { $0.defaultValue != nil }) else { return "a default could break it" }
    return SampleRanks(rules + [rule]).isCircle ? "it closes a circle" : nil
  }

  private func reason(_ name: String, _ when: String, _ equals: Rule.Choice) -> String? {
    guard let field = self.field(name), let condition = self.field(when), name != when else {
      return "it names no two fields"
    }
    guard field.isNullable, field.reference == nil else { return "\(name) is no optional value" }
    switch (condition.type, equals) {
    case (.boolean, .bool): return nil
    case (.choice(let choices), .text(let text)) where choices.contains(text): return nil
    default: return "\(when) cannot be that"
    }
  }

  private func field(_ column: String) -> Field? { entity.fields.first { $0.column == column } }
}

/// How far apart the sample values of fields have to be, so that the orders among them hold.
struct SampleRanks {
  private var ranks: [String: Int] = [:]
  /// Whether the orders contradict each other.
  private(set) var isCircle = false

  init(_ rules: [Rule]) {
    let orders = rules.compactMap { rule -> (String, String)? in
      if case .order(let lower, let upper, _) = rule { (lower, upper) } else { nil }
    }
    // Without a circle no way along them is longer than their number.
    for round in 0...orders.count {
      var hasChanged = false
      for (lower, upper) in orders where self[upper] <= self[lower] {
        ranks[upper] = self[lower] + 1
        hasChanged = true
      }
      guard hasChanged else { return }
      isCircle = round == orders.count
    }
  }

  subscript(column: String) -> Int { ranks[column] ?? 0 }
}
