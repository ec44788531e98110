import JobModel
import YAML

/// Writes down one task.
struct TaskWriter {
  let evaluator: Evaluator
  let declaration: TaskDeclaration

  /// - parameter indexes: of the needs, in the order of the recipe.
  /// - throws: `NoValue.waits` when something of the task is not known yet.
  func task(_ row: TaskRows.Known, _ indexes: [NeedIndex]) throws(NoValue) -> RecipeTask {
    var scope = row.scope
    var writer = PayloadWriter(evaluator, declaration.place)
    let payload = try writer.payload(declaration.payload, &scope)
    let title = try declaration.title.map { template throws(NoValue) in try line(template, &scope) }
    let phase = try declaration.phase.map { template throws(NoValue) in try line(template, &scope) }
    let outputs = try outputs(&scope)
    return RecipeTask(
      key: row.key, declaration: declaration.name, kind: declaration.kind, op: declaration.op, title: title,
      phase: phase, payload: payload, needs: try needs(scope, indexes),
      waitsForSettled: declaration.waitsForSettled, outputs: outputs, timeoutMs: declaration.timeoutMs,
      attemptsMax: declaration.attemptsMax, crashesMax: declaration.crashesMax, reuseBy: declaration.reuseBy,
      credits: declaration.credits, columns: try columns(&scope), collections: try collections(&scope),
      section: try declaration.section.map { template throws(NoValue) in
        let text = try evaluator.text(template, &scope, bytesMax: ModelLimits.collectionBytesMax)
        return try named { () throws(RecipeError) in try template.section(text) }
      })
  }

  private func line(_ template: Template, _ scope: inout Scope) throws(NoValue) -> String {
    try evaluator.text(template, &scope, bytesMax: ModelLimits.titleBytesMax)
  }

  /// The paths that one task declares.
  func outputs(_ scope: inout Scope) throws(NoValue) -> [ResultPath] {
    var paths: [ResultPath] = []
    for template in declaration.outputs {
      let text = try evaluator.text(template, &scope, bytesMax: ModelLimits.outputsBytesPerTaskMax)
      paths.append(try named { () throws(RecipeError) in try template.path(text) })
    }
    guard paths.reduce(0, { $0 + $1.text.utf8.count }) <= ModelLimits.outputsBytesPerTaskMax else {
      throw .fails(
        RecipeError(
          declaration.place, "the outputs of one task hold more than \(ModelLimits.outputsBytesPerTaskMax) bytes",
          remedy: "use shorter paths or more tasks"))
    }
    return paths
  }

  private func columns(_ scope: inout Scope) throws(NoValue) -> FileColumns {
    var columns = FileColumns()
    for (name, template) in declaration.columns {
      let text = try evaluator.text(template, &scope, bytesMax: ModelLimits.columnBytesMax)
      columns[name] = try named { () throws(RecipeError) in try template.column(text, of: name) }
    }
    return columns
  }

  private func collections(_ scope: inout Scope) throws(NoValue) -> [CollectionName] {
    var names: [CollectionName] = []
    for template in declaration.collections {
      let text = try evaluator.text(template, &scope, bytesMax: ModelLimits.collectionBytesMax)
      names.append(try named { () throws(RecipeError) in try template.collection(text) })
    }
    return names
  }

  private func named<Name>(_ make: () throws(RecipeError) -> Name) throws(NoValue) -> Name {
    do throws(RecipeError) {
      return try make()
    } catch {
      throw .fails(error)
    }
  }

  /// Those that the recipe names, and those whose output the task was made of; each once.
  private func needs(_ scope: Scope, _ indexes: [NeedIndex]) throws(NoValue) -> [TaskKey] {
    var needs: [TaskKey] = []
    var known: Set<TaskKey> = []
    for index in indexes {
      for key in try index.needs(of: scope) where known.insert(key).inserted { needs.append(key) }
    }
    for maker in scope.makers where known.insert(maker).inserted { needs.append(maker) }
    guard needs.count <= ModelLimits.needsPerTaskMax else {
      throw .fails(
        RecipeError(
          declaration.place, "a task '\(declaration.name)' needs \(needs.count) others",
          remedy: "at most \(ModelLimits.needsPerTaskMax) are possible; put a step between"))
    }
    return needs
  }
}
