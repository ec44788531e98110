import JSON
import JobModel
import YAML

/// Why something has no value.
enum NoValue: Error {
  /// This task has not made its JSON yet.
  case waits(TaskKey)
  case fails(RecipeError)
}

/// The values that placeholders of one task have.
struct Scope {
  struct Variable {
    let name: String
    let value: JSONValue
    let isTask: Bool
    /// In the list that it goes through, from 1.
    var index = 0
    /// Of that list.
    var count = 0
  }

  /// By name.
  var variables: [Variable] = []
  /// The tasks that it is made from, by the names that they have in the recipe.
  var ancestors: [String: TaskKey] = [:]
  /// Whose output was looked at for the task's own variables.
  var makers: [TaskKey] = []
}

/// How much work an expansion has been.
final class Effort {
  private(set) var steps = 0
  private let stepsMax: Int

  init(stepsMax: Int) { self.stepsMax = stepsMax }

  /// - throws: `NoValue.fails` when it becomes too much.
  func spend(_ more: Int, at place: Place) throws(NoValue) {
    steps += more
    guard steps > stepsMax else { return }
    throw .fails(
      RecipeError(
        place, "making the tasks takes more than \(stepsMax) steps",
        remedy: "let the JSON that tasks are made from be smaller, or go through shorter lists"))
  }
}

/// Looks up references, and writes texts.
struct Evaluator {
  let effort: Effort
  let values: InputValues
  let outputs: [TaskKey: JSONValue]
  /// The tasks that are made once, by name.
  var singles: [String: TaskRows] = [:]

  func value(_ reference: Reference, at place: Place, _ scope: inout Scope) throws(NoValue) -> JSONValue {
    var value: JSONValue
    switch reference.root {
    case .variable(let name):
      value = variable(name, scope).value
    case .input(let name):
      guard let found = values[name] else { preconditionFailure("the input \(name) was checked") }
      value = found
    case .output(let name): value = try output(of: name, &scope)
    case .index(let name): value = RawJSON(.int(Int64(variable(name, scope).index))).value
    case .count(let name): value = RawJSON(.int(Int64(variable(name, scope).count))).value
    }
    for name in reference.path {
      var steps = 0
      let member = value.member(name, steps: &steps)
      try effort.spend(steps, at: place)
      guard let member else {
        throw .fails(
          RecipeError(
            place, "'\(reference.text)': \(value.words) without a member '\(name)'",
            remedy: "look at what the value is, or let a schema demand the member"))
      }
      value = member
    }
    return value
  }

  private func variable(_ name: String, _ scope: Scope) -> Scope.Variable {
    guard let found = scope.variables.first(where: { $0.name == name }) else {
      preconditionFailure("the variable \(name) was checked")
    }
    return found
  }

  private func output(of name: String, _ scope: inout Scope) throws(NoValue) -> JSONValue {
    let maker = if let ancestor = scope.ancestors[name] { ancestor } else { try single(name) }
    guard let output = outputs[maker] else { throw .waits(maker) }
    if !scope.makers.contains(maker) { scope.makers.append(maker) }
    return output
  }

  /// The key of a task that is made once.
  private func single(_ name: String) throws(NoValue) -> TaskKey {
    guard let rows = singles[name] else { preconditionFailure("\(name) was checked to be made once, and before") }
    if let pending = rows.pending.first { throw .waits(pending.maker) }
    guard let known = rows.known.first else { preconditionFailure("\(name) is made once") }
    return known.key
  }

  // MARK: Texts

  /// - parameters:
  ///   - bytesMax: what the text may take.
  ///   - takesJSON: whether lists and objects may stand in it, as JSON.
  func text(
    _ template: Template, _ scope: inout Scope, bytesMax: Int, takesJSON: Bool = false
  ) throws(NoValue) -> String {
    var text = ""
    for part in template.parts {
      switch part {
      case .text(let words): text += words
      case .placeholder(let placeholder):
        let value = try value(placeholder.reference, at: placeholder.place, &scope)
        guard let words = value.inText(takesJSON: takesJSON) else {
          throw .fails(
            RecipeError(
              placeholder.place, "'\(placeholder.reference.text)' is \(value.words), no text",
              remedy: "use one of its members, or a value that is a text or a number"))
        }
        text += words
      }
      guard text.utf8.count <= bytesMax else {
        throw .fails(
          RecipeError(template.place, "the text gets longer than \(bytesMax) bytes", remedy: "put shorter values in"))
      }
    }
    return text
  }
}

extension JSONValue {
  /// As a part of a text; nil when it cannot be one.
  func inText(takesJSON: Bool) -> String? {
    switch kind {
    case .string: string
    case .int, .float, .bool: String(decoding: raw, as: UTF8.self)
    case .null: nil
    case .array, .object: takesJSON ? String(decoding: minified, as: UTF8.self) : nil
    }
  }
}
