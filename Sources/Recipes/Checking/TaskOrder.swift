import YAML

/// Puts tasks behind those that they need or are made from, and finds circles.
struct TaskOrder {
  private let tasks: [String: TaskDeclaration]
  private var ordered: [TaskDeclaration] = []
  private var done: Set<String> = []
  /// From the first to the one that is looked at, each because of the one before.
  private var path: [String] = []

  /// - throws: `RecipeError` when tasks wait for each other.
  static func of(_ tasks: [TaskDeclaration]) throws(RecipeError) -> [TaskDeclaration] {
    var order = TaskOrder(tasks: Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0) }))
    for task in tasks { try order.add(task.name, from: task.place) }
    return order.ordered
  }

  private init(tasks: [String: TaskDeclaration]) { self.tasks = tasks }

  private mutating func add(_ name: String, from place: Place) throws(RecipeError) {
    guard !done.contains(name), let task = tasks[name] else { return }
    if let start = path.firstIndex(of: name) {
      let circle = (path[start...] + [name]).map { "'\($0)'" }.joined(separator: " → ")
      throw RecipeError(
        place, "tasks wait for each other: \(circle)", remedy: "take one of these needs, foreach or outputs out")
    }
    path.append(name)
    for dependency in task.dependencies { try add(dependency.name, from: dependency.place) }
    path.removeLast()
    done.insert(name)
    ordered.append(task)
  }
}

extension TaskDeclaration {
  /// The tasks that have to be known before this one.
  var dependencies: [Named] {
    let made = loops.compactMap { loop in
      switch loop.source {
      case .tasks(let name): Named(name: name, place: loop.sourcePlace)
      case .list(let reference): reference.task.map { Named(name: $0, place: loop.sourcePlace) }
      case .literal: nil
      }
    }
    return made + needs
      + placeholders.compactMap { placeholder in
        placeholder.reference.task.map { Named(name: $0, place: placeholder.place) }
      }
  }
}

extension Reference {
  /// The task whose output it refers to.
  var task: String? { if case .output(let name) = root { name } else { nil } }
}
