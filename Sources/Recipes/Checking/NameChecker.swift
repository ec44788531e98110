import JobModel
import YAML

/// Looks whether keys, paths and other names can be some, and whether the tasks that one becomes can be told apart by them.
struct NameChecker {
  private let inputs: [String: RecipeInput]
  /// Tasks that are made once, by their keys where these are known, and by the paths of their outputs.
  private var owners: [TaskKey: String] = [:]
  private var places = OutputPlaces<String>()

  init(inputs: [String: RecipeInput]) { self.inputs = inputs }

  /// - parameter ancestors: what the task is made from.
  mutating func check(_ task: CheckedTask, madeFrom ancestors: [CheckedTask]) throws(RecipeError) {
    try checkKey(task)
    for template in task.declaration.outputs { try checkOutput(template, task) }
    for (name, template) in task.declaration.columns {
      _ = try template.always { text throws(RecipeError) in try template.column(text, of: name) }
    }
    for template in task.declaration.collections { _ = try template.always(template.collection) }
    if let section = task.declaration.section { _ = try section.always(section.section) }
    guard task.isRepeated else { return }
    let variables = Variables(task, madeFrom: ancestors, inputs: inputs)
    for (template, what) in [task.declaration.key].compactMap({ $0 }).map({ ($0, "key") })
      + task.declaration.outputs.map({ ($0, "output") })
    { try variables.refuseOneNameForMany(template, what) }
  }

  private mutating func checkKey(_ task: CheckedTask) throws(RecipeError) {
    let declaration = task.declaration
    let key =
      if let template = declaration.key {
        try template.always(declaration.checkedKey)
      } else {
        // The name, of many with their variables behind it.
        try declaration.checkedKey(task.isRepeated ? "\(task.name)/x" : task.name)
      }
    guard !task.isRepeated, declaration.key?.placeholders.isEmpty ?? true,
      let other = owners.updateValue(task.name, forKey: key)
    else { return }
    throw RecipeError(
      declaration.keyPlace, "tasks '\(other)' and '\(task.name)' have the key '\(visible(key.text))'",
      remedy: "give one of them another 'key:'")
  }

  private mutating func checkOutput(_ template: Template, _ task: CheckedTask) throws(RecipeError) {
    let path = try template.always(template.path)
    guard !task.isRepeated, template.placeholders.isEmpty else { return }
    switch places.take(path, by: task.name) {
    case nil: return
    case .twice(let other):
      throw RecipeError(
        template.place,
        other == task.name
          ? "'\(visible(path.text))' stands twice in the outputs of '\(other)'"
          : "'\(visible(path.text))' would be made twice, by '\(other)' and '\(task.name)'",
        remedy: "every file is made by one task, once: take it out, or use another path")
    case .fileAndDirectory(let file, let other):
      throw RecipeError(
        template.place,
        "'\(visible(file.text))' would be a file and a directory, by "
          + (other == task.name ? "'\(other)' alone" : "'\(other)' and '\(task.name)'"),
        remedy: "use another path for one of them")
    }
  }
}

/// The variables of one task, and which of them a text tells apart.
private struct Variables {
  private let task: CheckedTask
  /// Of the task and of those that it is made from.
  private let loops: [String: Loop]
  private let ancestors: [String: CheckedTask]
  private let inputs: [String: RecipeInput]

  init(_ task: CheckedTask, madeFrom ancestors: [CheckedTask], inputs: [String: RecipeInput]) {
    self.task = task
    self.inputs = inputs
    self.ancestors = Dictionary(uniqueKeysWithValues: ancestors.map { ($0.name, $0) })
    let all = (ancestors + [task]).flatMap(\.declaration.loops)
    loops = Dictionary(all.map { ($0.variable, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Keys and paths that would be the same for tasks that a `foreach` makes.
  func refuseOneNameForMany(_ template: Template, _ what: String) throws(RecipeError) {
    let references = template.placeholders.map(\.reference)
    guard references.contains(where: \.varies) else {
      let names = task.variables.map { "{\($0.name)}" }.joined(separator: ", ")
      throw RecipeError(
        template.place, "every task '\(task.name)' would have the same \(what)", remedy: "put in one of \(names)")
    }
    var told: Set<String> = []
    for reference in references { tell(reference, &told) }
    guard let same = task.variables.first(where: { !told.contains($0.name) && goesThroughMany($0.name) }) else {
      return
    }
    throw RecipeError(
      template.place, "tasks '\(task.name)' that differ only in '\(same.name)' would have the same \(what)",
      remedy: "put in {\(same.name)}" + (same.content == .json ? ", or a member of it" : ""))
  }

  /// What an element tells, it may tell of the one whose list it stands in, too.
  private func tell(_ reference: Reference, _ told: inout Set<String>) {
    switch reference.root {
    case .input, .count: break
    case .index(let name): told.insert(name)
    case .output(let maker): told.formUnion(ancestors[maker]?.variables.map(\.name) ?? [])
    case .variable(let name):
      guard told.insert(name).inserted, let loop = loops[name] else { return }
      switch loop.source {
      case .literal: break
      case .list(let list): tell(list, &told)
      case .tasks(let maker): told.formUnion(ancestors[maker]?.variables.map(\.name) ?? [])
      }
    }
  }

  /// Whether a variable may have more than one value; one over tasks has those that their own variables make of it.
  private func goesThroughMany(_ name: String) -> Bool {
    switch loops[name]?.source {
    case .literal(let values): values.count > 1
    case .list(let reference):
      if case .input(let name) = reference.root { inputs[name]?.takesMany ?? true } else { true }
    case .tasks, nil: false
    }
  }
}

extension RecipeInput {
  /// Whether a list may have more than one element.
  fileprivate var takesMany: Bool { kind == .json || bounds.most ?? .infinity > 1 }
}

extension Reference {
  /// Whether it may be another one in each task that a `foreach` makes.
  fileprivate var varies: Bool {
    switch root {
    case .input, .count: false
    case .variable, .output, .index: true
    }
  }
}
