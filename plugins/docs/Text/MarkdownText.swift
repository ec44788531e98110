/// Text that stands in Markdown and is none.
enum MarkdownText {
  /// So that nothing in it is Markdown: in front of each punctuation of ASCII (CommonMark 0.31, 2.4); line feeds are spaces.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\r" {
        result += " "
      } else {
        if scalar.isASCII, scalar.properties.generalCategory.isPunctuation { result += "\\" }
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The same for a text inside a line, such as a cell of a table, so that people can read it: only what has a meaning there is
  /// escaped, also what would become a link by itself (GFM 6.9).
  static func inline(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\r": result += " "
      case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "~", "&", "@":
        result += "\\"
        result.unicodeScalars.append(scalar)
      case "/" where result.hasSuffix(":"): result += "\\/"
      case "." where result.lowercased().hasSuffix("www"): result += "\\."
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.GeneralCategory {
  /// ASCII's punctuation is in these; its symbols, such as `+` and `<`, are punctuation for CommonMark, too.
  fileprivate var isPunctuation: Bool {
    switch self {
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
    default: isAnyPunctuation
    }
  }
}
