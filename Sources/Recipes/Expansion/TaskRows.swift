import JobModel

/// The tasks that one task of a recipe becomes.
struct TaskRows {
  /// One whose variables and key are known.
  struct Known {
    let key: TaskKey
    var scope: Scope
  }

  /// Some of which nothing more is known than what they are made from.
  struct Pending {
    let ancestors: [String: TaskKey]
    let maker: TaskKey
  }

  let task: CheckedTask
  var known: [Known] = []
  var pending: [Pending] = []

  /// Leaves the others out; those that stay are counted anew.
  mutating func keep(_ keys: Set<TaskKey>) {
    known = known.filter { keys.contains($0.key) }
    for index in known.indices {
      for place in known[index].scope.variables.indices {
        known[index].scope.variables[place].index = index + 1
        known[index].scope.variables[place].count = known.count
      }
    }
  }
}

/// The tasks of one name that another one needs: those that were made for the same tasks as it.
struct NeedIndex {
  /// The names of the tasks that both are made from, or that one is and the other one is made from.
  private let shared: [String]
  private var keys: [[TaskKey]: [TaskKey]] = [:]
  private var makers: [[TaskKey]: TaskKey] = [:]

  init(of needed: TaskRows, for task: CheckedTask) {
    let own = needed.task.name
    shared = (needed.task.ancestors + [own]).filter(task.ancestors.contains)
    for row in needed.known {
      keys[place(row.scope.ancestors, own: (own, row.key)), default: []].append(row.key)
    }
    // A task of which the key is not known yet is nothing that another one could be made from.
    guard !shared.contains(own) else { return }
    for row in needed.pending {
      let place = place(row.ancestors, own: nil)
      if makers[place] == nil { makers[place] = row.maker }
    }
  }

  private func place(_ ancestors: [String: TaskKey], own: (name: String, key: TaskKey)?) -> [TaskKey] {
    shared.compactMap { name in own.flatMap { $0.name == name ? $0.key : nil } ?? ancestors[name] }
  }

  /// - throws: `NoValue.waits` when not all of them are known.
  func needs(of scope: Scope) throws(NoValue) -> [TaskKey] {
    let place = place(scope.ancestors, own: nil)
    if let maker = makers[place] { throw .waits(maker) }
    return keys[place] ?? []
  }
}
