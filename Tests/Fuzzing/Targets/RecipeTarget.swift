import JSON
import JobModel
import Recipes
import YAML

/// Recipes: `Recipe(parsing:)`, the values of its inputs and `expand`. Promised:
///
/// - A recipe is refused with a place in the text, words and a remedy, or read; both times the same.
/// - Its tasks are the same each time, have keys and files of their own, need tasks that come before them, and fit a message.
/// - In whatever order outputs become known, no task that was told changes or goes, and in the end there are the same.
package enum RecipeTarget: FuzzTarget {
  package static let name = "recipe"
  package static let words =
    [
      "recipe: r\n", "about: ", "inputs:\n  a: ", "limits: {budget_usd: 1}\n", "tasks:\n",
      "  t:\n    kind: docs\n", "    foreach: {v: ", "    needs: [t]\n", "    needs_policy: settled\n", "    key: ",
      "    title: ", "    phase: p\n",
      "    prompt: |\n      ", "    payload: {p: ", "    schema: {type: object}\n", "    outputs: [",
      "    credits: 1\n",
      "    collections: [", "{type: list, default: [x, y]}", "{type: json, default: {m: [1, {n: 2}]}}", "type: integer",
      "inputs.a", "outputs.t.m", "tasks.t", "{v}", "{v.n}", "{inputs.a}", "{outputs.t.m}", "{{", "}}", "t.json",
    ]
    + [
      "[1, 2]", "&a ", "*a", "!!str ", "---\n", "...\n", "\t", "|2-\n", ">+\n", "? ", ": ", "- ", "\"\\x7B\"",
      "%YAML 1.1\n",
      "\u{2028}",
    ]

  package static func check(_ input: [UInt8]) throws {
    let (first, second) = (parsed(input), parsed(input))
    switch (first, second) {
    case (.success(let recipe), .success(let again)):
      try promise("a recipe is read the same both times", recipe.outline == again.outline && recipe.name == again.name)
      try checkTasks(of: recipe)
    case (.failure(let error), .failure(let again)):
      try promise("a recipe is refused the same both times", error == again)
      try check(error, in: input)
    default: throw BrokenPromise("a recipe is read both times or refused both times")
    }
  }

  private static func parsed(_ input: [UInt8]) -> Result<Recipe, RecipeError> {
    Result { () throws(RecipeError) in try Recipe(parsing: input) }
  }

  private static func check(_ error: RecipeError, in input: [UInt8]) throws {
    let scalars = String(decoding: input, as: UTF8.self).unicodeScalars
    let breaks = scalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }
    try promise("'\(error)' has words", !error.problem.isEmpty && !error.remedy.isEmpty)
    try promise("'\(error)' is in the text", (1...breaks + 1).contains(error.place.line))
    try promise("'\(error)' is in its line", (1...scalars.count + 1).contains(error.place.column))
    try promise("'\(error)' takes two lines", error.description.split(separator: "\n").count == 2)
  }

  // MARK: Tasks

  /// More would only take longer.
  private static var limits: ExpansionLimits {
    var limits = ExpansionLimits()
    limits.tasksMax = 200
    limits.needsMax = 2_000
    limits.bytesMax = 1 << 20
    return limits
  }
  private static let stepsMax = 20

  private static func checkTasks(of recipe: Recipe) throws {
    guard let values = try? recipe.values(given(recipe)) else { return }
    var outputs: [TaskKey: JSONValue] = [:]
    var told: [RecipeTask] = []
    for _ in 0..<stepsMax {
      guard let expansion = try? recipe.expand(values, outputs: outputs, limits: limits) else { return }
      try promise("no task that was told changes", Set(told).isSubset(of: expansion.tasks))
      try check(expansion.tasks)
      told = expansion.tasks
      guard let wait = expansion.waits.first else { break }
      try promise("nobody waits for what is known", outputs[wait.maker] == nil)
      outputs[wait.maker] = try JSONDocument(output).root
    }
    let again = try recipe.expand(values, outputs: outputs, limits: limits)
    try promise("the same outputs give the same tasks", again.tasks == told)
  }

  /// What every task makes.
  private static let output = Array(#"{"m":["a","b"],"n":[{"n":1},{"n":2}],"o":{"n":"x"}}"#.utf8)

  private static func given(_ recipe: Recipe) -> [GivenInput] {
    recipe.missingInputs.map { input in
      switch input.kind {
      case .file, .files: GivenInput(input.name, .file(name: "f.png", bytes: []))
      case .json: GivenInput(input.name, .text(#"{"m":["x",{"n":"y"}]}"#))
      case .boolean: GivenInput(input.name, .text("true"))
      case .text, .integer, .number, .list: GivenInput(input.name, .text("1"))
      }
    }
  }

  private static func check(_ tasks: [RecipeTask]) throws {
    var keys: Set<TaskKey> = []
    var paths: Set<ResultPath> = []
    for task in tasks {
      try promise("needs come before", keys.isSuperset(of: task.needs))
      try promise("a key is that of one task", keys.insert(task.key).inserted)
      for path in task.outputs { try promise("a file has one maker", paths.insert(path).inserted) }
      try promise("a payload is an object that fits", task.payload.bytes.count <= ModelLimits.payloadBytesMax)
      try promise("a payload is JSON", (try? RawJSON(parsing: task.payload.bytes))?.value.members != nil)
    }
  }
}
