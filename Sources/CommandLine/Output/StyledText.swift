/// One line of text with colours, whose width is known because the colours are kept apart from the characters.
///
/// Whatever it is made from is made `visible` first, so a line of a table or a frame can hold no control character.
package struct StyledText: Hashable, Sendable, ExpressibleByStringInterpolation {
  private struct Span: Hashable, Sendable {
    var text: String
    var paint: Paint?
  }

  private var spans: [Span]

  package init(_ text: String, _ paint: Paint? = nil) {
    spans = [Span(text: visible(text), paint: paint)]
  }

  package init(stringLiteral text: String) {
    self.init(text)
  }

  /// In columns of a terminal.
  package var width: Int {
    spans.reduce(0) { $0 + displayWidth($1.text) }
  }

  /// What is written to the terminal or file.
  package func rendered(_ style: Style) -> String {
    spans.map { style.painted($0.text, $0.paint) }.joined()
  }

  package static func + (left: StyledText, right: StyledText) -> StyledText {
    var both = left
    both.spans += right.spans
    return both
  }

  package static func += (left: inout StyledText, right: StyledText) {
    left.spans += right.spans
  }

  /// The line cut to `columns`, with an ellipsis where something is missing.
  package func truncated(to columns: Int) -> StyledText {
    guard width > columns else { return self }
    var result = StyledText("")
    var left = columns
    for span in spans {
      let spanWidth = displayWidth(span.text)
      // The last column that is left belongs to the ellipsis.
      if spanWidth >= left {
        result.spans.append(Span(text: cut(span.text + " ", to: left), paint: span.paint))
        break
      }
      result.spans.append(span)
      left -= spanWidth
    }
    return result
  }

  /// The line without spaces at its end.
  var trimmed: StyledText {
    var result = self
    while let last = result.spans.last, last.text.allSatisfy({ $0 == " " }) { result.spans.removeLast() }
    guard let last = result.spans.indices.last else { return result }
    while result.spans[last].text.last == " " { result.spans[last].text.removeLast() }
    return result
  }

  /// The line filled up with spaces, behind it or before it.
  package func padded(to columns: Int, alignment: Alignment = .left) -> StyledText {
    let fill = StyledText(String(repeating: " ", count: max(0, columns - width)))
    return alignment == .left ? self + fill : fill + self
  }
}

/// On which side of its column text stands.
package enum Alignment: Hashable, Sendable {
  case left
  /// For numbers.
  case right
}

/// The global function, which the method of the same name hides.
private func cut(_ text: String, to columns: Int) -> String {
  truncated(text, to: columns)
}
