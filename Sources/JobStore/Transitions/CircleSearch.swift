import JobModel

/// What new tasks need, and by which of them each key is needed.
struct NeedsGraph {
  private(set) var needs: [ExactText: [ExactText]] = [:]
  private(set) var needers: [ExactText: [ExactText]] = [:]

  init(_ tasks: [NewTask]) {
    for task in tasks {
      let key = ExactText(task.key.text)
      needs[key] = task.needs.map { ExactText($0.text) }
      for need in task.needs { needers[ExactText(need.text), default: []].append(key) }
    }
  }
}

/// Looks for tasks that need each other in a circle, along the needs or against them, a step at a time.
///
/// Depth first with an explicit path, so that a chain of any length fits.
struct CircleSearch {
  private var starts: [ExactText]
  private let isAlongNeeds: Bool
  private let next: (ExactText) throws -> [ExactText]
  private var path: [(key: ExactText, next: [ExactText])] = []
  private var onPath: Set<ExactText> = []
  /// Keys from which no circle is reached.
  private var finished: Set<ExactText> = []
  /// Grows with every step, and with every key that was read.
  private(set) var cost = 0

  /// - Parameter next: the keys that one needs, or is needed by.
  init(
    from starts: [ExactText], isAlongNeeds: Bool, next: @escaping (ExactText) throws -> [ExactText]
  ) {
    self.starts = starts
    self.isAlongNeeds = isAlongNeeds
    self.next = next
  }

  /// Goes on to the end.
  mutating func finish() throws {
    while try !step() {}
  }

  /// - Returns: whether the search is over.
  /// - Throws: `Refusal` (conflict) for a circle.
  mutating func step() throws -> Bool {
    cost += 1
    guard var top = path.popLast() else { return try begin() }
    guard let key = top.next.popLast() else {
      finished.insert(top.key)
      onPath.remove(top.key)
      return false
    }
    path.append(top)
    if onPath.contains(key) { throw circle(backTo: key) }
    try enter(key)
    return false
  }

  private mutating func begin() throws -> Bool {
    guard let start = starts.popLast() else { return true }
    try enter(start)
    return false
  }

  private mutating func enter(_ key: ExactText) throws {
    guard !finished.contains(key) else { return }
    let next = try next(key)
    cost += next.count
    path.append((key, next))
    onPath.insert(key)
  }

  private func circle(backTo key: ExactText) -> Refusal {
    let loop = path.map(\.key).drop { $0 != key } + [key]
    let inOrder = isAlongNeeds ? Array(loop) : loop.reversed()
    return Refusal(
      .conflict, "tasks need each other in a circle: \(inOrder.prefix(8).map(\.text).joined(separator: " → "))",
      remedy: "take out one of these needs")
  }
}
