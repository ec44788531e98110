import YAML

/// A text with placeholders in it.
struct Template: Sendable {
  struct Placeholder: Sendable {
    let reference: Reference
    let place: Place
  }

  enum Part: Sendable {
    case text(String)
    case placeholder(Placeholder)
  }

  let parts: [Part]
  let place: Place

  var placeholders: [Placeholder] {
    parts.compactMap { if case .placeholder(let placeholder) = $0 { placeholder } else { nil } }
  }

  /// The placeholder that is the whole text.
  var single: Placeholder? {
    guard parts.count == 1, case .placeholder(let placeholder) = parts[0] else { return nil }
    return placeholder
  }

  /// The text behind the last placeholder.
  var ending: String {
    guard case .text(let text)? = parts.last else { return "" }
    return text
  }
}
