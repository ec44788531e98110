import JSON
import JSONSchema
import PluginKit
import ProcessFiles

/// What a model has written about the scenarios of a file: texts of unknown content, which go into sources as strings only.
struct GeneratedSteps: Sendable {
  /// What was said about one scenario.
  struct Told: Hashable, Sendable {
    let given: String
    let when: String
    let then: String
    /// Data to run it with.
    let examples: [[Value]]
  }

  /// A named value of an example.
  struct Value: Hashable, Sendable {
    let name: String
    let value: String
  }

  private var byScenario: [Int: Told] = [:]
  /// Why something of the answer, or all of it, was left out.
  private(set) var notes: [String] = []
  /// `provider/model`; nil when nothing of a model is used.
  private(set) var by: String?
  /// See `StepsQuestion`.
  private(set) var promptHash = ""

  /// Nothing was asked.
  static let none = GeneratedSteps()

  private init() {}

  /// An answer of which nothing can be used.
  static func unusable(_ reason: String) -> GeneratedSteps {
    var steps = GeneratedSteps()
    steps.notes = ["the answer of the model was left out: \(shortened(SourceText.oneLine(reason), to: 400))"]
    return steps
  }

  /// Takes from an answer what fits; what does not is left out with a note, for the tests are worth something without it.
  init(_ answer: ModelAnswer, scenarios: Int, promptHash: String) {
    guard let value = answer.value?.raw.value else {
      self = .unusable("it is no value")
      return
    }
    if let violation = Self.schema.validate(value).first {
      self = .unusable("\(violation)")
      return
    }
    for entry in value["scenarios"]?.elements ?? [] {
      let name = entry["scenario"]?.string ?? ""
      guard let index = (0..<scenarios).first(where: { Self.name($0) == name }), byScenario[index] == nil else {
        notes.append(
          "what the model said about '\(shortened(SourceText.oneLine(name)))' was left out: there is no such scenario, or it was said already"
        )
        continue
      }
      byScenario[index] = Told(entry)
    }
    guard !byScenario.isEmpty else {
      self = .unusable("it says nothing about any scenario")
      return
    }
    by = shortened(answer.model)
    self.promptHash = promptHash
  }

  func told(_ scenario: Int) -> Told? { byScenario[scenario] }

  /// What a scenario is called in question and answer.
  static func name(_ scenario: Int) -> String { "s\(scenario + 1)" }
}

extension GeneratedSteps.Told {
  fileprivate init(_ value: JSONValue) {
    given = value["given"]?.string ?? ""
    when = value["when"]?.string ?? ""
    then = value["then"]?.string ?? ""
    examples = (value["examples"]?.elements ?? []).map { example in
      var seen: Set<[UInt8]> = []
      return (example.elements ?? []).compactMap { member in
        guard let name = member["name"]?.string, let value = member["value"]?.string else { return nil }
        return seen.insert(Array(name.utf8)).inserted ? GeneratedSteps.Value(name: name, value: value) : nil
      }
    }
  }
}

extension GeneratedSteps {
  /// What an answer has to be.
  static let schema: Schema = {
    let value: JSONTree = object(["name": text(Limits.nameCharactersMax), "value": text(Limits.valueCharactersMax)])
    let example: JSONTree = list(value, atMost: Limits.valuesMax)
    let step = text(Limits.stepCharactersMax)
    let scenario: JSONTree = object([
      "scenario": text(Limits.nameCharactersMax), "given": step, "when": step, "then": step,
      "examples": list(example, atMost: Limits.examplesMax),
    ])
    do {
      return try Schema(
        parsing: RawJSON(object(["scenarios": list(scenario, atMost: Limits.scenariosMax)])))
    } catch {
      preconditionFailure("the schema of answers: \(error)")
    }
  }()

  private static func text(_ charactersMax: Int) -> JSONTree {
    ["type": "string", "minLength": 1, "maxLength": .int(Int64(charactersMax))]
  }

  private static func list(_ items: JSONTree, atMost count: Int) -> JSONTree {
    ["type": "array", "minItems": 0, "maxItems": .int(Int64(count)), "items": items]
  }

  private static func object(_ properties: KeyValuePairs<String, JSONTree>) -> JSONTree {
    .object([
      .init("type", "object"), .init("properties", .object(properties.map { .init($0.key, $0.value) })),
      .init("required", .array(properties.map { .string($0.key) })), .init("additionalProperties", false),
    ])
  }
}
