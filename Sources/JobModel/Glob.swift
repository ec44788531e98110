/// A pattern over keys and paths: `*` stands for any characters but `/`, `**` for any characters, `?` for one.
package struct Glob: Sendable {
  private let pattern: [Character]

  package init(_ pattern: String) {
    self.pattern = Array(pattern)
  }

  /// True when the whole of `text` fits the pattern.
  ///
  /// One row of a table per character of the pattern, so the time is bounded by pattern × text also for hostile ones.
  package func matches(_ text: String) -> Bool {
    var reachable: Set<Int> = closure([0])
    for character in text {
      var next: Set<Int> = []
      for position in reachable where position < pattern.count {
        switch pattern[position] {
        case "*":
          if character != "/" || isDouble(position) { next.insert(position) }
        case "?":
          if character != "/" { next.insert(position + 1) }
        case character: next.insert(position + 1)
        default: break
        }
      }
      reachable = closure(next)
      if reachable.isEmpty { return false }
    }
    return reachable.contains(pattern.count)
  }

  /// A star may stand for nothing: whoever is before it is behind it, too.
  private func closure(_ positions: Set<Int>) -> Set<Int> {
    var result = positions
    var open = Array(positions)
    while let position = open.popLast() {
      if position < pattern.count, pattern[position] == "*", result.insert(position + 1).inserted {
        open.append(position + 1)
      }
    }
    return result
  }

  private func isDouble(_ position: Int) -> Bool {
    (position + 1 < pattern.count && pattern[position + 1] == "*") || (position > 0 && pattern[position - 1] == "*")
  }
}
