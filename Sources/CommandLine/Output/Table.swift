/// Rows under headings, aligned.
package struct Table: Hashable, Sendable {
  package struct Column: Hashable, Sendable {
    package var heading: String
    package var alignment: Alignment
    /// Whether it may be cut when the terminal is too narrow.
    package var isShrinkable: Bool

    package init(_ heading: String, _ alignment: Alignment = .left, shrinks: Bool = false) {
      self.heading = heading
      self.alignment = alignment
      self.isShrinkable = shrinks
    }
  }

  private let columns: [Column]
  private var rows: [[StyledText]] = []

  package init(_ columns: [Column]) {
    self.columns = columns
  }

  package var isEmpty: Bool { rows.isEmpty }

  /// - precondition: One cell for each column.
  package mutating func add(_ cells: [StyledText]) {
    precondition(cells.count == columns.count, "\(cells.count) cells for \(columns.count) columns")
    rows.append(cells)
  }

  /// The lines of the table, headings first.
  ///
  /// - parameter width: The columns of the terminal; nil where lines may have any length, so that nothing is cut.
  package func lines(width: Int?, style: Style) -> [String] {
    let headings = columns.map { StyledText($0.heading, .bold) }
    let widths = fittedWidths([headings] + rows, width: width)
    return ([headings] + rows).map { line($0, widths: widths, width: width).rendered(style) }
  }

  private func line(_ cells: [StyledText], widths: [Int], width: Int?) -> StyledText {
    var line = StyledText("")
    for (index, cell) in cells.enumerated() {
      let fitted = cell.truncated(to: widths[index])
      line += fitted.padded(to: widths[index], alignment: columns[index].alignment)
      if index < cells.count - 1 { line += StyledText(gap) }
    }
    return width.map { line.trimmed.truncated(to: $0) } ?? line.trimmed
  }

  /// The width of each column: what its cells need, less what the shrinkable ones must give, the widest first.
  private func fittedWidths(_ rows: [[StyledText]], width: Int?) -> [Int] {
    var widths = columns.indices.map { column in rows.map { $0[column].width }.max() ?? 0 }
    guard let width else { return widths }
    var excess = widths.reduce(0, +) + gap.count * (columns.count - 1) - width
    while excess > 0 {
      let candidates = columns.indices.filter { columns[$0].isShrinkable && widths[$0] > shrunkColumnsMin }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}

private let gap = "  "
/// Narrower, a cut text says nothing; then the whole line is cut instead.
private let shrunkColumnsMin = 8
