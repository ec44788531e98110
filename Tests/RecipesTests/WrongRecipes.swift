import Testing

/// A recipe that is refused, and all that is said about it.
struct WrongRecipe: Sendable, CustomTestStringConvertible {
  let name: String
  let yaml: String
  let message: String

  init(_ name: String, _ yaml: String, _ message: String) {
    self.name = name
    self.yaml = yaml
    self.message = message
  }

  var testDescription: String { name }

  static let all = wrongYAML + wrongInputs + wrongTasks + wrongTexts + wrongNames
}
