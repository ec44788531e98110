/// How much of something is done, as a bar.
package struct ProgressBar: Hashable, Sendable {
  /// Never negative; more than `total` shows as full.
  package var done: Int
  package var total: Int

  package init(done: Int, total: Int) {
    self.done = max(0, done)
    self.total = max(0, total)
  }

  /// From 0 to 1; nothing to do is all done.
  package var fraction: Double {
    total == 0 ? 1 : min(1, Double(done) / Double(total))
  }

  /// `12/300`.
  package var counts: String { "\(done)/\(total)" }

  /// A bar of exactly `columns`; it is full only when all is done.
  package func drawn(columns: Int, glyphs: Glyphs) -> String {
    let columns = max(0, columns)
    let steps = glyphs.barParts.count
    let filled = Int(fraction * Double(columns * steps))
    let full = filled / steps
    let part = filled % steps
    let bar = String(repeating: glyphs.barParts[steps - 1], count: full) + (part > 0 ? glyphs.barParts[part - 1] : "")
    return bar + String(repeating: glyphs.barRest, count: columns - full - (part > 0 ? 1 : 0))
  }
}

/// The characters that frames are drawn with.
package struct Glyphs: Hashable, Sendable {
  /// A column of the bar, from its first part to full.
  let barParts: [String]
  let barRest: String
  let spinner: [String]
  let states: [LiveNode.State: String]
  let ellipsis: String

  package static let unicode = Glyphs(
    barParts: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"], barRest: "░",
    spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
    states: [.waiting: "·", .paused: "‖", .done: "✓", .failed: "✗", .skipped: "○", .cancelled: "⊘"], ellipsis: "…")

  package static let ascii = Glyphs(
    barParts: ["#"], barRest: ".", spinner: ["|", "/", "-", "\\"],
    states: [.waiting: ".", .paused: "=", .done: "+", .failed: "x", .skipped: "o", .cancelled: "-"], ellipsis: "...")
}
