/// Which columns the lines of a frame have, so that bars and numbers stand below each other. The narrower the
/// terminal, the fewer columns.
struct LiveLayout {
  private let width: Int
  private let glyphs: Glyphs
  private let labelColumns: Int
  private let barColumns: Int
  private let countColumns: Int
  private let rateColumns: Int
  private let remainingColumns: Int

  init(_ rows: [LiveRow], width: Int, glyphs: Glyphs) {
    let withProgress = rows.filter { $0.node.progress != nil }
    let labels = withProgress.map { displayWidth(Self.label($0)) }.max() ?? 0
    let counts = withProgress.map { $0.node.progress?.counts.count ?? 0 }.max() ?? 0
    let rates = withProgress.map { Self.rate($0.node).count }.max() ?? 0
    let remaining = withProgress.map { Self.remaining($0.node).count }.max() ?? 0
    // From rich to poor; the first that leaves the labels enough room.
    let choices = [
      (wideBarColumns, counts, rates, remaining), (narrowBarColumns, counts, rates, remaining),
      (narrowBarColumns, counts, 0, remaining), (0, counts, 0, remaining), (0, counts, 0, 0), (0, 0, 0, 0),
    ]
    let needed = min(labels, labelColumnsMin)
    let fits = { (choice: (Int, Int, Int, Int)) in width - Self.columns(choice) >= needed }
    let choice = choices.first(where: fits) ?? (0, 0, 0, 0)
    self.width = width
    self.glyphs = glyphs
    (barColumns, countColumns, rateColumns, remainingColumns) = choice
    labelColumns = max(0, min(labels, width - Self.columns(choice)))
  }

  func line(_ row: LiveRow, time: Int64) -> StyledText {
    let node = row.node
    let indent = StyledText(String(repeating: indentation, count: row.depth))
    let start = indent + StyledText(icon(node.state, time), node.state.paint) + " "
    let label = start + StyledText(node.label, node.state == .skipped ? .dim : nil)
    guard let progress = node.progress else {
      return (label + note(node)).truncated(to: width)
    }
    var line = label.truncated(to: labelColumns).padded(to: labelColumns)
    if barColumns > 0 {
      line += StyledText("  ") + StyledText(progress.drawn(columns: barColumns, glyphs: glyphs), node.state.paint)
    }
    line += cell(progress.counts, countColumns) + cell(Self.rate(node), rateColumns)
    line += cell(Self.remaining(node), remainingColumns)
    return (line.trimmed + note(node)).truncated(to: width)
  }

  private func icon(_ state: LiveNode.State, _ time: Int64) -> String {
    guard state == .running else { return glyphs.states[state] ?? "?" }
    let turn = Int((time / spinnerMilliseconds) % Int64(glyphs.spinner.count))
    return glyphs.spinner[turn < 0 ? turn + glyphs.spinner.count : turn]
  }

  private func note(_ node: LiveNode) -> StyledText {
    node.note.isEmpty ? "" : StyledText("  " + node.note, node.state == .failed ? .red : .dim)
  }

  private func cell(_ text: String, _ columns: Int) -> StyledText {
    columns == 0 ? "" : StyledText("  " + paddedLeft(text, to: columns))
  }

  private static func columns(_ choice: (Int, Int, Int, Int)) -> Int {
    [choice.0, choice.1, choice.2, choice.3].reduce(0) { $0 + ($1 == 0 ? 0 : $1 + 2) }
  }

  /// What takes the room of the label: indentation, icon, label.
  private static func label(_ row: LiveRow) -> String {
    String(repeating: indentation, count: row.depth) + "x " + visible(row.node.label)
  }

  private static func rate(_ node: LiveNode) -> String {
    node.state == .running ? node.ratePerSecond.map { Human.rate(perSecond: $0) } ?? "" : ""
  }

  private static func remaining(_ node: LiveNode) -> String {
    node.remainingMilliseconds.map { "\(Human.duration(milliseconds: $0)) left" } ?? ""
  }
}

private let indentation = "  "
private let wideBarColumns = 20
private let narrowBarColumns = 10
private let labelColumnsMin = 24
/// How long a spinner shows one of its pictures.
private let spinnerMilliseconds: Int64 = 100
