/// When to colour, as `--color` says it.
package enum ColorChoice: String, Choice, CaseIterable, Sendable {
  case auto, always, never
}

/// Colour and weight for a terminal, or nothing at all elsewhere.
package struct Style: Hashable, Sendable {
  package let isColored: Bool

  /// For files, pipes and tests.
  package static let plain = Style(isColored: false)
  package static let colored = Style(isColored: true)

  package init(isColored: Bool) {
    self.isColored = isColored
  }

  /// Decides by the user's word, then `NO_COLOR` (no-color.org: any value but the empty one), then the terminal.
  package init(_ choice: ColorChoice, isTerminal: Bool, environment: [String: String]) {
    switch choice {
    case .always: isColored = true
    case .never: isColored = false
    case .auto:
      let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
      let isDumb = environment["TERM"].map { $0 == "dumb" || $0.isEmpty } ?? true
      isColored = isTerminal && !isRefused && !isDumb
    }
  }

  package func bold(_ text: String) -> String { painted(text, .bold) }

  /// The text in a colour; unchanged where nothing is coloured.
  package func painted(_ text: String, _ paint: Paint?) -> String {
    guard isColored, let paint, !text.isEmpty else { return text }
    return "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m"
  }
}

/// What a piece of text looks like; the raw values are the codes of "select graphic rendition" (ECMA-48, 8.3.117).
package enum Paint: Int, Sendable {
  case bold = 1
  case dim = 2
  case red = 31
  case green = 32
  case yellow = 33
  case blue = 34
  case cyan = 36
}
