import CommandLine
import JSON
import JobModel
import Recipes
import Spelling
import YAML

/// `genbroker recipe show`
struct RecipeShow: Command {
  static let about = About(
    "show", "Show the inputs of a recipe, and the tasks that it becomes.",
    discussion: """
      Without --input it shows what the recipe asks for, and its tasks as far as the defaults say. With --input it \
      makes the tasks, as a job would; --json has all of them with payloads, --tasks lists them. Tasks that go \
      through the output of an earlier task are made when that is known: --output plays it. Nothing is submitted, and no \
      broker is needed.
      """,
    examples: [
      .init("genbroker recipe show style-catalog.yaml --input subcategories=Modern", "What one style would be."),
      .init("genbroker recipe show r.yaml --input rooms=@rooms.txt --tasks", "The tasks for rooms from a file."),
      .init("genbroker recipe show r.yaml --output plan=@plan.json", "What comes after the task 'plan'."),
    ])

  @Group var inputs: RecipeInputOptions
  @Option("--output KEY=JSON", "What the task KEY is taken to have made, or @FILE.") var outputs: [KeyValue]
  @Flag("--tasks", "List every task.") var tasks
  @Group var output: JSONOption
  @Argument("FILE", "The recipe.", complete: .files) var file: String

  func run(_ context: CommandContext) async throws -> ExitCode {
    do {
      let recipe = try RecipeFile.recipe(file).get()
      let view = try view(of: recipe)
      if output.json {
        context.output.print(json: view.json)
      } else {
        context.output.print(view.lines(listsTasks: tasks, width: context.output.width, style: context.output.style))
      }
      return .done
    } catch let error as RecipeError {
      context.errors.write(visible(error.text(file: file), keepingLines: true) + "\n")
      return .failed
    }
  }

  /// Without any value for what has no default there is nothing to make tasks of, and nothing wrong either.
  private func view(of recipe: Recipe) throws -> RecipeView {
    var made: [TaskKey: JSONValue] = [:]
    for option in outputs {
      let (key, value) = try RecipeFile.made(option)
      made[key] = value
    }
    guard !inputs.values.isEmpty || recipe.missingInputs.isEmpty else {
      let view = RecipeView(recipe: recipe)
      guard made.isEmpty else {
        throw UsageError(
          "--output is what a task has made, and there are no tasks yet",
          hint: "give a value for \(view.missing) with --input, too")
      }
      return view
    }
    let values = try recipe.values(
      try inputs.values.map { option throws(UsageError) in try RecipeFile.given(option, recipe) })
    let expansion = try recipe.expand(values, outputs: made)
    for option in outputs { try Self.check(option.key, is: expansion.tasks) }
    return RecipeView(recipe: recipe, values: values, expansion: expansion)
  }

  /// What no task has made would play no part, and nobody would notice.
  static func check(_ key: String, is tasks: [RecipeTask]) throws(UsageError) {
    let keys = tasks.map(\.key.text)
    guard !keys.contains(where: { ExactText($0) == ExactText(key) }) else { return }
    let near = nearest(to: key, among: Array(keys.prefix(keysComparedMax)))
    throw UsageError(
      "--output: there is no task '\(key)'", hint: near.map { "did you mean '\($0)'?" } ?? "--tasks lists them")
  }

  private static let keysComparedMax = 1_000
}

extension TextOutput {
  /// The columns of the terminal; nil where lines may have any length.
  fileprivate var width: Int? { terminal.isTerminal ? terminal.columns : nil }
}
