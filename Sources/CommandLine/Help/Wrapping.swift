/// The columns that help fills when the terminal's width is not known.
package let helpWidthColumnsDefault = 80

/// Breaks text into lines of at most `width` columns, at spaces; a word that is wider is broken where it must be.
func wrapped(_ text: String, width: Int) -> [String] {
  let width = max(1, width)
  var lines: [String] = []
  var line = ""
  var columns = 0
  for word in text.split(separator: " ") {
    var piece = String(word)
    if columns > 0, columns + 1 + displayWidth(piece) <= width {
      line += " " + piece
      columns += 1 + displayWidth(piece)
      continue
    }
    if columns > 0 { lines.append(line) }
    while displayWidth(piece) > width {
      let head = prefix(of: piece, columns: width)
      guard !head.isEmpty else { break }
      lines.append(head)
      piece.removeFirst(head.count)
    }
    (line, columns) = (piece, displayWidth(piece))
  }
  if columns > 0 { lines.append(line) }
  return lines
}
