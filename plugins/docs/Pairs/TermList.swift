/// A list of terms and their definitions as people write them, line by line.
///
/// In a `.csv` or `.tsv` file each row is one. Elsewhere a line is `term: definition`, `term – definition` (any dash between
/// spaces), or both with a tab between; a row of a Markdown table; or a term with a line below it that begins with `: `. Marks of
/// lists, and quotes around a term, are no part of it. Lines that are empty or begin with `#`, comments of HTML and blocks of code
/// are left out; a line that begins with two spaces goes on with the definition above it.
struct TermList {
  /// A line that says something.
  struct Line: Hashable {
    /// From 1.
    let number: Int
    var content: Content
  }

  enum Content: Hashable {
    case entry(front: String, back: String, tags: [String])
    case rejected(Rejection)
  }

  let lines: [Line]

  init(_ text: String, name: String) {
    let lower = name.lowercased()
    if lower.hasSuffix(".csv") {
      lines = TermRows(text, separator: nil).lines
    } else if lower.hasSuffix(".tsv") {
      lines = TermRows(text, separator: "\t").lines
    } else {
      lines = TermText(text).lines
    }
  }
}

/// Which columns of a table are which.
struct TermColumns {
  let front: Int
  let back: Int
  let tags: Int?

  static let first = TermColumns(front: 0, back: 1, tags: nil)

  private init(front: Int, back: Int, tags: Int?) { (self.front, self.back, self.tags) = (front, back, tags) }

  /// - Returns: nil when the cells do not name a front and a back.
  init?(_ heads: [String]) {
    let names = heads.map { $0.trimmed.lowercased() }
    guard let front = names.firstIndex(where: Self.frontNames.contains),
      let back = names.firstIndex(where: Self.backNames.contains)
    else { return nil }
    self.init(front: front, back: back, tags: names.firstIndex(of: "tags"))
  }

  func content(_ cells: [String]) -> TermList.Content {
    guard cells.count > max(front, back) else { return .rejected(.noSeparator) }
    let tags = tags.flatMap { $0 < cells.count ? cells[$0] : nil } ?? ""
    return .entry(front: cells[front], back: cells[back], tags: tags.split(separator: " ").map(String.init))
  }

  private static let frontNames: Set = ["front", "term", "question", "word", "name"]
  private static let backNames: Set = ["back", "definition", "answer", "meaning", "description"]
}
