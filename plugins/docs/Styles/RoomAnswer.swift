import JSON
import JSONSchema
import PluginKit

/// The profile of a room by a model, held against its style and against its own measures.
struct RoomAnswer {
  private let design: RoomDesign
  private let payload: StylePayload
  private let catalogue: Furnishing

  init(_ design: RoomDesign, _ payload: StylePayload, _ catalogue: Furnishing = .standard) {
    (self.design, self.payload, self.catalogue) = (design, payload, catalogue)
  }

  /// - Throws: what the host throws, and `bad_answer`.
  func ask(_ host: any Host) throws -> JSONTree {
    let room = design.room
    let data: JSONTree = [
      "facts": [
        "subcategory": .string(design.style.name), "room": .string(design.name),
        "usual_width_cm": .string("\(room.width.lowerBound) to \(room.width.upperBound)"),
        "usual_depth_cm": .string("\(room.depth.lowerBound) to \(room.depth.upperBound)"),
        "known": .array(room.notes.map(JSONTree.string)),
      ], "files": ["style": design.style.json],
    ]
    let question = CheckedQuestion(
      rules: Prompt.text(PackageResources.text_md), prompt: Prompt.of(data, PackageResources.room_md, payload),
      purpose: "room", schema: schema, tokensMax: payload.tokensMax, faults: faults)
    return file(try question.ask(host))
  }

  private var schema: Schema {
    let materials = catalogue.materials.filter { $0.fits.contains(design.room.climate) }.map(\.name)
    let piece = SchemaText.object([
      ("name", SchemaText.text(60)), ("width", SchemaText.number(10...500)), ("depth", SchemaText.number(2...500)),
      ("height", SchemaText.number(1...300)),
    ])
    let dimensions = SchemaText.object([
      ("width", SchemaText.number(120...1_500)), ("depth", SchemaText.number(120...1_500)),
      ("height", SchemaText.number(200...500)),
    ])
    return SchemaText.schema([
      ("palette", SchemaText.list(SchemaText.one(of: design.style.palette.map(\.name)), 2...4)),
      ("dimensions", dimensions), ("furniture", SchemaText.list(piece, 2...Limits.piecesMax)),
      ("materials", SchemaText.list(SchemaText.one(of: materials), 2...6)),
      ("light", SchemaText.list(SchemaText.text(80), 1...4)),
      ("factual", SchemaText.text(Limits.paragraphCharactersMax, atLeast: Limits.paragraphCharactersMin)),
    ])
  }

  private func faults(_ value: JSONValue) -> [String] {
    let names = design.style.palette.map(\.name)
    let strange = (value["palette"]?.elements ?? []).compactMap(\.string).filter { !names.contains($0) }
    let plan = plan(value)
    let wanted = value["furniture"]?.elements?.count ?? 0
    return strange.map { "'\($0)' is no colour of the style." }
      + (plan.placed.count < min(2, wanted)
        ? ["the furniture does not fit into \(plan.width) by \(plan.depth) cm."] : [])
      + TextFaults.of(value, "factual", atLeast: Limits.paragraphCharactersMin)
  }

  private func plan(_ value: JSONValue) -> RoomPlan {
    // Bounded by the schema, which takes 400.0 for a whole number, too.
    func number(_ value: JSONValue?, _ name: String) -> Int { value?[name]?.double.flatMap { Int(exactly: $0) } ?? 0 }
    let size = value["dimensions"]
    var plan = RoomPlan(
      width: number(size, "width"), depth: number(size, "depth"), height: number(size, "height"),
      windows: design.room.windows, design.choices)
    let wanted = (value["furniture"]?.elements ?? []).enumerated().map { index, piece in
      RoomPlan.Wanted(
        id: "answer/furniture/\(index + 1)", name: piece["name"]?.string ?? "", width: number(piece, "width"),
        depth: number(piece, "depth"), height: number(piece, "height"), isRound: false, isAtWall: true)
    }
    plan.place(wanted, design.choices)
    return plan
  }

  /// Each colour once, in the order of the style.
  private func palette(_ value: JSONValue) -> [StyleColour] {
    let names = (value["palette"]?.elements ?? []).compactMap(\.string)
    return design.style.palette.filter { names.contains($0.name) }
  }

  private func file(_ answer: CheckedQuestion.Answer) -> JSONTree {
    let (value, plan, palette) = (answer.value, plan(answer.value), palette(answer.value))
    let materials = Prompt.materials(value, catalogue)
    let light = (value["light"]?.elements ?? []).compactMap(\.string)
    let members: [JSONTree.Member] = [
      .init("palette", .array(palette.map(\.json))), .init("dimensions", plan.dimensions),
      .init("openings", plan.openingsJSON), .init("furniture", .array(plan.placed.map(\.json))),
      .init("materials", .array(materials.map(\.json))), .init("light", .array(light.map(JSONTree.string))),
      .init("factual", .string(value["factual"]?.string ?? "")),
    ]
    let floor = materials.first { $0.part == "floor" }?.hex ?? design.style.palette.hex("large")
    let figures = RoomFigures(
      name: "\(design.style.name), \(design.name)", palette: palette, floorHex: floor, plan: plan)
    return .object(
      [.init("subcategory", .string(design.style.name)), .init("room", .string(design.name))] + Prompt.origin(answer)
        + members + [.init("figures", figures.json)])
  }
}
