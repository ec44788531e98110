/// Terms and definitions in plain text and Markdown; see `TermList`.
struct TermText {
  private(set) var lines: [TermList.Line] = []
  private var columns = TermColumns.first
  private var isInTable = false
  /// What ends the block that is left out: a fence, or the end of a comment.
  private var blockEnd: String?

  init(_ text: String) {
    let rows = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    for (index, row) in rows.enumerated() { take(row, number: index + 1) }
  }

  private mutating func take(_ row: Substring, number: Int) {
    let line = row.trimmed
    if isLeftOut(line) { return }
    guard line.hasPrefix("|") else {
      isInTable = false
      return take(line, isIndented: row.hasPrefix("  "), number: number)
    }
    takeTable(line, number: number)
  }

  // MARK: What is left out

  private mutating func isLeftOut(_ line: Substring) -> Bool {
    if let end = blockEnd {
      if line.contains(end) { blockEnd = nil }
      return true
    }
    if line.hasPrefix("<!--") {
      if !line.contains("-->") { blockEnd = "-->" }
      return true
    }
    if line.hasPrefix("```") {
      blockEnd = "```"
      return true
    }
    let isRule = line.count >= 3 && (line.allSatisfy { $0 == "-" } || line.allSatisfy { $0 == "*" })
    if line.isEmpty { isInTable = false }
    return line.isEmpty || line.hasPrefix("#") || isRule
  }

  // MARK: Tables

  private mutating func takeTable(_ line: Substring, number: Int) {
    let cells = Self.cells(line)
    let isRule = cells.allSatisfy { !$0.isEmpty && $0.allSatisfy { "-: ".contains($0) } }
    if isRule {
      // What stands above it is the head.
      if isInTable, case .entry? = lines.last?.content { lines.removeLast() }
      return
    }
    if !isInTable { columns = TermColumns(cells) ?? .first }
    isInTable = true
    lines.append(TermList.Line(number: number, content: columns.content(cells)))
  }

  /// Of a row of a table; a backslash makes a bar a part of its cell.
  private static func cells(_ line: Substring) -> [String] {
    var cells = [""]
    var isEscaped = false
    for character in line.dropFirst() {
      if character == "|", !isEscaped {
        cells.append("")
      } else if character == "\\", !isEscaped {
        isEscaped = true
        continue
      } else {
        if isEscaped, character != "|" { cells[cells.count - 1].append("\\") }
        cells[cells.count - 1].append(character)
      }
      isEscaped = false
    }
    if cells.last?.trimmed.isEmpty == true { cells.removeLast() }
    return cells.map { $0.trimmed.description }
  }

  // MARK: Lines

  private mutating func take(_ line: Substring, isIndented: Bool, number: Int) {
    if line.hasPrefix(": "), let last = lines.indices.last { return define(last, line.dropFirst(2).trimmed, number) }
    let entry = TermLine.entry(Self.withoutListMark(line))
    if isIndented, entry == nil || !Self.hasListMark(line), let last = lines.indices.last,
      case .entry(let front, let back, let tags) = lines[last].content
    {
      lines[last].content = .entry(front: front, back: "\(back) \(line)", tags: tags)
      return
    }
    guard let entry else {
      terms[number] = Self.withoutListMark(line).description
      return lines.append(TermList.Line(number: number, content: .rejected(.noSeparator)))
    }
    lines.append(TermList.Line(number: number, content: .entry(front: entry.front, back: entry.back, tags: [])))
  }

  /// Lines without a separator: a definition may come below them.
  private var terms: [Int: String] = [:]

  private mutating func define(_ last: Int, _ definition: Substring, _ number: Int) {
    let above = lines[last]
    if case .entry(let front, let back, let tags) = above.content, definedBelow.contains(above.number) {
      lines[last].content = .entry(front: front, back: "\(back)\n\(definition)", tags: tags)
    } else if let term = terms[above.number] {
      definedBelow.insert(above.number)
      lines[last].content = .entry(front: term, back: definition.description, tags: [])
    } else {
      lines.append(TermList.Line(number: number, content: .rejected(.noSeparator)))
    }
  }

  private var definedBelow: Set<Int> = []

  private static func hasListMark(_ line: Substring) -> Bool { withoutListMark(line).count < line.count }

  /// `- `, `* `, `+ `, `• `, `12. `, `12) `
  private static func withoutListMark(_ line: Substring) -> Substring {
    for mark in ["- ", "* ", "+ ", "• "] where line.hasPrefix(mark) { return line.dropFirst(mark.count).trimmed }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    let rest = line.dropFirst(digits.count)
    guard (1...4).contains(digits.count), rest.hasPrefix(". ") || rest.hasPrefix(") ") else { return line }
    return rest.dropFirst(2).trimmed
  }
}

/// One line with a term and its definition.
enum TermLine {
  /// - Returns: nil when nothing separates the two.
  static func entry(_ line: Substring) -> (front: String, back: String)? {
    let quoted = quotedTerm(line)
    let rest = quoted.map { line[$0.upperBound...] } ?? line
    guard let separator = separator(in: rest, isAlone: quoted != nil) else { return nil }
    let front = line[..<separator.lowerBound].trimmed
    return front.isEmpty ? nil : (front.description, line[separator.upperBound...].trimmed.description)
  }

  /// A term in quotes may hold what separates otherwise.
  private static func quotedTerm(_ line: Substring) -> Range<Substring.Index>? {
    for (open, close) in quotes where line.first == open {
      let inner = line.dropFirst()
      guard let end = inner.firstIndex(of: close) else { return nil }
      return line.startIndex..<line.index(after: end)
    }
    return nil
  }

  /// The first of them.
  ///
  /// - Parameter isAlone: nothing but white space may stand before it.
  private static func separator(in line: Substring, isAlone: Bool) -> Range<Substring.Index>? {
    if let tab = line.firstIndex(of: "\t") { return tab..<line.index(after: tab) }
    for index in line.indices {
      let after = line.index(after: index)
      let isFollowed = after == line.endIndex || line[after].isWhitespace
      switch line[index] {
      case "：": return index..<after
      case ":" where isFollowed: return index..<after
      case "–", "—", "-", "−":
        let isPreceded = index > line.startIndex && line[line.index(before: index)].isWhitespace
        if isPreceded, isFollowed { return index..<after }
      default: break
      }
      if isAlone, !line[index].isWhitespace { return nil }
    }
    return nil
  }

  private static let quotes: [(Character, Character)] = [("\"", "\""), ("“", "”"), ("„", "“"), ("«", "»"), ("「", "」")]
}
