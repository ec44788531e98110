import CommandLine
import JSON
import JobModel
import Recipes
import YAML

/// `genbroker recipe check`
struct RecipeCheck: Command {
  static let about = About(
    "check", "Read recipes and say what is wrong with them.",
    discussion: """
      Each wrong recipe gets one message: file, line and column, what is wrong, what to do. A recipe whose inputs all \
      have defaults is also tried with them. Nothing is submitted, and no broker is needed. The exit code is 1 when a \
      recipe is wrong. Kinds and ops that no plugin here knows are only noted: the worker may find others.
      """,
    examples: [.init("genbroker recipe check contrib/recipes/*.yaml", "Check the recipes that come with genbroker.")])

  @Group var output: JSONOption
  @Argument("FILE", "The recipes.", complete: .files) var files: [String]

  func validate() throws(UsageError) {
    if files.isEmpty { throw UsageError("no recipe to check", hint: "name one or more files") }
  }

  func run(_ context: CommandContext) async throws -> ExitCode {
    let results = try files.map { (file: $0, result: Self.tried(try RecipeFile.recipe($0))) }
    if output.json {
      context.output.print(json: .array(results.map { Self.json($0.file, $0.result) }))
    } else {
      for (file, result) in results { tell(file, result, context) }
    }
    try await note(results, context)
    let areAllRight = results.allSatisfy { if case .success = $0.result { true } else { false } }
    return areAllRight ? .done : .failed
  }

  private func note(_ results: [(file: String, result: Result<Recipe, RecipeError>)], _ context: CommandContext)
    async throws
  {
    let recipes = results.compactMap { file, result in (try? result.get()).map { (file: file, recipe: $0) } }
    let kinds = Set(recipes.flatMap { $0.recipe.outline.map(\.kind.name) })
    let plugins = try await RecipePlugins.asked(for: kinds, context)
    for (file, recipe) in recipes { context.warn(plugins.warnings(on: recipe).map { "\(file): \($0)" }) }
  }

  /// Two tasks with the same key or file can only be found by making the tasks.
  private static func tried(_ read: Result<Recipe, RecipeError>) -> Result<Recipe, RecipeError> {
    read.flatMap { recipe in
      Result { () throws(RecipeError) in
        if recipe.missingInputs.isEmpty { _ = try recipe.expand(recipe.values([])) }
        return recipe
      }
    }
  }

  private func tell(_ file: String, _ result: Result<Recipe, RecipeError>, _ context: CommandContext) {
    switch result {
    case .success(let recipe):
      context.output.print(["\(visible(file)): \(Self.words(for: recipe))"])
    case .failure(let error): context.errors.write(visible(error.text(file: file), keepingLines: true) + "\n")
    }
  }

  private static func words(for recipe: Recipe) -> String {
    let (inputs, tasks) = (recipe.inputs.count, recipe.outline.count)
    let inputWords = inputs == 1 ? "1 input" : "\(inputs) inputs"
    return "recipe \(recipe.name), \(inputWords), \(tasks == 1 ? "1 task" : "\(tasks) tasks")"
  }

  private static func json(_ file: String, _ result: Result<Recipe, RecipeError>) -> JSONTree {
    switch result {
    case .success(let recipe): ["file": .string(file), "recipe": .string(recipe.name)]
    case .failure(let error): error.json(file: file)
    }
  }
}
