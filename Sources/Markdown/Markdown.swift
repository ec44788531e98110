/// A text in Markdown (CommonMark with the tables of GitHub) of unknown origin, read into the few things that may be
/// shown. HTML in it is text; images are their alternative text; links lead to web pages and mailboxes only.
package struct Markdown: Hashable, Sendable {
  /// What the text consists of.
  let blocks: [Block]
  /// Whether the text was longer than `bytesMax`: then its end is missing.
  package let isCut: Bool

  /// Reads any text: there is none that is no Markdown.
  package init(_ text: String) {
    let beginning = Self.beginning(of: text)
    isCut = beginning.utf8.count < text.utf8.count
    blocks = MarkdownReader.blocks(of: beginning, inDepth: Self.depthMax)
  }

  /// At most `bytesMax`, whole characters only.
  private static func beginning(of text: String) -> String {
    guard text.utf8.count > bytesMax else { return text }
    var scalars = String.UnicodeScalarView()
    var count = 0
    for scalar in text.unicodeScalars {
      count += UTF8.width(scalar)
      if count > bytesMax { break }
      scalars.append(scalar)
    }
    return String(scalars)
  }

  /// The words without mark-up, in one line.
  package var plain: String {
    blocks.map(\.plain).joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// What is read of a text: the library takes quadratic time for some.
  package static let bytesMax = 16 * 1024
  /// Quotes, lists and emphases inside each other; what is deeper is shown as its words.
  package static let depthMax = 16
  /// Cells that the tables of a text may have; a text that could have more is read without tables.
  package static let cellsMax = 10_000
}

/// What stands above one another.
indirect enum Block: Hashable, Sendable {
  case paragraph([Inline])
  /// From 1.
  case heading(level: Int, [Inline])
  case quote([Block])
  /// The first number; nil for bullets.
  case list(start: Int?, items: [[Block]])
  case code(String)
  case table(head: [[Inline]], rows: [[[Inline]]])
  case line
}

/// What stands in a line.
indirect enum Inline: Hashable, Sendable {
  case text(String)
  case code(String)
  case emphasis([Inline])
  case strong([Inline])
  case deleted([Inline])
  /// The address as it is written; whether it may be followed is decided where it is shown.
  case link(String, [Inline])
  case lineBreak
}

extension Block {
  var plain: String {
    switch self {
    case .paragraph(let inlines), .heading(_, let inlines): inlines.plain
    case .quote(let blocks): blocks.map(\.plain).joined(separator: " ")
    case .list(_, let items): items.joined().map(\.plain).joined(separator: " ")
    case .code(let text): text
    case .table(let head, let rows): (head + rows.joined()).map(\.plain).joined(separator: " ")
    case .line: ""
    }
  }
}

extension [Inline] {
  var plain: String {
    map { inline in
      switch inline {
      case .text(let text), .code(let text): text
      case .emphasis(let inner), .strong(let inner), .deleted(let inner), .link(_, let inner): inner.plain
      case .lineBreak: " "
      }
    }.joined()
  }
}
