import Foundation
import JSON
import JobModel
import PluginKit
import PluginSupport
import Recipes

@testable import genplugin_code

/// A job of the recipe `phased-project`: its tasks in their order, each given to the plugin as a broker would.
final class CodeJob {
  let host = FakeHost([])
  /// The keys of the tasks that failed, or were skipped because of one that did.
  private(set) var failures: [String: PluginFailure] = [:]
  /// The keys of the tasks in the order in which they were done.
  private(set) var order: [String] = []
  private let recipe: Recipe
  private let values: InputValues
  private var generator: CodeGenerator

  /// The ideas and schemas that tests share.
  static let blog = """
    A blog for a small team.
    entity User: name, email unique
    entity Category
      - name: text(80) required unique
      - parent: Category
    entity Post
      - title: text(120) required
      - slug: text(120) unique
      - body: longtext
      - status: draft|published|archived default=draft
      - published_at
      - is_pinned
      - author: User
      - category: Category optional
    entity Comment
      - post: Post
      - author: User
      - text
      - rating: integer min=1 max=5 optional
    entity Tag
      - name: text(40) unique
      - website
      - weight: number min=0 optional
      - first_seen: date
      - post: Post optional
    """

  static let threeEntities =
    "A shop.\nentity Customer: name, email\nentity Product: name, price\nentity Order: customer, product"

  static let recipeFile = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "contrib/recipes/phased-project.yaml")

  init(
    _ idea: String, known: String = "[]", python: String = "python3",
    model: ((ModelQuestion) throws -> ModelAnswer)? = nil
  ) throws {
    generator = CodeGenerator(python: python)
    recipe = try Recipe(parsing: Array(Data(contentsOf: Self.recipeFile)))
    values = try recipe.values([
      GivenInput("idea", .text(idea)), GivenInput("known", .text(known)),
    ])
    host.model = model
  }

  /// Does all tasks that can be done, one after the other.
  ///
  /// - Parameter before: called before each task; what it throws is the failure of that task.
  @discardableResult
  func run(before: (String) throws -> Void = { _ in }) throws -> CodeJob {
    var known: [TaskKey: JSONValue] = [:]
    var done: Set<String> = []
    while let task = try recipe.expand(values, outputs: known).tasks.first(where: { !done.contains($0.key.text) }) {
      done.insert(task.key.text)
      order.append(task.key.text)
      do {
        try before(task.key.text)
        try run(task)
        if task.key.text == "plan" { known[task.key] = try JSONDocument(host.results["plan.json"]?.bytes ?? []).root }
      } catch let failure as PluginFailure {
        failures[task.key.text] = failure
      }
    }
    return self
  }

  private func run(_ task: RecipeTask) throws {
    let needs = task.needs.map(\.text)
    let missing = needs.filter { failures[$0] != nil }
    if !missing.isEmpty, !task.waitsForSettled {
      throw PluginFailure("skipped", "needs \(missing.joined(separator: ", "))")
    }
    try host.run(
      GenerationTask(
        job: 1, key: task.key.text, op: task.op ?? "generate",
        payload: try JSONText(String(decoding: task.payload.bytes, as: UTF8.self)), outputs: task.outputs.map(\.text),
        missingNeeds: missing),
      needs: needs, &generator)
    for output in task.outputs where host.results[output.text] == nil {
      throw PluginFailure("incomplete", "\(output.text) is missing")
    }
  }

  /// The files of the project: all but the plan and the report.
  var project: [String: String] {
    host.results.filter { $0.key != "plan.json" && $0.key != Report.path }.mapValues {
      String(decoding: $0.bytes, as: UTF8.self)
    }
  }

  /// Puts the project into a directory.
  func write(to directory: String) throws {
    for (path, text) in project {
      let file = URL(filePath: "\(directory)/\(path)")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }
}

/// The entities of a schema in words.
func entities(_ text: String) throws -> [Entity] {
  var builder = EntityBuilder()
  return try builder.entities(SchemaText(text).entities)
}

/// What is wrong with a schema in words; nil when nothing is.
func problem(_ text: String) -> SchemaProblem? {
  do {
    _ = try entities(text)
    return nil
  } catch {
    return error as? SchemaProblem
  }
}
