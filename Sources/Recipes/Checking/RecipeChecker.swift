import JSON
import JobModel
import YAML

/// Looks whether every reference of a recipe leads somewhere, and whether its tasks can be told apart.
struct RecipeChecker {
  private let inputs: [String: RecipeInput]
  private let inputNames: [String]
  private let tasks: [TaskDeclaration]
  private var checked: [String: CheckedTask] = [:]
  private var names: NameChecker

  private init(inputs: [RecipeInput], tasks: [TaskDeclaration]) {
    self.inputs = Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0) })
    inputNames = inputs.map(\.name)
    names = NameChecker(inputs: self.inputs)
    self.tasks = tasks
  }

  /// - returns: the tasks, each behind those that it needs or is made from.
  static func check(_ inputs: [RecipeInput], _ tasks: [TaskDeclaration]) throws(RecipeError) -> [CheckedTask] {
    var checker = RecipeChecker(inputs: inputs, tasks: tasks)
    return try checker.check()
  }

  private mutating func check() throws(RecipeError) -> [CheckedTask] {
    for task in tasks { try refuseUnknownTasks(task) }
    var result: [CheckedTask] = []
    for task in try TaskOrder.of(tasks) {
      let task = try scope(task)
      for placeholder in task.declaration.placeholders {
        _ = try content(of: placeholder.reference, at: placeholder.place, task)
      }
      if task.isRepeated, task.declaration.key == nil { try refuseObjectsInKey(task) }
      try names.check(task, madeFrom: task.ancestors.compactMap { checked[$0] })
      try checkNewOnly(task)
      checked[task.name] = task
      result.append(task)
    }
    return result
  }

  private func refuseUnknownTasks(_ task: TaskDeclaration) throws(RecipeError) {
    for named in task.dependencies where !tasks.contains(where: { $0.name == named.name }) {
      throw RecipeError(
        named.place, "there is no task '\(visible(named.name))'",
        remedy: suggestion(for: named.name, among: tasks.map(\.name), "there are"))
    }
  }

  // MARK: Variables

  /// The task with its variables, those of the task that it is made from first.
  private func scope(_ task: TaskDeclaration) throws(RecipeError) -> CheckedTask {
    var scope = CheckedTask(declaration: task, ancestors: [], variables: [])
    for loop in task.loops {
      let variable = Variable(name: loop.variable, content: try content(of: loop, scope), place: loop.place)
      if case .tasks(let name) = loop.source { scope = inherited(from: name, task) }
      if let other = scope.variables.first(where: { $0.name == loop.variable }) {
        throw RecipeError(
          loop.place, "there is a variable '\(loop.variable)' already, from line \(other.place.line)",
          remedy: "use another name")
      }
      scope = CheckedTask(
        declaration: task, ancestors: scope.ancestors, variables: scope.variables + [variable])
    }
    return scope
  }

  private func inherited(from name: String, _ task: TaskDeclaration) -> CheckedTask {
    guard let parent = checked[name] else { preconditionFailure("\(name) is ordered behind \(task.name)") }
    return CheckedTask(declaration: task, ancestors: parent.ancestors + [name], variables: parent.variables)
  }

  private func content(of loop: Loop, _ scope: CheckedTask) throws(RecipeError) -> Variable.Content {
    switch loop.source {
    case .tasks: .task
    case .list(let reference): try elementContent(reference, of: loop, scope)
    case .literal: .json
    }
  }

  private func elementContent(
    _ reference: Reference, of loop: Loop, _ scope: CheckedTask
  ) throws(RecipeError) -> Variable.Content {
    if case .input(let name) = reference.root, let input = inputs[name], input.kind == .list || input.kind == .files {
      _ = try content(of: reference, at: loop.sourcePlace, scope)
      return .text
    }
    switch try content(of: reference, at: loop.sourcePlace, scope) {
    case .json: return .json
    case .text, .task:
      throw RecipeError(
        loop.sourcePlace, "'\(reference.text)' is no list",
        remedy: "go through an input of type list, files or json, the output of a task, or a list in [ ]")
    }
  }

  // MARK: References

  /// What a reference leads to.
  private func content(
    of reference: Reference, at place: Place, _ scope: CheckedTask
  ) throws(RecipeError) -> Variable.Content {
    let content: Variable.Content
    switch reference.root {
    case .variable(let name): content = try variable(name, at: place, scope).content
    case .input(let name): content = try input(name, at: place).kind == .json ? .json : .text
    case .output(let name):
      try checkOutput(of: name, at: place, scope)
      content = .json
    case .index(let name), .count(let name):
      guard try variable(name, at: place, scope).content != .task else {
        throw RecipeError(
          place, "'\(name)' goes through tasks, which have no numbers",
          remedy: "use a variable of theirs, which goes through a list")
      }
      content = .text
    }
    if content != .json, let member = reference.path.first {
      throw RecipeError(
        place, "'\(reference.text)': what stands before '\(member)' has no members",
        remedy: "leave '.\(member)' out; values of type json and outputs have members")
    }
    return content
  }

  private func variable(_ name: String, at place: Place, _ scope: CheckedTask) throws(RecipeError) -> Variable {
    if let variable = scope.variables.first(where: { $0.name == name }) { return variable }
    throw RecipeError(place, "no variable '\(name)' in task '\(scope.name)'", remedy: remedy(forVariable: name, scope))
  }

  /// Most often the word that says what a name is was left out.
  private func remedy(forVariable name: String, _ scope: CheckedTask) -> String {
    if inputs[name] != nil { return "the input is called \(Reference.inputs).\(name)" }
    if name == Reference.tasks || tasks.contains(where: { $0.name == name }) {
      return "foreach goes through tasks as 'variable: tasks.NAME'; what a task has made is outputs.NAME.MEMBER"
    }
    let known = scope.variables.map(\.name) + inputNames.map { "\(Reference.inputs).\($0)" }
    return suggestion(for: name, among: known, "there are")
  }

  private func input(_ name: String, at place: Place) throws(RecipeError) -> RecipeInput {
    guard let input = inputs[name] else {
      throw RecipeError(
        place, "there is no input '\(name)'", remedy: suggestion(for: name, among: inputNames, "there are"))
    }
    return input
  }

  private func checkOutput(of name: String, at place: Place, _ scope: CheckedTask) throws(RecipeError) {
    guard let maker = checked[name] else { preconditionFailure("\(name) is ordered behind \(scope.name)") }
    guard !maker.isRepeated || scope.ancestors.contains(name) else {
      throw RecipeError(
        place, "there can be many tasks '\(name)', and it is open whose output is meant",
        remedy: "begin the foreach of '\(scope.name)' with a variable over \(Reference.tasks).\(name)")
    }
    let outputs = maker.declaration.outputs
    guard outputs.count == 1, outputs[0].ending.hasSuffix(".json") else {
      throw RecipeError(
        place, "task '\(name)' does not say that it makes one JSON file",
        remedy: "give it 'outputs:' with one path that ends with .json")
    }
  }

  // MARK: new_only

  /// What is left out is told before anything is made: so all that a task with `new_only` becomes has to follow from inputs.
  private func checkNewOnly(_ task: CheckedTask) throws(RecipeError) {
    let declaration = task.declaration
    if let newOnly = declaration.newOnly { try checkRoot(task, newOnly) }
    guard
      let root = ([task.name] + task.ancestors).first(where: { name in
        (name == task.name ? declaration : checked[name]?.declaration)?.newOnly != nil
      })
    else { return }
    try refuseNumbers(of: root, in: task)
    let loops = declaration.loops.compactMap { loop in loop.reference.map { ($0, loop.sourcePlace) } }
    let names = declaration.keyAndOutputs.flatMap(\.placeholders)
      .map { ($0.reference, $0.place) }
    for (reference, place) in loops + names where reference.task != nil {
      throw RecipeError(
        place, "'\(root)' has new_only, and what '\(task.name)' makes is not known before '\(reference.text)' is",
        remedy: "let it follow from inputs, or take 'new_only' out")
    }
  }

  /// The numbers of a group are those among the groups that are made: in the next job another group has them, and would
  /// write over the files of the first.
  private func refuseNumbers(of root: String, in task: CheckedTask) throws(RecipeError) {
    let variables = (root == task.name ? task : checked[root])?.declaration.loops.map(\.variable) ?? []
    for placeholder in task.declaration.keyAndOutputs.flatMap(\.placeholders) {
      guard let variable = placeholder.reference.numbered, variables.contains(variable) else { continue }
      throw RecipeError(
        placeholder.place,
        "'\(placeholder.reference.text)' is another number when '\(root)' leaves groups out (new_only)",
        remedy: "put '{\(variable)}' into keys and outputs")
    }
  }

  private func checkRoot(_ task: CheckedTask, _ newOnly: NewOnly) throws(RecipeError) {
    let declaration = task.declaration
    guard declaration.loops.count == 1, declaration.needs.isEmpty, !declaration.outputs.isEmpty,
      !declaration.placeholders.contains(where: { $0.reference.task != nil }), task.ancestors.isEmpty
    else {
      throw RecipeError(
        newOnly.place, "'new_only' is for a task with outputs that goes through one list and needs no other",
        remedy: "put it on the first task of a group; what is made from that is left out with it")
    }
    for placeholder in newOnly.placeholders {
      guard case .input(let name) = placeholder.reference.root, inputs[name]?.kind == .integer else {
        throw RecipeError(
          placeholder.place, "'\(placeholder.reference.text)' is no whole number",
          remedy: "name an input of type integer")
      }
    }
  }

  // MARK: Names

  /// A variable that is used as an object gives no text for a key.
  private func refuseObjectsInKey(_ task: CheckedTask) throws(RecipeError) {
    let declarations = [task.declaration] + task.ancestors.compactMap { checked[$0]?.declaration }
    let references = declarations.flatMap { $0.placeholders.map(\.reference) + $0.loops.compactMap(\.reference) }
    let loops = declarations.flatMap(\.loops)
    for variable in task.variables where variable.content == .json {
      guard
        let used = references.first(where: { $0.root == .variable(variable.name) && !$0.path.isEmpty })
          ?? loops.first(where: { $0.variable == variable.name })?.literalObject
      else { continue }
      throw RecipeError(
        task.declaration.place, "'\(variable.name)' is an object, of which no key can be made",
        remedy: "add 'key:' to task '\(task.name)', such as key: \"\(task.name)/{\(used.text)}\"")
    }
  }
}

extension Loop {
  fileprivate var reference: Reference? { if case .list(let reference) = source { reference } else { nil } }

  /// A member of an object that it goes through, for an example.
  fileprivate var literalObject: Reference? {
    guard case .literal(let values) = source, let object = values.first(where: { $0.members != nil })
    else { return nil }
    return Reference("\(variable).\(object.members?.first?.key ?? "name")") ?? Reference("\(variable).name")
  }
}
