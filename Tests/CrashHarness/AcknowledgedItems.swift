/// Which files of a task were acknowledged to whoever makes them: a later lease of the task has to come with them.
package struct AcknowledgedItems {
  /// What a lease should have come with.
  package struct Missing: Equatable {
    package let task: String
    package let paths: [String]
  }

  private var items: [String: [(path: String, attempt: Int)]] = [:]

  package init() {}

  /// A file was acknowledged, in this attempt at its task.
  package mutating func add(_ path: String, of task: String, attempt: Int = 0) {
    items[task, default: []].append((path, attempt))
  }

  /// What a lease did not come with.
  ///
  /// - Parameter attempt: that of the lease. What a later attempt was told does not count: a plugin that was stopped before
  ///   it could read its task reads it when others have done it. Neither does what the same attempt was told, which is
  ///   numbered alike when a lease was given back. `nil` for who writes down its leases itself: everything counts.
  /// - Returns: `nil` when nothing was acknowledged before.
  package func missing(at task: String, attempt: Int? = nil, done: [String]) -> Missing? {
    let before = (items[task] ?? []).filter { item in attempt.map { item.attempt < $0 } ?? true }
    guard !before.isEmpty else { return nil }
    return Missing(task: task, paths: Set(before.map(\.path)).subtracting(done).sorted())
  }
}
