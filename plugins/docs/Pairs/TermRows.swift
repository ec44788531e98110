/// Rows of RFC 4180, also with semicolons or tabs between the fields; a first row that names `front` and `back` (or `term` and
/// `definition`, and the like, perhaps `tags`) says which columns they are, else the first two. Rows that begin with `#` are
/// comments.
struct TermRows {
  private(set) var lines: [TermList.Line] = []

  /// - Parameter separator: nil to take the one that the first row has most of.
  init(_ text: String, separator: Unicode.Scalar?) {
    let scalars = Array(text.unicodeScalars)
    var reader = RowReader(scalars, separator: separator ?? Self.likelySeparator(scalars))
    var columns = TermColumns.first
    var isFirst = true
    while let row = reader.next() {
      guard row.cells != [""] else { continue }
      if isFirst, let named = TermColumns(row.cells) {
        columns = named
      } else {
        lines.append(
          TermList.Line(
            number: row.number, content: row.isOpen ? .rejected(.openQuote) : columns.content(row.cells)))
      }
      isFirst = false
    }
  }

  private static func likelySeparator(_ scalars: [Unicode.Scalar]) -> Unicode.Scalar {
    let line = scalars.split(separator: "\n").first { $0.first != "#" } ?? []
    let candidates: [Unicode.Scalar] = [",", ";", "\t"]
    let counts = candidates.map { candidate in line.count { $0 == candidate } }
    return candidates[counts.firstIndex(of: counts.max() ?? 0) ?? 0]
  }
}

private struct RowReader {
  private let scalars: [Unicode.Scalar]
  private let separator: Unicode.Scalar
  private var place = 0
  private var line = 1

  init(_ scalars: [Unicode.Scalar], separator: Unicode.Scalar) {
    (self.scalars, self.separator) = (scalars, separator)
  }

  struct Row {
    /// The line in which it begins, from 1.
    let number: Int
    var cells: [String] = []
    /// A quote in it has no end: then it goes to the end of the text.
    var isOpen = false
  }

  /// The next row that is no comment.
  mutating func next() -> Row? {
    while isAtComment { skipLine() }
    guard place < scalars.count else { return nil }
    var row = Row(number: line)
    while true {
      row.cells.append(cell(&row.isOpen))
      guard place < scalars.count else { return row }
      let end = scalars[place]
      place += 1
      guard end != separator else { continue }
      line += 1
      return row
    }
  }

  private var isAtComment: Bool { scalars[place...].first { $0 != " " } == "#" }

  /// Quotes mean nothing in a comment: it ends with its line.
  private mutating func skipLine() {
    place = scalars[place...].firstIndex(of: "\n").map { $0 + 1 } ?? scalars.count
    line += 1
  }

  /// Up to a separator or the end of a line, which stays.
  private mutating func cell(_ isOpen: inout Bool) -> String {
    var text = String.UnicodeScalarView()
    var isQuoted = false
    if place < scalars.count, scalars[place] == "\"" {
      (isQuoted, place) = (true, place + 1)
    }
    while place < scalars.count {
      let scalar = scalars[place]
      if isQuoted, scalar == "\"" {
        place += 1
        let isDoubled = place < scalars.count && scalars[place] == "\""
        guard isDoubled else {
          isQuoted = false
          continue
        }
      } else if !isQuoted, scalar == separator || scalar == "\n" {
        break
      } else if scalar == "\n" {
        line += 1
      }
      text.append(scalar)
      place += 1
    }
    isOpen = isOpen || isQuoted
    // A line ends with CR LF in this format.
    return String(text).trimmed.description
  }
}
