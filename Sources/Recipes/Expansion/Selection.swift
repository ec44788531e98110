import JSON
package import JobModel

/// Of each task with `new_only`, by its name, the keys of those that are made.
package typealias Selection = [String: Set<TaskKey>]

/// One task with `new_only`, and everything that is made from it.
package struct NewOnlyGroup: Sendable {
  /// The task of the recipe.
  package let declaration: String
  package let key: TaskKey
  /// The outputs of the group: what the task declares, and the tasks that are made from it.
  package let outputs: [ResultPath]
}

/// How much of a group is there.
package enum Presence: Sendable, Hashable {
  case complete, partial, empty
}

extension Recipe {
  /// Whether any task has `new_only`.
  package var hasNewOnly: Bool { tasks.contains { $0.newOnly != nil } }

  /// The names of the tasks with `new_only`.
  package var newOnlyTasks: Set<String> { Set(tasks.filter { $0.newOnly != nil }.map(\.name)) }

  /// The groups that can be left out, in the order in which they are made. They follow from the inputs alone.
  ///
  /// - throws: `RecipeError`, as ``expand(_:outputs:limits:selection:)``.
  package func newOnlyGroups(
    _ values: InputValues, limits: ExpansionLimits = ExpansionLimits()
  ) throws(RecipeError) -> [NewOnlyGroup] {
    var expander = Expander(values: values, outputs: [:], limits: limits)
    return try expander.groups(self)
  }

  /// Which groups are made: of those that were begun all, of those of which nothing is there as many as the limit says, the first
  /// ones; none that is complete.
  ///
  /// - parameter presence: how much of each group is there, in the order of ``newOnlyGroups(_:limits:)``.
  package func selection(
    of groups: [NewOnlyGroup], _ presence: [Presence], _ values: InputValues
  ) -> Selection {
    var selection: Selection = [:]
    var left: [String: Int] = [:]
    for task in tasks {
      guard let newOnly = task.newOnly else { continue }
      selection[task.name] = []
      left[task.name] = newOnly.limit.map { $0.number(values) } ?? .max
    }
    for (group, presence) in zip(groups, presence) {
      switch presence {
      case .complete: continue
      case .partial: break
      case .empty:
        guard let room = left[group.declaration], room > 0 else { continue }
        left[group.declaration] = room - 1
      }
      selection[group.declaration]?.insert(group.key)
    }
    return selection
  }

  /// The selection of which exactly these tasks have come.
  package func selection(of groups: [NewOnlyGroup], made keys: Set<TaskKey>) -> Selection {
    var selection: Selection = [:]
    for name in newOnlyTasks { selection[name] = [] }
    for group in groups where keys.contains(group.key) { selection[group.declaration]?.insert(group.key) }
    return selection
  }
}

extension NewOnly.Limit {
  fileprivate func number(_ values: InputValues) -> Int {
    switch self {
    case .number(let number): return number
    case .input(let placeholder):
      guard case .input(let name) = placeholder.reference.root, let number = values[name]?.int else {
        preconditionFailure("the limit was checked to be an input of type integer")
      }
      return Int(clamping: max(0, number))
    }
  }
}

extension Expander {
  /// The groups of all tasks with `new_only`: no output has to be known for them.
  mutating func groups(_ recipe: Recipe) throws(RecipeError) -> [NewOnlyGroup] {
    var places: [TaskKey: Int] = [:]
    var groups: [(declaration: String, key: TaskKey, outputs: [ResultPath])] = []
    let roots = recipe.newOnlyTasks
    for task in recipe.order {
      let rows = try add(task)
      guard let root = ([task.name] + task.ancestors).first(where: roots.contains) else { continue }
      for row in rows.known {
        if root == task.name {
          places[row.key] = groups.count
          groups.append((root, row.key, []))
        }
        guard let key = root == task.name ? row.key : row.scope.ancestors[root], let place = places[key] else {
          continue
        }
        groups[place].outputs += try outputs(of: row, task.declaration)
      }
    }
    return groups.map { NewOnlyGroup(declaration: $0.declaration, key: $0.key, outputs: $0.outputs) }
  }

  private func outputs(
    of row: TaskRows.Known, _ declaration: TaskDeclaration
  ) throws(RecipeError) -> [ResultPath] {
    do throws(NoValue) {
      return try outputs(row, declaration)
    } catch {
      switch error {
      case .waits(let maker): preconditionFailure("paths of a group wait for \(maker.text)")
      case .fails(let error): throw error
      }
    }
  }
}
