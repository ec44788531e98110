package import JobModel
import YAML

/// A recipe that was read and checked to its last placeholder: how inputs become a graph of tasks.
package struct Recipe: Sendable {
  /// The word behind `recipe:`.
  package let name: String
  /// One line for people; empty when the recipe says nothing.
  package let about: String
  /// In the order of the file.
  package let inputs: [RecipeInput]
  /// What the model calls of a job may take in all.
  package let budget: Budget
  /// In the order of the file.
  let tasks: [TaskDeclaration]
  /// The same, each behind those that it needs or is made from.
  let order: [CheckedTask]

  /// Reads a recipe.
  ///
  /// - parameter bytes: the file: YAML in UTF-8.
  /// - throws: `RecipeError`: the first thing that is wrong, with its place.
  package init(parsing bytes: [UInt8]) throws(RecipeError) {
    self = try RecipeReader.read(bytes)
  }

  init(_ name: String, _ about: String, _ inputs: [RecipeInput], _ budget: Budget, _ tasks: [TaskDeclaration])
    throws(RecipeError)
  {
    self.name = name
    self.about = about
    self.inputs = inputs
    self.budget = budget
    self.tasks = tasks
    order = try RecipeChecker.check(inputs, tasks)
  }

  /// The tasks as they stand in the file, for people.
  package var outline: [TaskOutline] {
    tasks.map { task in
      TaskOutline(
        name: task.name, kind: task.kind, op: task.op,
        foreach: task.loops.map { "\($0.variable) in \($0.source.text)" },
        newOnly: task.newOnly.map(NewOnlyOutline.init))
    }
  }
}

/// What can be said of a task of a recipe before its inputs are known.
package struct TaskOutline: Sendable, Hashable {
  /// As it is called in the recipe.
  package let name: String
  package let kind: Kind
  /// nil for the plugin's usual one.
  package let op: String?
  /// Each variable with what it goes through; empty for a task that is made once.
  package let foreach: [String]
  /// nil when all of its tasks are made, whatever the project has.
  package let newOnly: NewOnlyOutline?
}

/// How many of a task with `new_only` are made of which the project has nothing. Without both members it is all of them.
package struct NewOnlyOutline: Sendable, Hashable {
  package let limit: Int?
  /// The input that says how many.
  package let input: String?

  init(_ newOnly: NewOnly) {
    switch newOnly.limit {
    case .number(let number): (limit, input) = (number, nil)
    case .input(let placeholder): (limit, input) = (nil, placeholder.reference.input)
    case nil: (limit, input) = (nil, nil)
    }
  }
}
