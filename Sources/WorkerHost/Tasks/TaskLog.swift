import Wire

/// The lines that a task has for its log, bounded.
struct TaskLog {
  private var lines: [String] = []
  private var bytesTaken = 0
  private var isCut = false

  var isEmpty: Bool { lines.isEmpty }

  /// Adds lines that fit a log, see `TextLines`.
  mutating func add(_ new: [String]) {
    for line in new where !isCut {
      bytesTaken += line.utf8.count + 1
      isCut = bytesTaken > WorkerLimits.logBytesPerLeaseMax
      lines.append(isCut ? Self.cutMark : line)
    }
  }

  /// Adds text that may have several lines, or too long ones.
  mutating func add(text: String) {
    guard !isCut else { return }
    var cutter = TextLines()
    add(cutter.add(Array(text.utf8)) + (cutter.rest().map { [$0] } ?? []))
  }

  /// The lines for one call.
  mutating func takeBatch() -> [String] {
    let first = lines.prefix(WireLimits.logLinesPerCallMax)
    let count = Page.count(of: first, bytesMax: WorkerLimits.logBytesPerCallMax)
    defer { lines.removeFirst(count) }
    return Array(lines.prefix(count))
  }

  /// Stands for everything that was dropped.
  static let cutMark = "[the log ends here: more than \(WorkerLimits.logBytesPerLeaseMax) bytes]"
}
