import JSON

/// The profile of a room, written without a model.
struct RoomText {
  private let design: RoomDesign
  private let sentences: [Sentence]

  init(_ design: RoomDesign, _ catalogue: Furnishing = .standard) {
    self.design = design
    sentences = RoomWriter(design, catalogue).sentences()
  }

  var json: JSONTree {
    let members: [JSONTree.Member] = [
      .init("palette", .array(design.palette.map(\.json))),
      .init("dimensions", design.plan.dimensions), .init("openings", design.plan.openingsJSON),
      .init("furniture", .array(design.plan.placed.map(\.json))),
      .init("materials", .array(design.materials.map(\.json))),
      .init("light", .array([.string(design.light.name)])),
      .init("factual", .string(sentences.map(\.text).joined(separator: " "))),
      .init("sentences", Sentence.json([("factual", sentences)])),
      .init("figures", figures.json),
    ]
    return .object(
      [
        .init("subcategory", .string(design.style.name)), .init("room", .string(design.name)),
        .init("made_by", "facts"), .init("model", .null), .init("note", .string(StyleFile.withoutModel)),
      ] + members)
  }

  private var figures: RoomFigures {
    RoomFigures(
      name: "\(design.style.name), \(design.name)", palette: design.palette,
      floorHex: design.materials.first { $0.part == "floor" }?.hex ?? "#dddddd", plan: design.plan)
  }
}

/// Chooses the sentences of a profile, their forms and their order.
private struct RoomWriter {
  private let design: RoomDesign
  private let catalogue: Furnishing
  private let facts: FactTable
  private var choices: Choices { design.choices }

  init(_ design: RoomDesign, _ catalogue: Furnishing) {
    (self.design, self.catalogue, facts) = (design, catalogue, design.facts)
  }

  func sentences() -> [Sentence] {
    let walls = design.room.climate == "outdoor" ? "outdoor_walls" : "walls"
    let subjects = ["floor", walls, "palette", "light", "openings", "textile", "joinery"]
    var body = choices.shuffled(subjects, "subjects").prefix(5).compactMap { sentence($0, facts) }
    body.insert(contentsOf: furniture(), at: Int(choices.number("furniture place") % UInt64(body.count + 1)))
    if let rule = rule() { body.insert(rule, at: 0) }
    // Of one that the text has named, if there is any.
    let named = design.materials.filter { material in
      body.contains { $0.facts.contains { $0.id == "material/\(material.id)" } }
    }
    let material = choices.one(of: named.isEmpty ? design.materials : named, "note of")
    body.append(note("material/\(material.id)/note", material.notes))
    let start = Int(choices.number("size place") % 2)
    if let size = sentence("size", facts) { body.insert(size, at: start) }
    if choices.number("ends") % 3 > 0, let last = sentence("last", facts) { body.append(last) }
    return body
  }

  /// In one of the forms whose facts are known.
  private func sentence(_ subject: String, _ facts: FactTable, _ question: String = "") -> Sentence? {
    let forms = (catalogue.phrases.room[subject] ?? []).filter(facts.knows)
    return forms.isEmpty ? nil : facts.sentence(choices.one(of: forms, "form \(subject) \(question)"))
  }

  /// Each piece in a form of its own, two of them with what is known of it.
  private func furniture() -> [Sentence] {
    let placed = design.plan.placed
    let forms = choices.shuffled((catalogue.phrases.room["piece"] ?? []), "forms of pieces")
    let told = Set(choices.shuffled(Array(placed.indices), "told").prefix(2))
    return placed.enumerated().flatMap { index, piece -> [Sentence] in
      var facts = facts
      facts.add("piece", piece.id, piece.name)
      facts.add("size", "plan/\(piece.id)", piece.size)
      facts.add("where", "plan/\(piece.id)", piece.place)
      let sentence = facts.sentence(forms[index % forms.count])
      guard told.contains(index), let known = design.room.pieces.first(where: { piece.id.hasSuffix("/\($0.id)") })
      else {
        return [sentence]
      }
      return [sentence, Sentence(text: known.note, facts: [Fact(id: "\(piece.id)/note", text: known.note)])]
    }
  }

  /// What is known of the use of such rooms; nothing that was measured in this one.
  private func rule() -> Sentence? {
    let note = note("room/\(design.room.id)/note", design.room.notes)
    var facts = facts
    facts.add("rule", note.facts.first?.id ?? "", note.text.prefix(1).lowercased() + note.text.dropFirst())
    return sentence("rule", facts)
  }

  private func note(_ id: String, _ notes: [String]) -> Sentence {
    let (index, note) = choices.one(of: Array(notes.enumerated()), id)
    return Sentence(text: note, facts: [Fact(id: "\(id)/\(index + 1)", text: note)])
  }
}

extension RoomPlan {
  var dimensions: JSONTree {
    ["unit": "cm", "width": .int(Int64(width)), "depth": .int(Int64(depth)), "height": .int(Int64(height))]
  }

  var openingsJSON: JSONTree {
    .array(
      openings.map {
        [
          "kind": .string($0.isDoor ? "door" : "window"), "wall": .string($0.wall.rawValue),
          "offset": .int(Int64($0.offset)), "width": .int(Int64($0.width)),
        ]
      })
  }
}

extension RoomPlan.Placed {
  /// Along the wall and away from it.
  fileprivate var size: String {
    let isTurned = wall == .east || wall == .west
    return "\(Metres.text(isTurned ? depth : width)) × \(Metres.text(isTurned ? width : depth))"
  }

  var json: JSONTree {
    [
      "id": .string(id), "name": .string(name), "x": .int(Int64(x)), "y": .int(Int64(y)),
      "width": .int(Int64(width)), "depth": .int(Int64(depth)), "height": .int(Int64(height)),
      "place": .string(place),
    ]
  }
}
