import JSON
import JobModel
import YAML

/// One expansion of a recipe.
struct Expander {
  private var evaluator: Evaluator
  private let limits: ExpansionLimits
  private let selection: Selection?
  private var rows: [String: TaskRows] = [:]
  private var tasks: [RecipeTask] = []
  private var waits: [RecipeWait] = []
  private var knownWaits: Set<RecipeWait> = []
  /// Who has a key, and who makes a file.
  private var owners: [TaskKey: CheckedTask] = [:]
  private var places = OutputPlaces<TaskKey>()
  private var rowCount = 0
  private var needCount = 0
  private var byteCount = 0

  init(
    values: InputValues, outputs: [TaskKey: JSONValue], limits: ExpansionLimits, selection: Selection? = nil
  ) {
    self.selection = selection
    evaluator = Evaluator(effort: Effort(stepsMax: limits.stepsMax), values: values, outputs: outputs)
    self.limits = limits
  }

  mutating func expand(_ recipe: Recipe) throws(RecipeError) -> Expansion {
    for task in recipe.order {
      let rows = try add(task)
      for pending in rows.pending { wait(task, for: pending.maker) }
      try state(rows)
    }
    return Expansion(tasks: tasks, waits: waits)
  }

  /// Finds out what a task becomes, and remembers it for those that are made from it.
  mutating func add(_ task: CheckedTask) throws(RecipeError) -> TaskRows {
    let rows = try makeRows(task)
    self.rows[task.name] = rows
    if !task.isRepeated { evaluator.singles[task.name] = rows }
    return rows
  }

  /// The outputs of one task.
  func outputs(_ row: TaskRows.Known, _ declaration: TaskDeclaration) throws(NoValue) -> [ResultPath] {
    var scope = row.scope
    return try TaskWriter(evaluator: evaluator, declaration: declaration).outputs(&scope)
  }

  private mutating func wait(_ task: CheckedTask, for maker: TaskKey) {
    let wait = RecipeWait(declaration: task.name, maker: maker)
    if knownWaits.insert(wait).inserted { waits.append(wait) }
  }

  // MARK: Rows

  private mutating func makeRows(_ task: CheckedTask) throws(RecipeError) -> TaskRows {
    var rows = TaskRows(task: task)
    var scopes = [Scope()]
    for loop in task.declaration.loops {
      var next: [Scope] = []
      if case .tasks(let name) = loop.source {
        guard let parent = self.rows[name] else { preconditionFailure("\(name) is ordered before") }
        next = parent.known.map { $0.scope.inherited(by: loop, from: name, $0.key) }
        rows.pending = parent.pending
      } else {
        for scope in scopes where next.count <= limits.tasksMax { try go(through: loop, scope, &next, &rows) }
      }
      scopes = next
      try refuse(scopes.count + rows.pending.count + rowCount > limits.tasksMax, task.declaration.place)
    }
    for scope in scopes { try addRow(scope, &rows) }
    if let kept = selection?[task.name] { rows.keep(kept) }
    rowCount += rows.known.count + rows.pending.count
    try refuse(rowCount > limits.tasksMax, task.declaration.place)
    return rows
  }

  private func refuse(_ isTooMuch: Bool, _ place: Place) throws(RecipeError) {
    guard isTooMuch else { return }
    throw RecipeError(
      place, "the recipe becomes more than \(limits.tasksMax) tasks",
      remedy: "give shorter lists, or submit it in parts")
  }

  private func go(
    through loop: Loop, _ scope: Scope, _ next: inout [Scope], _ rows: inout TaskRows
  ) throws(RecipeError) {
    var scope = scope
    do throws(NoValue) {
      let elements = try elements(of: loop, &scope)
      for (index, element) in elements.enumerated() {
        var inner = scope
        inner.variables.append(
          .init(name: loop.variable, value: element, isTask: false, index: index + 1, count: elements.count))
        next.append(inner)
        guard next.count <= limits.tasksMax else { return }
      }
    } catch {
      try pend(error, scope, &rows)
    }
  }

  private func pend(_ error: NoValue, _ scope: Scope, _ rows: inout TaskRows) throws(RecipeError) {
    switch error {
    case .waits(let maker): rows.pending.append(.init(ancestors: scope.ancestors, maker: maker))
    case .fails(let error): throw error
    }
  }

  private func elements(of loop: Loop, _ scope: inout Scope) throws(NoValue) -> [JSONValue] {
    guard case .list(let reference) = loop.source else {
      guard case .literal(let values) = loop.source else { preconditionFailure("tasks are no values") }
      try evaluator.effort.spend(values.count, at: loop.sourcePlace)
      return values
    }
    let value = try evaluator.value(reference, at: loop.sourcePlace, &scope)
    guard let elements = value.elements else {
      throw .fails(
        RecipeError(
          loop.sourcePlace, "'\(reference.text)' is \(value.words), no list",
          remedy: "go through a list, or let a schema demand one"))
    }
    try evaluator.effort.spend(elements.count, at: loop.sourcePlace)
    return elements
  }

  private mutating func addRow(_ scope: Scope, _ rows: inout TaskRows) throws(RecipeError) {
    var scope = scope
    do throws(NoValue) {
      let key = try key(of: rows.task, &scope)
      try own(key, rows.task)
      rows.known.append(.init(key: key, scope: scope))
    } catch {
      try pend(error, scope, &rows)
    }
  }

  // MARK: Keys

  private func key(of task: CheckedTask, _ scope: inout Scope) throws(NoValue) -> TaskKey {
    let template = task.declaration.key
    let text =
      if let template {
        try evaluator.text(template, &scope, bytesMax: ModelLimits.payloadBytesMax)
      } else {
        try standardKey(of: task, scope)
      }
    do throws(RecipeError) {
      return try task.declaration.checkedKey(text)
    } catch {
      throw .fails(error)
    }
  }

  /// The name of the task, and its variables.
  private func standardKey(of task: CheckedTask, _ scope: Scope) throws(NoValue) -> String {
    var parts = [task.name]
    for variable in scope.variables where !variable.isTask {
      guard let text = variable.value.inText(takesJSON: false) else {
        throw .fails(
          RecipeError(
            task.declaration.place, "'\(variable.name)' is \(variable.value.words), of which no key can be made",
            remedy: "add 'key:' to task '\(task.name)', such as key: \"\(task.name)/{\(variable.name).name}\""))
      }
      parts.append(text)
    }
    return parts.joined(separator: "/")
  }

  private mutating func own(_ key: TaskKey, _ task: CheckedTask) throws(NoValue) {
    guard let other = owners.updateValue(task, forKey: key) else { return }
    let both = other.name == task.name ? "two tasks '\(task.name)'" : "tasks '\(other.name)' and '\(task.name)'"
    throw .fails(
      RecipeError(
        task.declaration.keyPlace, "\(both) have the key '\(visible(key.text))'",
        remedy: "take out what stands twice in a list, or put another variable into 'key:'"))
  }

  // MARK: Statements

  private mutating func state(_ rows: TaskRows) throws(RecipeError) {
    let declaration = rows.task.declaration
    let indexes = declaration.needs.compactMap { self.rows[$0.name] }.map { NeedIndex(of: $0, for: rows.task) }
    for row in rows.known {
      do throws(NoValue) {
        let task = try TaskWriter(evaluator: evaluator, declaration: declaration).task(row, indexes)
        try take(task, declaration)
      } catch {
        switch error {
        case .waits(let maker): wait(rows.task, for: maker)
        case .fails(let error): throw error
        }
      }
    }
  }

  private mutating func take(_ task: RecipeTask, _ declaration: TaskDeclaration) throws(NoValue) {
    for (index, path) in task.outputs.enumerated() {
      let (problem, other): (String, TaskKey)
      switch places.take(path, by: task.key) {
      case nil: continue
      case .twice(let maker): (problem, other) = ("'\(visible(path.text))' would be made twice", maker)
      case .fileAndDirectory(let file, let maker):
        (problem, other) = ("'\(visible(file.text))' would be a file and a directory", maker)
      }
      throw .fails(
        RecipeError(
          declaration.outputs[index].place,
          "\(problem), by '\(visible(other.text))' and '\(visible(task.key.text))'",
          remedy: "put a variable into the path that tells them apart"))
    }
    needCount += task.needs.count
    byteCount += task.bytes
    guard needCount <= limits.needsMax, byteCount <= limits.bytesMax else {
      throw .fails(
        RecipeError(
          declaration.place,
          "the tasks take more than \(limits.needsMax) needs or "
            + "\(limits.bytesMax >> 20) MiB of payloads, outputs and names",
          remedy: "submit the recipe in parts"))
    }
    tasks.append(task)
  }
}

extension Scope {
  /// The scope of a task that is made from the one that has this scope.
  fileprivate func inherited(by loop: Loop, from name: String, _ key: TaskKey) -> Scope {
    var scope = Scope(variables: variables, ancestors: ancestors)
    scope.variables.append(.init(name: loop.variable, value: RawJSON(.string(key.text)).value, isTask: true))
    scope.ancestors[name] = key
    return scope
  }
}
