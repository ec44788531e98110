/// The rules of an entity as a validator of its schema.
struct RuleCode {
  private let rules: [Rule]

  init(_ rules: [Rule]) {
    self.rules = rules
  }

  /// A method behind an empty line; nothing without rules.
  var method: String {
    guard !rules.isEmpty else { return "" }
    let checks = rules.map { rule in
      "    if \(condition(rule)):\n        raise ValueError(\(Python.string(rule.sentence)))"
    }
    return "\n@model_validator(mode=\"after\")\ndef rules_hold(self) -> Self:\n" + checks.joined(separator: "\n")
      + "\n    return self"
  }

  /// When it is broken.
  private func condition(_ rule: Rule) -> String {
    switch rule {
    case .order(let lower, let upper, let allowsEqual):
      let both = "self.\(lower) is not None and self.\(upper) is not None"
      return "\(both) and self.\(upper) \(allowsEqual ? "<" : "<=") self.\(lower)"
    case .required(let field, let when, let equals):
      let comparison: String =
        switch equals {
        case .bool(let value): "self.\(when) is \(value ? "True" : "False")"
        case .text(let text): "self.\(when) == \(Python.string(text))"
        }
      return "\(comparison) and self.\(field) is None"
    }
  }
}
