import JSON
import JSONSchema
import PluginKit

/// A style by a model, which chooses among the colours and materials of the catalogue: so every colour has its sRGB value.
struct StyleAnswer {
  private let design: StyleDesign
  private let payload: StylePayload
  private let catalogue: Furnishing

  init(_ design: StyleDesign, _ payload: StylePayload, _ catalogue: Furnishing = .standard) {
    (self.design, self.payload, self.catalogue) = (design, payload, catalogue)
  }

  /// - Throws: what the host throws, and `bad_answer`.
  func ask(_ host: any Host) throws -> JSONTree {
    let data: JSONTree = ["facts": ["subcategory": .string(design.name)]]
    let question = CheckedQuestion(
      rules: Prompt.text(PackageResources.text_md), prompt: Prompt.of(data, PackageResources.style_md, payload),
      purpose: "style", schema: schema, tokensMax: payload.tokensMax, faults: faults)
    return file(try question.ask(host))
  }

  private var schema: Schema {
    let colour = SchemaText.one(of: catalogue.colours.values.map(\.name).sorted())
    let roles = StyleColour.shares.map { JSONTree.Member($0.role, colour) }
    return SchemaText.schema([
      ("approach", SchemaText.text(Limits.phraseCharactersMax, atLeast: 3)),
      ("era", SchemaText.text(Limits.phraseCharactersMax, atLeast: 3)),
      (
        "palette",
        [
          "type": "object", "additionalProperties": false, "required": .array(roles.map { .string($0.key) }),
          "properties": .object(roles),
        ]
      ),
      ("colour", SchemaText.one(of: StyleColour.shares.map(\.role))),
      ("materials", SchemaText.list(SchemaText.one(of: catalogue.materials.map(\.name)), 2...8)),
      ("poetic", SchemaText.text(Limits.poemCharactersMax, atLeast: 10)),
      ("factual", SchemaText.text(Limits.paragraphCharactersMax, atLeast: Limits.paragraphCharactersMin)),
    ])
  }

  private func faults(_ value: JSONValue) -> [String] {
    TextFaults.of(value, "approach", atLeast: 3) + TextFaults.of(value, "era", atLeast: 3)
      + TextFaults.of(value, "poetic", atLeast: 10)
      + TextFaults.of(value, "factual", atLeast: Limits.paragraphCharactersMin)
  }

  private func palette(_ value: JSONValue) -> [StyleColour] {
    StyleColour.shares.compactMap { role, _ in
      let name = value["palette"]?[role]?.string
      return catalogue.colours.values.first { $0.name == name }.map {
        StyleColour(id: "colour/\($0.id)", name: $0.name, hex: $0.hex, role: role)
      }
    }
  }

  private func file(_ answer: CheckedQuestion.Answer) -> JSONTree {
    let (value, palette) = (answer.value, palette(answer.value))
    let lead = palette.first { $0.role == value["colour"]?.string }?.name ?? ""
    let materials = Prompt.materials(value, catalogue)
    func text(_ name: String) -> JSONTree { .string(value[name]?.string ?? "") }
    let members: [JSONTree.Member] = [
      .init("approach", text("approach")), .init("colour", .string(lead)),
      .init("palette", .array(palette.map(\.json))), .init("materials", .array(materials.map(\.json))),
      .init("era", text("era")), .init("poetic", text("poetic")), .init("factual", text("factual")),
    ]
    let drawn = materials.map { StyleMaterial(part: $0.part, name: $0.name, hex: $0.hex) }
    let figures = StyleFigures(name: design.name, palette: palette, materials: drawn).json
    return .object(
      [.init("subcategory", .string(design.name))] + Prompt.origin(answer) + members + [.init("figures", figures)])
  }
}
