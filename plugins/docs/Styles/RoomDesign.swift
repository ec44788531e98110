import JSON

/// What a room of a style is, as far as it follows from the style, the kind of room and the catalogue.
struct RoomDesign: Sendable {
  let style: StyleSource
  /// The style as the catalogue has it.
  let design: StyleDesign
  /// For people, such as `home office`.
  let name: String
  let room: Furnishing.Room
  /// Colours of the style, that of the walls first.
  let palette: [StyleColour]
  let materials: [Furnishing.Material]
  let light: Furnishing.Light
  let plan: RoomPlan
  let choices: Choices

  init(_ style: StyleSource, room name: String, _ catalogue: Furnishing = .standard) {
    let folded = StyleName.folded(name)
    let choices = Choices("room", StyleName.folded(style.name), folded)
    let design = StyleDesign(style.name, catalogue)
    let room = catalogue.room(named: folded)
    (self.style, self.design, self.room, self.choices) = (style, design, room, choices)
    self.name = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    palette = Self.palette(style.palette, choices)
    materials = StyleDesign.parts.map {
      StyleDesign.material($0, design.family, room.climate, catalogue, choices)
    }
    light = StyleDesign.light(design.family, room.climate, catalogue, choices)
    plan = Self.plan(room, choices)
  }

  /// The walls and the large pieces, and two of the other three.
  private static func palette(_ colours: [StyleColour], _ choices: Choices) -> [StyleColour] {
    let ground = colours.filter { ["walls", "large"].contains($0.role) }
    let others = colours.filter { !["walls", "large"].contains($0.role) }
    return ground + choices.shuffled(others, "palette").prefix(2)
  }

  private static func plan(_ room: Furnishing.Room, _ choices: Choices) -> RoomPlan {
    var plan = RoomPlan(
      width: choices.length(in: room.width, step: 10, "width"),
      depth: choices.length(in: room.depth, step: 10, "depth"),
      height: choices.length(in: room.height, step: 5, "height"), windows: room.windows, choices)
    let wanted = room.pieces.prefix(1) + choices.shuffled(Array(room.pieces.dropFirst()), "pieces").prefix(4)
    plan.place(wanted.map { Self.made(to: $0, choices, room) }, choices)
    return plan
  }

  /// A piece in a size of its own: furniture is made in many, small things and machines in one.
  private static func made(
    to piece: Furnishing.Piece, _ choices: Choices, _ room: Furnishing.Room
  ) -> RoomPlan.Wanted {
    let percent = piece.width < 75 ? 100 : choices.one(of: [90, 95, 100, 105, 110], "size \(piece.id)")
    let width = piece.width * percent / 500 * 5
    return RoomPlan.Wanted(
      id: "furniture/\(room.id)/\(piece.id)", name: piece.name, width: width,
      depth: piece.isRound ? piece.depth * percent / 500 * 5 : piece.depth, height: piece.height,
      isRound: piece.isRound, isAtWall: piece.isAtWall)
  }

  /// What is known, for the forms of sentences.
  var facts: FactTable {
    var table = FactTable()
    table.add("style", "input/subcategory", style.name)
    table.add("room", "input/room", name)
    table.add("family", "family/\(design.family.id)", design.family.name)
    table.add("form", design.form.id, design.form.text)
    let approach = "family/\(design.family.id)/approach/\(design.approach.id)"
    table.add("approach", style.approach == design.approach.text ? approach : "style/approach", style.approach)
    table.add("era", style.era == design.era.text ? design.era.id : "style/era", style.era)
    for colour in palette { table.add("colour.\(colour.role)", colour.id, colour.name) }
    for material in materials { table.add(material.part, "material/\(material.id)", material.name) }
    table.add("light", "light/\(light.id)", light.name)
    table.add("kelvin", "light/\(light.id)/kelvin", "\(light.kelvin) K")
    table.add("roomkind", "room/\(room.id)/climate", Self.kind(of: room.climate))
    addPlan(to: &table)
    return table
  }

  private func addPlan(to table: inout FactTable) {
    table.add("width", "plan/width", Metres.text(plan.width))
    table.add("depth", "plan/depth", Metres.text(plan.depth))
    table.add("height", "plan/height", Metres.text(plan.height))
    table.add("area", "plan/area", Metres.area(plan.width, plan.depth))
    table.add("overhead", "room/\(room.id)/climate", room.climate == "outdoor" ? "awning" : "ceiling")
    let door = plan.openings.first(where: \.isDoor)?.wall ?? .north
    table.add("doorside", "plan/door", door.rawValue)
    table.add("wallside", "plan/walls", plan.mainWall.rawValue)
    let windows = plan.openings.filter { !$0.isDoor }
    let side = windows.first?.wall.rawValue ?? ""
    let words =
      switch windows.count {
      case 0: room.climate == "outdoor" ? "the sky is all its daylight" : "there is no window"
      case 1: "one window looks \(side)"
      default: "\(windows.count == 2 ? "two" : "\(windows.count)") windows look \(side)"
      }
    table.add("windows", "plan/windows", words)
  }

  private static func kind(of climate: String) -> String {
    switch climate {
    case "wet": "wet rooms"
    case "outdoor": "places in the open"
    case "rough": "rooms of rough use"
    default: "dry rooms"
    }
  }
}

/// Lengths for people.
enum Metres {
  /// Of centimetres: `4.20 m`.
  static func text(_ centimetres: Int) -> String {
    let rest = centimetres % 100
    return "\(centimetres / 100).\(rest < 10 ? "0" : "")\(rest) m"
  }

  /// Of two lengths in centimetres: `15.1 m²`, rounded.
  static func area(_ width: Int, _ depth: Int) -> String {
    let tenths = (width * depth + 500) / 1_000
    return "\(tenths / 10).\(tenths % 10) m²"
  }
}
