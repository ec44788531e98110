import JSON

/// A material with the colour in which it is drawn.
struct StyleMaterial: Sendable {
  let part: String
  let name: String
  let hex: String
}

/// The facts of the pictures of a style, in the words of the plugin `images`.
struct StyleFigures {
  let name: String
  let palette: [StyleColour]
  let materials: [StyleMaterial]

  var json: JSONTree {
    [
      "palette": ["title": .string("\(name): the palette"), "colours": .array(palette.map(\.swatch))],
      "materials": [
        "title": .string("\(name): materials"),
        "colours": .array(
          materials.map { ["name": .string($0.name), "hex": .string($0.hex), "role": .string($0.part)] }),
      ],
      "wall": wall,
    ]
  }

  /// A wall of four metres in the colours of the style, with a chest, a chair and a lamp to show their parts.
  private var wall: JSONTree {
    func piece(_ name: String, _ place: (x: Int64, width: Int64, height: Int64), _ role: String) -> JSONTree {
      [
        "name": .string(name), "x": .int(place.x), "width": .int(place.width), "height": .int(place.height),
        "colour": .string(palette.hex(role)),
      ]
    }
    return [
      "title": .string("\(name): its colours on a wall"), "unit": "cm",
      "wall": ["width": 420, "height": 260, "colour": .string(palette.hex("walls"))],
      "floor": ["colour": .string(materials.first { $0.part == "floor" }?.hex ?? palette.hex("large"))],
      "windows": [["offset": 285, "width": 110, "sill": 90, "height": 130]],
      "furniture": [
        piece("Chest", (40, 150, 78), "large"), piece("Armchair", (225, 78, 82), "textile"),
        piece("Lamp", (10, 22, 150), "metal"), piece("Stool", (325, 42, 45), "accent"),
      ],
    ]
  }
}

extension StyleColour {
  /// For a palette that is drawn.
  var swatch: JSONTree {
    var members: [JSONTree.Member] = [
      .init("name", .string(name)), .init("hex", .string(hex)), .init("role", .string(role)),
    ]
    if share > 0 { members.append(.init("share", .int(Int64(share)))) }
    return .object(members)
  }
}

extension [StyleColour] {
  /// The colour of a role; where there is none, one of the others.
  func hex(_ role: String) -> String { (first { $0.role == role } ?? last)?.hex ?? "#cccccc" }
}

/// The facts of the pictures of a room.
struct RoomFigures {
  /// Such as `Art Deco kitchen`.
  let name: String
  let palette: [StyleColour]
  let floorHex: String
  let plan: RoomPlan

  var json: JSONTree {
    [
      "plan": drawnPlan, "wall": drawnWall,
      "palette": ["title": .string("\(name): its colours"), "colours": .array(palette.map(\.swatch))],
    ]
  }

  private var drawnPlan: JSONTree {
    let openings: [JSONTree] = plan.openings.map { opening in
      [
        "kind": .string(opening.isDoor ? "door" : "window"), "wall": .string(opening.wall.rawValue),
        "offset": .int(Int64(opening.offset)), "width": .int(Int64(opening.width)),
      ]
    }
    let furniture: [JSONTree] = plan.placed.map { piece in
      [
        "name": .string(FactTable.capitalized(piece.name)), "x": .int(Int64(piece.x)), "y": .int(Int64(piece.y)),
        "width": .int(Int64(piece.width)), "depth": .int(Int64(piece.depth)),
        "shape": .string(piece.isRound ? "round" : "rectangle"), "colour": .string(colour(of: piece)),
      ]
    }
    return [
      "title": .string("\(name): the plan"), "unit": "cm",
      "room": [
        "width": .int(Int64(plan.width)), "depth": .int(Int64(plan.depth)), "colour": .string(floorHex),
      ],
      "openings": .array(openings), "furniture": .array(furniture),
    ]
  }

  /// The wall with most furniture, seen from the middle of the room.
  private var drawnWall: JSONTree {
    let side = plan.mainWall
    let windows: [JSONTree] = plan.openings.filter { !$0.isDoor && $0.wall == side }.map { window in
      [
        "offset": .int(Int64(plan.seen(window.offset, window.width, at: side))), "width": .int(Int64(window.width)),
        "sill": .int(Int64(RoomPlan.sill)), "height": .int(Int64(min(130, plan.height - RoomPlan.sill - 15))),
      ]
    }
    let furniture: [JSONTree] = plan.placed.filter { $0.wall == side }.map { piece in
      [
        "name": .string(FactTable.capitalized(piece.name)), "x": .int(Int64(plan.seen(piece.alongWall, at: side))),
        "width": .int(Int64(piece.alongWall.count)), "height": .int(Int64(min(piece.height, plan.height))),
        "colour": .string(colour(of: piece)),
      ]
    }
    return [
      "title": .string("\(name): the \(side.rawValue) wall"), "unit": "cm",
      "wall": [
        "width": .int(Int64(plan.length(of: side))), "height": .int(Int64(plan.height)),
        "colour": .string(palette.hex("walls")),
      ],
      "floor": ["colour": .string(floorHex)], "windows": .array(windows), "furniture": .array(furniture),
    ]
  }

  /// In turns the colours that are not those of the walls.
  private func colour(of piece: RoomPlan.Placed) -> String {
    let others = palette.filter { $0.role != "walls" }
    return others.isEmpty ? "#cccccc" : others[piece.number % others.count].hex
  }
}
