/// The difference of two texts, line by line, as `diff -u` writes it (POSIX.1-2024, "diff", Diff Unified Output Format).
/// Lines are compared byte by byte: what only looks the same differs.
struct UnifiedDiff {
  /// A line of both texts, or of one of them.
  enum Line: Equatable {
    case same(Text)
    case removed(Text)
    case added(Text)

    /// As a line of the output.
    var text: String {
      switch self {
      case .same(let line): " " + String(decoding: line, as: UTF8.self)
      case .removed(let line): "-" + String(decoding: line, as: UTF8.self)
      case .added(let line): "+" + String(decoding: line, as: UTF8.self)
      }
    }

    var isChange: Bool { if case .same = self { false } else { true } }
    fileprivate var isOld: Bool { if case .added = self { false } else { true } }
    fileprivate var isNew: Bool { if case .removed = self { false } else { true } }
  }

  /// A line without its end.
  typealias Text = ArraySlice<UInt8>

  /// All lines of both texts: without the added ones they are the old text, without the removed ones the new one.
  let lines: [Line]

  /// So many lines are compared with each other; in longer texts the part that differs is told as a whole.
  static let linesComparedMax = 10_000
  private static let context = 3

  init(_ old: String, _ new: String) {
    let (old, new) = (UnifiedDiff.split(old), UnifiedDiff.split(new))
    let prefix = zip(old, new).prefix { $0 == $1 }.count
    let most = min(old.count, new.count) - prefix
    let suffix = zip(old.reversed(), new.reversed()).prefix(most).prefix { $0 == $1 }.count
    let middle = UnifiedDiff.compare(
      Array(old[prefix..<(old.count - suffix)]), Array(new[prefix..<(new.count - suffix)]))
    lines = old.prefix(prefix).map(Line.same) + middle + old.suffix(suffix).map(Line.same)
  }

  /// A last line without an end is another line than one with it.
  private static func split(_ text: String) -> [Text] {
    var lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard let last = lines.popLast(), !last.isEmpty else { return lines }
    return lines + [last + Array("\n\\ No newline at end of file".utf8)]
  }

  private static func compare(_ old: [Text], _ new: [Text]) -> [Line] {
    guard old.count + new.count <= linesComparedMax else { return old.map(Line.removed) + new.map(Line.added) }
    var (removed, added): (Set<Int>, Set<Int>) = ([], [])
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var lines: [Line] = []
    var (here, there) = (0, 0)
    while here < old.count || there < new.count {
      if removed.contains(here) {
        lines.append(.removed(old[here]))
        here += 1
      } else if added.contains(there) {
        lines.append(.added(new[there]))
        there += 1
      } else {
        lines.append(.same(old[here]))
        (here, there) = (here + 1, there + 1)
      }
    }
    return lines
  }

  // MARK: Hunks

  /// Changes that stand together, with the lines around them.
  struct Hunk: Equatable {
    let header: String
    let lines: [Line]
  }

  var hunks: [Hunk] {
    var hunks: [Hunk] = []
    var (old, new, place) = (0, 0, 0)
    for range in ranges {
      let before = lines[place..<range.lowerBound]
      old += before.count(where: \.isOld)
      new += before.count(where: \.isNew)
      let part = lines[range]
      let (oldCount, newCount) = (part.count(where: \.isOld), part.count(where: \.isNew))
      let header = "@@ -\(UnifiedDiff.span(old, oldCount)) +\(UnifiedDiff.span(new, newCount)) @@"
      hunks.append(Hunk(header: header, lines: Array(part)))
      (old, new, place) = (old + oldCount, new + newCount, range.upperBound)
    }
    return hunks
  }

  /// Where the hunks are among all lines.
  private var ranges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    for (place, line) in lines.enumerated() where line.isChange {
      let around = max(0, place - UnifiedDiff.context)..<min(lines.count, place + UnifiedDiff.context + 1)
      if let last = ranges.last, last.upperBound >= around.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<around.upperBound
      } else {
        ranges.append(around)
      }
    }
    return ranges
  }

  /// - Parameter before: how many lines come before. An empty span is named by the line before it.
  private static func span(_ before: Int, _ count: Int) -> String {
    count == 1 ? "\(before + 1)" : "\(count == 0 ? before : before + 1),\(count)"
  }
}
