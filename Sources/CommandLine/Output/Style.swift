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

  package func bold(_ text: String) -> String { wrap(text, "1") }
  package func dim(_ text: String) -> String { wrap(text, "2") }
  package func red(_ text: String) -> String { wrap(text, "31") }
  package func green(_ text: String) -> String { wrap(text, "32") }
  package func yellow(_ text: String) -> String { wrap(text, "33") }
  package func blue(_ text: String) -> String { wrap(text, "34") }
  package func cyan(_ text: String) -> String { wrap(text, "36") }

  private func wrap(_ text: String, _ code: String) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
