import CommandLine
import JSON
import JobModel
import Recipes

/// A recipe for people and programs, with its tasks where they are known.
struct RecipeView {
  let recipe: Recipe
  var values: InputValues?
  var expansion: Expansion?

  // MARK: Text

  func lines(listsTasks: Bool, width: Int?, style: Style) -> [String] {
    var lines = [StyledText(recipe.name, .bold) + StyledText(recipe.about.isEmpty ? "" : "  \(recipe.about)")]
    lines += budgetLines
    var text = lines.map { $0.rendered(style) }
    if !recipe.inputs.isEmpty { text += [""] + inputTable.lines(width: width, style: style) }
    text += [""] + outlineTable.lines(width: width, style: style)
    text += newOnlyLines.isEmpty ? [] : [""] + newOnlyLines.map { $0.rendered(style) }
    if listsTasks, let expansion { text += [""] + Self.table(of: expansion.tasks).lines(width: width, style: style) }
    text += expansion?.waits.isEmpty ?? true ? [] : [""] + waitLines.map { $0.rendered(style) }
    guard expansion == nil else { return text }
    let hint = StyledText("give a value for \(missing) with --input to see the tasks", .dim)
    return text + ["", hint.rendered(style)]
  }

  /// The inputs that have neither a value nor a default.
  var missing: String { recipe.missingInputs.map { "'\($0.name)'" }.joined(separator: ", ") }

  private var budgetLines: [StyledText] {
    let limits = Spent.Unit.allCases.compactMap { unit in recipe.budget[unit].map { MoneyText.text($0, unit) } }
    return limits.isEmpty ? [] : [StyledText("at most \(limits.joined(separator: ", "))")]
  }

  private var inputTable: Table {
    var table = Table([.init("INPUT"), .init("TYPE"), .init("VALUE", shrinks: true), .init("ABOUT", shrinks: true)])
    for input in recipe.inputs {
      let value = (values?[input.name] ?? input.standard).map { String(decoding: $0.minified, as: UTF8.self) }
      table.add([
        StyledText(input.name), StyledText(input.kind.rawValue), StyledText(Self.short(value) ?? "needed"),
        StyledText(input.about),
      ])
    }
    return table
  }

  /// A file of a megabyte in a table would be no table.
  private static func short(_ text: String?) -> String? {
    text.map { $0.count > valueCharactersMax ? $0.prefix(valueCharactersMax) + "…" : $0 }
  }

  private static let valueCharactersMax = 60

  private var outlineTable: Table {
    let columns: [Table.Column] = [.init("TASK"), .init("KIND"), .init("OP"), .init("FOR EACH", shrinks: true)]
    var table = Table(columns + (expansion == nil ? [] : [.init("TASKS", .right)]))
    for task in recipe.outline {
      let cells = [task.name, task.kind.name, task.op ?? "", task.foreach.joined(separator: ", ")]
      table.add(cells.map { StyledText($0) } + countCells(task.name))
    }
    return table
  }

  /// What the project has is not known here: so it is said that a job may make less.
  private var newOnlyLines: [StyledText] {
    recipe.outline.compactMap { task in
      guard let newOnly = task.newOnly else { return nil }
      let source = newOnly.input.map { " (inputs.\($0))" } ?? ""
      let limit = limit(of: newOnly).map { "at most \($0)" } ?? (newOnly.input == nil ? "all" : "as many as it says")
      return StyledText(
        "'\(task.name)' has new_only: what the project has whole is left out; of the new ones \(limit) are made\(source)"
      )
    }
  }

  private func limit(of newOnly: NewOnlyOutline) -> Int? {
    guard let name = newOnly.input else { return newOnly.limit }
    return (values?[name] ?? recipe.inputs.first { $0.name == name }?.standard)?.int.map { Int(max(0, $0)) }
  }

  private func countCells(_ name: String) -> [StyledText] {
    guard let expansion else { return [] }
    let isOpen = expansion.waits.contains { $0.declaration == name }
    return [StyledText("\(expansion.tasks.count { $0.declaration == name })\(isOpen ? "+" : "")")]
  }

  private static func table(of tasks: [RecipeTask]) -> Table {
    var table = Table([
      .init("KEY", shrinks: true), .init("PHASE"), .init("NEEDS", .right), .init("OUTPUTS", shrinks: true),
    ])
    for task in tasks {
      table.add([
        StyledText(task.key.text), StyledText(task.phase ?? ""), StyledText(String(task.needs.count)),
        StyledText(task.outputs.map(\.text).joined(separator: ", ")),
      ])
    }
    return table
  }

  private var waitLines: [StyledText] {
    guard let waits = expansion?.waits else { return [] }
    let shown = waits.prefix(Self.waitsShownMax).map {
      StyledText("more of '\($0.declaration)' when '\($0.maker.text)' has made its JSON")
    }
    let rest = waits.count - shown.count
    return shown + (rest > 0 ? [StyledText("and \(rest) more of the kind")] : [])
  }

  private static let waitsShownMax = 10

  // MARK: JSON

  var json: JSONTree {
    var members: [JSONTree.Member] = [
      .init("recipe", .string(recipe.name)), .init("about", .string(recipe.about)),
      .init("limits", limits), .init("inputs", .array(recipe.inputs.map(json))),
      .init("outline", .array(recipe.outline.map(json))),
    ]
    if let expansion {
      members.append(.init("tasks", .array(expansion.tasks.map(\.json))))
      members.append(.init("waits", .array(expansion.waits.map(\.json))))
    }
    return .object(members)
  }

  private var limits: JSONTree {
    .object(
      Spent.Unit.allCases.compactMap { unit in recipe.budget[unit].map { .init(unit.rawValue, .int($0)) } })
  }

  private func json(_ task: TaskOutline) -> JSONTree {
    var members: [JSONTree.Member] = [
      .init("name", .string(task.name)), .init("kind", .string(task.kind.name)),
      .init("op", task.op.map { .string($0) } ?? .null), .init("foreach", .array(task.foreach.map { .string($0) })),
    ]
    if let newOnly = task.newOnly {
      members.append(.init("new_only", .object([.init("limit", limit(of: newOnly).map { .int(Int64($0)) } ?? .null)])))
    }
    return .object(members)
  }

  private func json(_ input: RecipeInput) -> JSONTree {
    var members: [JSONTree.Member] = [
      .init("name", .string(input.name)), .init("type", .string(input.kind.rawValue)),
      .init("about", .string(input.about)),
    ]
    if let standard = input.standard { members.append(.init("default", JSONTree(standard))) }
    if let value = values?[input.name] { members.append(.init("value", JSONTree(value))) }
    return .object(members)
  }
}

extension RecipeWait {
  fileprivate var json: JSONTree { ["task": .string(declaration), "for": .string(maker.text)] }
}

extension RecipeTask {
  /// In the words of a task as it is submitted; `task` is its name in the recipe.
  fileprivate var json: JSONTree {
    let always: [JSONTree.Member] = [
      .init("task", .string(declaration)), .init("key", .string(key.text)), .init("kind", .string(kind.name)),
    ]
    let optional: [(String, JSONTree?)] = [
      ("op", op.map { .string($0) }), ("title", title.map { .string($0) }), ("phase", phase.map { .string($0) }),
      ("payload", JSONTree(payload.value)), ("needs", .array(needs.map { .string($0.text) })),
      ("needs_policy", waitsForSettled ? "settled" : nil), ("outputs", .array(outputs.map { .string($0.text) })),
      ("timeout_ms", timeoutMs.map { .int($0) }), ("max_attempts", attemptsMax.map { .int(Int64($0)) }),
      ("max_crashes", crashesMax.map { .int(Int64($0)) }), ("reuse_by", reuseBy.map { .string($0.rawValue) }),
      ("credits", credits > 0 ? .int(credits) : nil),
      ("columns", columns.isEmpty ? nil : .object(columns.members.map { .init($0.name.rawValue, .string($0.value)) })),
      ("collections", collections.isEmpty ? nil : .array(collections.map { .string($0.text) })),
      ("section", section.map { .string($0) }),
    ]
    return .object(always + optional.compactMap { name, value in value.map { .init(name, $0) } })
  }
}
