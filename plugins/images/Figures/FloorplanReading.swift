import Drawing
import TaskFacts

/// A room from the facts of a payload.
extension Floorplan {
  /// - Throws: `PluginFailure` for what does not fit into the room or its walls.
  init(reading facts: inout FactReader) throws {
    unit = try facts.choice("unit", LengthUnit.self) ?? .mm
    guard var room = try facts.object("room") else {
      throw facts.fault("room", "it is missing", "Give {\"width\": …, \"depth\": …}.")
    }
    let lengths = 0.01...FactLimits.lengthMax
    (width, depth) = (try room.neededNumber("width", lengths), try room.neededNumber("depth", lengths))
    guard max(width, depth) <= 50 * min(width, depth) else {
      throw room.fault("depth", "the room is more than fifty times as long as it is wide", "Check the two lengths.")
    }
    colour = try room.colour("colour")
    try room.finish()
    let (width, depth, unit) = (width, depth, unit)
    openings = try facts.list("openings", max: Limits.openingsMax) { item in
      try Self.opening(&item, width: width, depth: depth, unit)
    }
    furniture = try facts.list("furniture", max: Limits.furnitureMax) { item in
      try Self.piece(&item, width: width, depth: depth, unit)
    }
    names = furniture.map { name(of: $0) }
    try Self.checkApart(openings, facts)
  }

  private static func opening(
    _ item: inout FactReader, width: Double, depth: Double, _ unit: LengthUnit
  ) throws -> Opening {
    guard let wall = try item.choice("wall", Wall.self) else {
      throw item.fault("wall", "it is missing", "Give north, east, south or west.")
    }
    let length = wall == .north || wall == .south ? width : depth
    let opening = Opening(
      kind: try item.choice("kind", Opening.Kind.self) ?? .opening, wall: wall,
      offset: try item.neededNumber("offset", 0...FactLimits.lengthMax),
      width: try item.neededNumber("width", 0.01...FactLimits.lengthMax),
      hinge: try item.choice("hinge", Opening.End.self) ?? .start,
      swing: try item.choice("swing", Opening.Swing.self) ?? .in, name: try item.text("name"))
    guard opening.offset + opening.width <= length * 1.000_001 else {
      let end = unit.text(opening.offset + opening.width)
      throw item.fault(
        "width", "it ends at \(end), and the \(wall.rawValue) wall is \(unit.text(length)) long",
        "Lessen its offset or its width.")
    }
    return opening
  }

  private static func piece(
    _ item: inout FactReader, width: Double, depth: Double, _ unit: LengthUnit
  ) throws -> Piece {
    let name = try item.neededText("name")
    let lengths = 0.01...FactLimits.lengthMax
    let area = Rect(
      x: try item.neededNumber("x", 0...FactLimits.lengthMax), y: try item.neededNumber("y", 0...FactLimits.lengthMax),
      width: try item.neededNumber("width", lengths), height: try item.neededNumber("depth", lengths))
    for (member, end, length) in [("width", area.maxX, width), ("depth", area.maxY, depth)]
    where end > length * 1.000_001 {
      throw item.fault(
        member, "'\(name)' reaches to \(unit.text(end)), and the room ends at \(unit.text(length))",
        "Move it or make it smaller.")
    }
    return Piece(
      name: name, area: area, shape: try item.choice("shape", Piece.Shape.self) ?? .rectangle,
      colour: try item.colour("colour"))
  }

  /// Two openings in one place of a wall are a mistake.
  private static func checkApart(_ openings: [Opening], _ facts: FactReader) throws {
    for (index, opening) in openings.enumerated() {
      let other = openings[..<index].firstIndex {
        $0.wall == opening.wall && $0.offset < opening.offset + opening.width && opening.offset < $0.offset + $0.width
      }
      guard let other else { continue }
      throw facts.fault(
        "openings[\(index)]", "it overlaps openings[\(other)] in the \(opening.wall.rawValue) wall",
        "Move one of them.")
    }
  }
}
