/// A part of a discussion, between empty lines.
enum TextBlock: Equatable {
  /// Broken anew where it is shown.
  case paragraph(String)
  /// Shown as it stands, without the indentation that all of its lines have: a sample of a file.
  case verbatim([String])

  /// A part whose every line is indented is verbatim.
  static func blocks(of text: String) -> [TextBlock] {
    text.split(separator: "\n", omittingEmptySubsequences: false).split(whereSeparator: \.isEmpty).map { lines in
      let indentation = lines.map { $0.prefix { $0 == " " }.count }.min() ?? 0
      return indentation > 0
        ? .verbatim(lines.map { String($0.dropFirst(indentation)) }) : .paragraph(lines.joined(separator: " "))
    }
  }

  /// For help. What is verbatim is never broken: it is there to be copied.
  func lines(width: Int) -> [String] {
    switch self {
    case .paragraph(let text): wrapped(text, width: width)
    case .verbatim(let lines): lines.map { "  " + $0 }
    }
  }
}
