import JSON
import JobModel
import Recipes
import YAML

func recipe(_ yaml: String) throws(RecipeError) -> Recipe { try Recipe(parsing: Array(yaml.utf8)) }

/// What people see when a recipe is refused; nil when it is taken.
func refusal(_ yaml: String) -> String? { refusal(bytes: Array(yaml.utf8)) }

func refusal(bytes: [UInt8]) -> String? {
  do throws(RecipeError) {
    _ = try Recipe(parsing: bytes)
    return nil
  } catch {
    return error.text(file: "r.yaml")
  }
}

/// A recipe with one task of these members, each line indented.
func oneTask(_ members: String, inputs: String = "") -> String {
  let lines = members.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
  return "recipe: r\n\(inputs)tasks:\n  one:\n    kind: docs\n" + lines.joined(separator: "\n") + "\n"
}

func json(_ text: String) throws -> JSONValue { try JSONDocument(Array(text.utf8)).root }

extension Recipe {
  /// The expansion with texts for inputs and JSON for outputs.
  func expand(_ given: [(String, String)] = [], outputs: [(String, String)] = []) throws -> Expansion {
    var known: [TaskKey: JSONValue] = [:]
    for (key, text) in outputs { known[try TaskKey(key)] = try json(text) }
    return try expand(try values(given.map { GivenInput($0.0, .text($0.1)) }), outputs: known)
  }
}

extension Expansion {
  var keys: [String] { tasks.map(\.key.text) }

  func task(_ key: String) -> RecipeTask? { tasks.first { $0.key.text == key } }
}

extension RecipeTask {
  var payloadText: String { String(decoding: payload.bytes, as: UTF8.self) }
}
