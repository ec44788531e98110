import JobModel

/// Patterns over keys and paths: `Glob`. The first line of the input is the pattern, the rest the text. Promised:
///
/// - A text fits exactly if it does by a plain table over scalars, which knows nothing of bits and bytes.
package enum GlobTarget: FuzzTarget {
  package static let name = "glob"
  package static let inputBytesMax = 512
  package static let words = ["*", "**", "***", "?", "/", "**/", "*/", "\u{e9}", "e\u{301}", "\u{1F600}"]

  package static func check(_ input: [UInt8]) throws {
    let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 2, let glob = try? Glob(parts[0]) else { return }
    let fits = fits(signs(of: parts[0]), Array(parts[1].unicodeScalars))
    try promise("'\(parts[1])' fits '\(parts[0])': \(fits)", glob.matches(parts[1]) == fits)
  }

  private enum Sign {
    case one(Unicode.Scalar)
    case anyButSlash
    case many
    case manyButSlash
  }

  private static func signs(of pattern: String) -> [Sign] {
    var signs: [Sign] = []
    for scalar in pattern.unicodeScalars {
      switch (scalar, signs.last) {
      case ("*", .manyButSlash), ("*", .many): signs[signs.count - 1] = .many
      case ("*", _): signs.append(.manyButSlash)
      case ("?", _): signs.append(.anyButSlash)
      default: signs.append(.one(scalar))
      }
    }
    return signs
  }

  /// Row by row: which beginnings of the text the first signs fit.
  private static func fits(_ signs: [Sign], _ text: [Unicode.Scalar]) -> Bool {
    var fits = [true] + text.map { _ in false }
    for sign in signs {
      var next = fits.map { _ in false }
      for place in fits.indices {
        let before = place > 0
        switch sign {
        case .one(let scalar): next[place] = before && fits[place - 1] && text[place - 1] == scalar
        case .anyButSlash: next[place] = before && fits[place - 1] && text[place - 1] != "/"
        case .many: next[place] = fits[place] || before && next[place - 1]
        case .manyButSlash: next[place] = fits[place] || before && next[place - 1] && text[place - 1] != "/"
        }
      }
      fits = next
    }
    return fits[text.count]
  }
}
