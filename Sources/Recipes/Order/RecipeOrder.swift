package import JSON
import JobModel
import YAML

/// A recipe on its way to the broker: its text and the values for its inputs, as the payload of the job's first task.
package struct RecipeOrder: Sendable {
  /// Of the tasks that make those of the recipe.
  package static let phase = "Plan"

  /// What people call the file, for errors.
  package let file: String
  package let recipe: Recipe
  package let values: InputValues
  private let text: String

  /// - parameters:
  ///   - bytes: the file.
  ///   - given: the values that do not come from defaults.
  /// - throws: `RecipeError` for a recipe or a value that is wrong, and when both together are more than a payload may hold.
  package init(file: String, bytes: [UInt8], _ given: [GivenInput]) throws(RecipeError) {
    recipe = try Recipe(parsing: bytes)
    values = try recipe.values(given)
    self.file = file
    text = String(decoding: bytes, as: UTF8.self)
    guard payload.bytes.count <= ModelLimits.payloadBytesMax else {
      throw RecipeError(
        .start, "the recipe and the values for its inputs have more than \(ModelLimits.payloadBytesMax >> 10) KiB",
        remedy: "give long texts as inputs of type file, which plugins read in parts")
    }
  }

  /// Reads what ``payload`` has written.
  ///
  /// - throws: `RecipeError` when it holds no recipe, or one that is wrong.
  package init(payload bytes: [UInt8]) throws(RecipeError) {
    let payload = try? JSONDocument(bytes).root
    guard let payload, let text = payload["recipe"]?.string, let file = payload["file"]?.string,
      let values = payload["values"]
    else {
      throw RecipeError(
        .start, "the task has no recipe in its payload",
        remedy: "submit recipes with 'genbroker recipe run FILE'")
    }
    (self.text, self.file) = (text, Self.shown(file))
    recipe = try Recipe(parsing: Array(text.utf8))
    self.values = try recipe.values(values)
  }

  /// What people call the file of a recipe that may be wrong.
  ///
  /// - parameter payload: what ``payload`` has written.
  package static func file(in payload: [UInt8]) -> String {
    shown((try? JSONDocument(payload).root["file"]?.string) ?? "recipe")
  }

  /// Somebody else has written it, and errors begin with it.
  private static func shown(_ file: String) -> String { visible(file) }

  /// Of the task that begins to make the job: `{"file": …, "recipe": …, "values": {…}}`.
  package var payload: RawJSON {
    let members = recipe.inputs.compactMap { input in
      values[input.name].map { JSONTree.Member(input.name, JSONTree($0)) }
    }
    return RawJSON(["file": .string(file), "recipe": .string(text), "values": .object(members)])
  }
}

extension Recipe {
  /// The values for all inputs, from an object that has them by name.
  fileprivate func values(_ object: JSONValue) throws(RecipeError) -> InputValues {
    var values: [String: JSONValue] = [:]
    for input in inputs {
      guard let value = object[input.name].map(input.folded) ?? input.standard else {
        throw RecipeError(input.place, "input '\(input.name)' is missing", remedy: "submit the recipe again with it")
      }
      if let fault = input.fault(of: value) {
        throw RecipeError(input.place, "input '\(input.name)' \(fault.problem)", remedy: fault.remedy)
      }
      values[input.name] = value
    }
    return InputValues(values)
  }
}
