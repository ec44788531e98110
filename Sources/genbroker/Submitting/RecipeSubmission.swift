import BrokerClient
import CommandLine
import JobModel
import Recipes
import Wire
import YAML

/// A recipe that is to become a job.
struct RecipeSubmission {
  /// Where it is.
  let path: String
  private let order: RecipeOrder
  /// What its inputs of type file and files name.
  private let files: [InputFile]

  /// Reads a recipe, and the values for its inputs.
  ///
  /// - parameter given: `name=value` or `name=@file`.
  /// - throws: `UserError` for a recipe or a value that is wrong, `UsageError` for a file that cannot be read.
  init(_ path: String, _ given: [KeyValue]) throws {
    let bytes = try RecipeFile.bytes(path)
    do {
      let recipe = try Recipe(parsing: bytes)
      order = try RecipeOrder(
        file: path.split(separator: "/").last.map(String.init) ?? path, bytes: bytes,
        given.map { option throws(UsageError) in try RecipeFile.given(option, recipe) })
      // What is wrong with the tasks that can be told already, nobody shall hear from a job that has failed.
      _ = try recipe.expand(order.values)
      files = given.filter { recipe.isForJob($0) }.map { InputFile(path: String($0.value.dropFirst())) }
    } catch let error as RecipeError {
      throw error.asUserError(file: path)
    }
    try checkInputFiles(files)
    self.path = path
  }

  /// The kinds of the plugins that its tasks need.
  var kinds: [Kind] {
    var kinds: [Kind] = []
    for kind in order.recipe.outline.map(\.kind) where !kinds.contains(kind) { kinds.append(kind) }
    return kinds
  }

  /// Uploads what it reads and makes the call that submits the job. What the command line does not bound, the recipe does.
  func submission(
    _ broker: BrokerConnection, _ job: JobOptions, _ choice: ModelChoice
  ) async throws -> JobsAPI.Submit {
    let inputs = try await broker.upload(files)
    var task = JobsAPI.TaskSpec(key: TaskKey.recipe.text)
    (task.op, task.title, task.phase, task.payload) = (
      "expand", "Recipe \(order.recipe.name)", RecipeOrder.phase, order.payload
    )
    var call = try job.submission(kind: .recipe, tasks: [task], inputs: inputs, choice)
    if call.title == nil { call.title = order.recipe.about.isEmpty ? order.recipe.name : order.recipe.about }
    let budget = job.models.limits.changed(JobsAPI.Budget(order.recipe.budget))
    if budget != JobsAPI.Budget() { call.budget = budget }
    return call
  }
}

extension JobsAPI.Budget {
  fileprivate init(_ budget: Budget) {
    self.init(
      picoUsd: budget.picoUSD.map { Int($0) }, calls: budget.calls.map { Int($0) },
      tokens: budget.tokens.map { Int($0) }, credits: budget.credits.map { Int($0) })
  }
}

extension Recipe {
  /// Whether the job reads the file that an option names.
  fileprivate func isForJob(_ option: KeyValue) -> Bool {
    let kind = inputs.first { $0.name == option.key }?.kind
    return kind == .file || kind == .files
  }
}

extension RecipeError {
  /// The same, as an error of a command that submits.
  func asUserError(file: String) -> UserError {
    UserError("\(file):\(place.line):\(place.column): \(problem)", remedy: remedy, exitCode: .usage)
  }
}
