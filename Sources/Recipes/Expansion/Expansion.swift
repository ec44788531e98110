package import JSON
package import JobModel
import YAML

/// A task that a recipe makes.
package struct RecipeTask: Sendable, Hashable {
  package let key: TaskKey
  /// The task of the recipe that it comes from.
  package let declaration: String
  package let kind: Kind
  /// nil for the plugin's usual one.
  package let op: String?
  package let title: String?
  package let phase: String?
  package let payload: RawJSON
  package let needs: [TaskKey]
  /// Whether it may begin when its needs have ended in any way.
  package let waitsForSettled: Bool
  package let outputs: [ResultPath]
  package let timeoutMs: Int64?
  package let attemptsMax: Int?
  package let crashesMax: Int?
  /// nil for the usual one.
  package let reuseBy: ReuseBasis?
  /// What the job is charged when it is made.
  package let credits: Int64
  /// What its files are found by.
  package let columns: FileColumns
  /// That its outputs belong to, and the section there.
  package let collections: [CollectionName]
  package let section: String?

  /// What its texts take.
  var bytes: Int {
    let names = [title, phase, section].compactMap { $0 } + columns.members.map(\.value) + collections.map(\.text)
    return payload.bytes.count + (names + outputs.map(\.text)).reduce(0) { $0 + $1.utf8.count }
  }
}

/// Tasks of a recipe that cannot be told before another one has made its JSON.
package struct RecipeWait: Sendable, Hashable {
  /// The task of the recipe that waits.
  package let declaration: String
  /// The task whose output it waits for.
  package let maker: TaskKey
}

/// What a recipe becomes, as far as it is known.
package struct Expansion: Sendable {
  /// Each behind those that it needs.
  package let tasks: [RecipeTask]
  /// Empty when all tasks are known. Each once.
  package let waits: [RecipeWait]

  /// Of a recipe of which nothing is known yet.
  package static let empty = Expansion(tasks: [], waits: [])
}

extension Recipe {
  /// The tasks that can be told from what is known.
  ///
  /// The same arguments give the same tasks in the same order. More outputs give more tasks, and none that was told before changes:
  /// a task is told when all that it depends on is known, its needs included. So in whatever order outputs become known,
  /// those that are new by their keys make up the same tasks in the end.
  ///
  /// - parameters:
  ///   - selection: of tasks with `new_only` those that are made; nil for all of them.
  ///   - outputs: the JSON that tasks have made: the content of the one file that they declare. Others may be among them.
  /// - throws: `RecipeError` for tasks with the same key or output, an output that is not what the recipe takes it for, and what
  ///   is too much.
  package func expand(
    _ values: InputValues, outputs: [TaskKey: JSONValue] = [:], limits: ExpansionLimits = ExpansionLimits(),
    selection: Selection? = nil
  ) throws(RecipeError) -> Expansion {
    var expander = Expander(values: values, outputs: outputs, limits: limits, selection: selection)
    return try expander.expand(self)
  }
}
