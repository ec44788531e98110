import JSON

/// A value with placeholders in its texts.
indirect enum PayloadTemplate: Sendable {
  case value(RawJSON)
  /// A text that is one placeholder becomes the value itself.
  case text(Template)
  /// Always a text.
  case string(Template)
  case list([PayloadTemplate])
  case map([(name: String, value: PayloadTemplate)])

  var placeholders: [Template.Placeholder] {
    switch self {
    case .value: []
    case .text(let template), .string(let template): template.placeholders
    case .list(let elements): elements.flatMap(\.placeholders)
    case .map(let members): members.flatMap { $0.value.placeholders }
    }
  }
}
