import BPMN

/// A sentence in parts, so that it can stand on a page with links and in a summary without.
struct Phrase: Sendable, ExpressibleByStringInterpolation {
  enum Part: Hashable, Sendable {
    case text(String)
    case page(PageID)
    case code(String)
  }

  private(set) var parts: [Part] = []

  init(stringLiteral value: String) { parts = [.text(value)] }
  init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }
  init(parts: [Part]) { self.parts = parts }

  /// `"\(page: id) waits for \(code: message)"`
  struct Interpolation: StringInterpolationProtocol {
    var parts: [Part] = []

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ literal: String) { if !literal.isEmpty { parts.append(.text(literal)) } }
    mutating func appendInterpolation(_ text: String) { parts.append(.text(text)) }
    mutating func appendInterpolation(_ number: Int) { parts.append(.text(String(number))) }
    mutating func appendInterpolation(_ phrase: Phrase) { parts += phrase.parts }
    mutating func appendInterpolation(page: PageID) { parts.append(.page(page)) }
    mutating func appendInterpolation(node: NodeReference) { parts.append(.page(.node(node))) }
    mutating func appendInterpolation(code: String) { parts.append(.code(code)) }
  }

  static func + (left: Phrase, right: Phrase) -> Phrase { Phrase(parts: left.parts + right.parts) }

  /// Without links; titles in quotes.
  func plain(_ titles: PageTitles) -> String {
    parts.map { part in
      switch part {
      case .text(let text), .code(let text): text
      case .page(let page): titles.quoted(page)
      }
    }.joined()
  }

  /// "a", "a and b", "a, b and c"; with "or" where said.
  static func list(_ items: [Phrase], _ word: String = "and") -> Phrase {
    guard let last = items.last else { return "" }
    guard items.count > 1 else { return last }
    var result = items[0]
    for item in items[1..<items.count - 1] { result = "\(result), \(item)" }
    return "\(result) \(word) \(last)"
  }
}

extension PageTitles {
  /// A name stands in quotes; a title that was made reads as a description and begins with an article.
  func quoted(_ page: PageID) -> String {
    switch page {
    case .node(let node) where isMade(node):
      let title = title(of: node)
      return "the \(title.prefix(1).lowercased())\(title.dropFirst())"
    default: return "‘\(title(of: page))’"
    }
  }

  /// Whether a full stop behind the title would be one mark too many.
  func endsSentence(_ page: PageID) -> Bool {
    title(of: page).last.map { ".?!…".contains($0) } ?? false
  }
}

/// "a user task", "an event sub-process".
func withArticle(_ noun: String) -> String {
  let lower = noun.prefix(1).lowercased() + noun.dropFirst()
  let isVowel = lower.first.map { "aeio".contains($0) } ?? false
  return (isVowel ? "an " : "a ") + lower
}
