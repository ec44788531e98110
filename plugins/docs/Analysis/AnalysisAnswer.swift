import JSON
import JSONSchema
import ProcessFiles

/// What a model has said of a view: of unknown content, and brought into bounds here.
struct AnalysisAnswer {
  let summary: String
  let details: [Detail]
  /// Whatever else the schema of a recipe asks for.
  let others: [JSONTree.Member]

  /// What an answer has to be when the recipe does not say it.
  static let schema: Schema = {
    func text(_ charactersMax: Int) -> JSONTree {
      ["type": "string", "minLength": 1, "maxLength": .int(Int64(charactersMax))]
    }
    func list(_ item: JSONTree, _ max: Int) -> JSONTree {
      ["type": "array", "maxItems": .int(Int64(max)), "items": item]
    }
    let share: JSONTree = ["type": "number", "minimum": 0, "maximum": 1]
    let region: JSONTree = [
      "type": "object", "required": ["x", "y", "width", "height"],
      "properties": ["x": share, "y": share, "width": share, "height": share],
    ]
    let detail: JSONTree = [
      "type": "object", "required": ["name"],
      "properties": [
        "name": text(Limits.detailCharactersMax), "region": region, "note": text(Limits.ruleCharactersMax),
      ],
    ]
    let notes = list(text(Limits.ruleCharactersMax), Limits.rulesMax)
    let schema: RawJSON = [
      "type": "object", "required": ["summary", "details"],
      "properties": [
        "summary": text(Limits.purposeCharactersMax), "details": list(detail, Limits.detailsMax), "materials": notes,
        "construction": notes,
      ],
    ]
    do {
      return try Schema(parsing: schema)
    } catch {
      preconditionFailure("the schema of an analysis: \(error)")
    }
  }()

  /// - Parameters:
  ///   - value: satisfies the schema that was asked for.
  ///   - model: whose answer it is.
  ///   - detailsMax: how many are kept.
  init(_ value: JSONValue, by model: String, detailsMax: Int) {
    summary = shortened(value["summary"]?.string ?? "", to: Limits.purposeCharactersMax)
    details = (value["details"]?.elements ?? []).prefix(detailsMax).compactMap { Self.detail($0, model) }
    others = (value.members ?? []).filter { !["summary", "details"].contains($0.key) }.map {
      .init($0.key, JSONTree($0.value))
    }
  }

  /// A name alone counts as one, too; what has none is left out.
  private static func detail(_ value: JSONValue, _ model: String) -> Detail? {
    let name = (value.string ?? value["name"]?.string)?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard let name, !name.isEmpty else { return nil }
    let sides = ["x", "y", "width", "height"].compactMap { value["region"]?[$0]?.double }
    let region =
      sides.count == 4 ? Detail.Region(x: sides[0], y: sides[1], width: sides[2], height: sides[3]) : .whole
    return Detail(
      name: shortened(name, to: Limits.detailCharactersMax), origin: "model \(model)", region: region,
      isPlaced: sides.count == 4, note: value["note"]?.string.map { shortened($0, to: Limits.ruleCharactersMax) })
  }
}
