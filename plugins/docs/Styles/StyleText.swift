import JSON

/// A style as a file, written without a model.
struct StyleText {
  private let design: StyleDesign
  private let poetic: [Sentence]
  private let factual: [Sentence]

  init(_ design: StyleDesign, _ catalogue: Furnishing = .standard) {
    self.design = design
    let (facts, choices, forms) = (design.facts, design.choices, catalogue.phrases.style)
    func sentence(_ subject: String) -> Sentence {
      // "As an Art Deco style, Art Deco …" says nothing.
      let known = (forms[subject] ?? []).filter {
        facts.has("family", otherThan: "style") || !$0.contains("{family}") && !$0.contains("{a family}")
      }
      return facts.sentence(choices.one(of: known, "form \(subject)"))
    }
    poetic = ["verse1", "verse2", "verse3", "verse4"].map(sentence)
    let rest = choices.shuffled(["lead", "palette", "materials", "form", "light"], "order").map(sentence)
    let notes = choices.shuffled(design.materials, "notes").prefix(2).map { material in
      let (index, note) = choices.one(of: Array(material.notes.enumerated()), "note \(material.id)")
      return Sentence(text: note, facts: [Fact(id: "material/\(material.id)/note/\(index + 1)", text: note)])
    }
    factual = [sentence("begin")] + rest + notes
  }

  /// The members of the file that a model would write, too.
  private var members: [JSONTree.Member] {
    [
      .init("approach", .string(design.approach.text)), .init("colour", .string(design.lead.name)),
      .init("palette", .array(design.palette.map(\.json))),
      .init("materials", .array(design.materials.map(\.json))), .init("era", .string(design.era.text)),
      .init("poetic", .string(poetic.map(\.text).joined(separator: "\n"))),
      .init("factual", .string(factual.map(\.text).joined(separator: " "))),
    ]
  }

  var json: JSONTree {
    let family: JSONTree = [
      "id": .string("family/\(design.family.id)"), "name": .string(design.family.name),
      "chosen_by": .string(design.isFamilyNamed ? "a word of the sub-category" : "the hash of the sub-category"),
    ]
    return .object(
      [
        .init("subcategory", .string(design.name)), .init("made_by", "facts"), .init("model", .null),
        .init("note", .string(StyleFile.withoutModel)), .init("family", family),
      ] + members + [
        .init("sentences", Sentence.json([("poetic", poetic), ("factual", factual)])),
        .init("figures", StyleFigures(name: design.name, palette: design.palette, materials: materials).json),
      ])
  }

  private var materials: [StyleMaterial] {
    design.materials.map { StyleMaterial(part: $0.part, name: $0.name, hex: $0.hex) }
  }
}

/// What the files of styles and rooms have in common.
enum StyleFile {
  static let withoutModel = "Written from the facts of the catalogue, without a model."
}

extension Furnishing.Material {
  var json: JSONTree {
    ["id": .string("material/\(id)"), "part": .string(part), "name": .string(name), "hex": .string(hex)]
  }
}

extension Sentence {
  /// Each sentence with the ids of what it states, and the words that stand for them.
  static func json(_ texts: [(name: String, sentences: [Sentence])]) -> JSONTree {
    .array(
      texts.flatMap { name, sentences in
        sentences.map { sentence in
          [
            "in": .string(name), "text": .string(sentence.text),
            "facts": .array(sentence.facts.map { ["id": .string($0.id), "text": .string($0.text)] }),
          ]
        }
      })
  }
}
