/// Puts one frame after another on a terminal by writing only the lines that changed.
///
/// A value that turns frames into the bytes to write; it does no output itself. Between frames the cursor stands at the
/// start of the line below the last one, so frames must be lower than the terminal by one line.
package struct LiveScreen: Hashable, Sendable {
  private let style: Style
  private var shown: [StyledText] = []
  private var width = 0
  private var isCursorHidden = false

  package init(style: Style) {
    self.style = style
  }

  /// What to write so that the terminal shows `frame`; empty when it does already.
  ///
  /// - parameter width: The columns of the terminal now. When they changed, everything is written again.
  package mutating func draw(_ frame: [StyledText], width: Int) -> String {
    let isResized = width != self.width && !shown.isEmpty
    let body = isResized ? erased(at: width) + written(frame) : changes(from: shown, to: frame)
    shown = frame
    self.width = width
    return body.isEmpty ? "" : hiddenCursor() + body
  }

  /// What to write so that `lines` stay above the frame, as part of the terminal's history.
  package mutating func insert(above lines: [StyledText], width: Int) -> String {
    let body = erased(at: width) + written(lines) + written(shown)
    self.width = width
    return hiddenCursor() + body
  }

  /// What to write at the end, also after an error or a signal: the frame stays, the cursor comes back.
  package mutating func finish() -> String {
    shown = []
    guard isCursorHidden else { return "" }
    isCursorHidden = false
    return "\u{1B}[?25h"
  }

  private mutating func hiddenCursor() -> String {
    guard !isCursorHidden else { return "" }
    isCursorHidden = true
    return "\u{1B}[?25l"
  }

  private func written(_ lines: some Sequence<StyledText>) -> String {
    lines.map { $0.rendered(style) + "\r\n" }.joined()
  }

  /// From below the frame to its first line, and everything from there on erased. A terminal that became narrower has
  /// broken the wider lines in two or more.
  private func erased(at width: Int) -> String {
    let rows = shown.reduce(0) { $0 + max(1, ($1.width + max(1, width) - 1) / max(1, width)) }
    return up(rows) + "\r\u{1B}[J"
  }

  private func changes(from old: [StyledText], to new: [StyledText]) -> String {
    let common = min(old.count, new.count)
    let changed = (0..<common).filter { old[$0] != new[$0] }
    guard let first = changed.first ?? (old.count == new.count ? nil : common) else { return "" }
    var output = up(old.count - first)
    var row = first
    for index in changed {
      // Erased before it is written: at the last column, erasing afterwards would take the last character away.
      output += down(index - row) + "\u{1B}[2K" + new[index].rendered(style) + "\r\n"
      row = index + 1
    }
    output += down(common - row)
    if old.count > common { output += "\u{1B}[J" }
    return output + written(new[common...])
  }

  private func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }
  private func down(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)B" : "" }
}
