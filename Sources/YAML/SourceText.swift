/// The text of a file, to find places in it that libyaml does not tell.
package struct SourceText: Sendable {
  /// Its code points.
  package let scalars: [Unicode.Scalar]
  /// Where each line begins.
  private let lineStarts: [Int]

  init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    lineStarts = [0] + scalars.indices.filter { Self.endsLine($0, in: scalars) }.map { $0 + 1 }
  }

  /// Where the braces of a text are, in their order: the braces of its source. A block text has a head, which holds none.
  ///
  /// Every brace of a text stands in its source as itself, but for `"\x7B"`: then there are too few.
  package func braces(in node: YAMLNode) -> [Int] {
    var range = node.range.clamped(to: scalars.indices)
    if let first = range.first, scalars[first] == "|" || scalars[first] == ">" {
      range = (range.first { Self.isBreak(scalars[$0]) } ?? range.upperBound)..<range.upperBound
    }
    return range.filter { scalars[$0] == "{" || scalars[$0] == "}" }
  }

  /// The code point that begins at or behind a byte.
  func index(ofByte offset: Int) -> Int {
    var bytes = 0
    return scalars.firstIndex { scalar in
      defer { bytes += UTF8.width(scalar) }
      return bytes >= offset
    } ?? scalars.count
  }

  /// The place of a code point; that of the end for any other number.
  package func place(of index: Int) -> Place {
    let index = min(index, scalars.count)
    // The last line that does not begin behind it.
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= index { low = middle } else { high = middle }
    }
    return Place(line: low + 1, column: index - lineStarts[low] + 1)
  }

  /// Of CR LF, the LF.
  private static func endsLine(_ index: Int, in scalars: [Unicode.Scalar]) -> Bool {
    guard isBreak(scalars[index]) else { return false }
    return scalars[index] != "\r" || index + 1 == scalars.count || scalars[index + 1] != "\n"
  }

  /// What libyaml takes for the end of a line.
  package static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }
}
