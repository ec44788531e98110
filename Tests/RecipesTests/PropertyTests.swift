import Foundation
import JSON
import JobModel
import TestSupport
import Testing
import YAML

@testable import Recipes

/// Recipes from a seed, which is printed. To repeat a run: `GENBROKER_SEED=… swift test --filter RecipesTests`.
@Suite struct `Recipes made at random` {
  private static let seed = ProcessInfo.processInfo.environment["GENBROKER_SEED"].flatMap(UInt64.init) ?? 20_261_130
  private static let rounds: UInt64 = 300

  private func eachRecipe(_ body: (RandomRecipe, inout SeededRandom) throws -> Void) throws {
    print("seed \(Self.seed)")
    for round in 0..<Self.rounds {
      var random = SeededRandom(seed: Self.seed &+ round)
      let made = RandomRecipe(&random)
      do {
        try body(made, &random)
      } catch {
        Issue.record("round \(round): \(error)\n\(made.yaml)")
      }
    }
  }

  @Test func `become the same tasks whenever they are expanded`() throws {
    try eachRecipe { made, random in
      let outputs = try made.allOutputs()
      let first = try made.recipe.expand(made.recipe.values([]), outputs: outputs)
      let second = try recipe(made.yaml).expand(made.recipe.values([]), outputs: outputs)
      #expect(first.tasks == second.tasks && first.waits.isEmpty && second.waits.isEmpty)
    }
  }

  @Test func `become the same tasks in whatever order outputs become known`() throws {
    try eachRecipe { made, random in
      let all = try made.recipe.expand(made.recipe.values([]), outputs: made.allOutputs()).tasks
      for _ in 0..<3 {
        let told = try made.tellInParts(&random)
        #expect(Set(told) == Set(all) && told.count == all.count, "\(made.yaml)")
      }
    }
  }

  @Test func `have tasks with keys of their own that need tasks which are told`() throws {
    try eachRecipe { made, random in
      let tasks = try made.recipe.expand(made.recipe.values([]), outputs: made.allOutputs()).tasks
      var known: Set<TaskKey> = []
      for task in tasks {
        #expect(known.isSuperset(of: task.needs))
        #expect(known.insert(task.key).inserted)
      }
    }
  }

  @Test func `are of every shape`() throws {
    var (repeated, waiting, nested, many) = (0, 0, 0, 0)
    try eachRecipe { made, random in
      repeated += made.recipe.order.contains { $0.isRepeated } ? 1 : 0
      nested += made.recipe.order.contains { $0.ancestors.count > 1 } ? 1 : 0
      let first = try made.recipe.expand(made.recipe.values([]))
      waiting += first.waits.isEmpty ? 0 : 1
      many += first.tasks.contains { $0.needs.count > 1 } ? 1 : 0
    }
    #expect(min(repeated, waiting, nested, many) > 30, "\(repeated) \(waiting) \(nested) \(many)")
  }
}

/// A recipe of a few tasks that go through lists, outputs and each other.
private struct RandomRecipe {
  let yaml: String
  let recipe: Recipe
  private let seed: UInt64

  init(_ random: inout SeededRandom) {
    seed = random.next()
    var tasks: [Shape] = []
    for _ in 0...(random.next() % 6) { tasks.append(Shape(behind: tasks, &random)) }
    yaml =
      "recipe: r\ninputs: {rooms: {type: list, default: [kitchen, bath]}}\ntasks:\n"
      + tasks.shuffled(using: &random).map(\.text).joined()
    do {
      recipe = try Recipe(parsing: Array(yaml.utf8))
    } catch {
      preconditionFailure("\(error)\n\(yaml)")
    }
  }

  /// What a task makes is known by its key.
  private func output(of key: TaskKey) throws -> JSONValue {
    var random = SeededRandom(seed: key.text.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    let list = ["a", "b", "c"].prefix(Int(random.next() % 4)).map { "\"\($0)\"" }.joined(separator: ",")
    return try json(#"{"list":[\#(list)],"word":"w\#(random.next() % 9)"}"#)
  }

  /// The outputs of all tasks that another one waits for.
  func allOutputs() throws -> [TaskKey: JSONValue] {
    var outputs: [TaskKey: JSONValue] = [:]
    while true {
      let waits = try recipe.expand(recipe.values([]), outputs: outputs).waits
      guard !waits.isEmpty else { return outputs }
      for wait in waits { outputs[wait.maker] = try output(of: wait.maker) }
    }
  }

  /// The new tasks of each step, when one output after the other becomes known.
  func tellInParts(_ random: inout SeededRandom) throws -> [RecipeTask] {
    var outputs: [TaskKey: JSONValue] = [:]
    var told: [TaskKey: RecipeTask] = [:]
    var inOrder: [RecipeTask] = []
    while true {
      let expansion = try recipe.expand(recipe.values([]), outputs: outputs)
      for task in expansion.tasks {
        if let before = told.updateValue(task, forKey: task.key) {
          #expect(before == task, "\(yaml)")
        } else {
          inOrder.append(task)
        }
      }
      #expect(expansion.tasks.count == told.count, "a task is told no more\n\(yaml)")
      guard !expansion.waits.isEmpty else { return inOrder }
      let maker = random.element(of: expansion.waits).maker
      #expect(outputs[maker] == nil)
      outputs[maker] = try output(of: maker)
    }
  }
}

/// One task of a random recipe.
private struct Shape {
  let name: String
  let ancestors: [String]
  let variables: [String]
  let isRepeated: Bool
  let text: String

  init(behind earlier: [Shape], _ random: inout SeededRandom) {
    name = "t\(earlier.count)"
    var ancestors: [String] = []
    var variables: [String] = []
    var loops: [String] = []
    if !earlier.isEmpty, random.chance(percent: 50) {
      let parent = random.element(of: earlier)
      ancestors = parent.ancestors + [parent.name]
      variables = parent.variables
      loops.append("of\(name): tasks.\(parent.name)")
    }
    let makers = earlier.filter { !$0.isRepeated || ancestors.contains($0.name) }.map(\.name)
    if random.chance(percent: 50) {
      var sources = ["inputs.rooms", "[x, y, 3]"]
      if !makers.isEmpty { sources += ["outputs.\(random.element(of: makers)).list"] }
      loops.append("v\(name): \(random.element(of: sources))")
      variables.append("v\(name)")
    }
    self.ancestors = ancestors
    self.variables = variables
    isRepeated = !loops.isEmpty
    // A task that is made from one that is made once has no variable but that.
    let own = isRepeated && variables.isEmpty ? ["of\(name)"] : variables
    let path = ([name] + own.map { "{\($0)}" }).joined(separator: "/")
    var lines = ["kind: docs"]
    if isRepeated { lines.append("foreach: {\(loops.joined(separator: ", "))}") }
    lines.append("outputs: [\"\(path).json\"]")
    let needs = earlier.map(\.name).filter { _ in random.chance(percent: 25) }
    if !needs.isEmpty { lines.append("needs: [\(needs.joined(separator: ", "))]") }
    if !makers.isEmpty, random.chance(percent: 30) {
      lines.append("prompt: Use {outputs.\(random.element(of: makers)).word}")
    }
    text = "  \(name):\n" + lines.map { "    \($0)\n" }.joined()
  }
}
