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
