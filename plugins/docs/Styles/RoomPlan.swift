/// A room with its door, its windows and the furniture that fits into it, in cm from its north-western corner.
struct RoomPlan: Sendable {
  enum Wall: String, CaseIterable, Sendable { case north, east, south, west }

  struct Opening: Sendable {
    let isDoor: Bool
    let wall: Wall
    /// From the western or northern end of the wall.
    let offset: Int
    let width: Int
  }

  /// Something to be placed.
  struct Wanted: Sendable {
    let id: String
    let name: String
    /// Along the wall.
    let width: Int
    let depth: Int
    let height: Int
    let isRound: Bool
    let isAtWall: Bool
  }

  struct Placed: Sendable {
    /// Its place in the list of what was wanted.
    let number: Int
    let id: String
    let name: String
    let x: Int
    let y: Int
    /// To the east, and to the south.
    let width: Int
    let depth: Int
    let height: Int
    let isRound: Bool
    /// The wall at its back.
    let wall: Wall?

    /// What it takes of the wall at its back, from the wall's western or northern end.
    var alongWall: Range<Int> {
      wall == .north || wall == .south ? x..<x + width : y..<y + depth
    }

    /// Where it stands, in words.
    var place: String { wall.map { "at the \($0.rawValue) wall" } ?? "in the middle" }
  }

  let width: Int
  let depth: Int
  let height: Int
  let openings: [Opening]
  private(set) var placed: [Placed] = []

  /// Furniture keeps this far apart.
  private static let gap = 5
  private static let step = 10
  /// The height of the lower edge of windows; what is higher stands beside them.
  static let sill = 90

  /// An empty room whose door and windows are in walls that the choices name.
  init(width: Int, depth: Int, height: Int, windows: Int, _ choices: Choices) {
    (self.width, self.depth, self.height) = (width, depth, height)
    let sides = choices.shuffled(Wall.allCases, "walls")
    func length(_ wall: Wall) -> Int { wall == .north || wall == .south ? width : depth }
    let doorWidth = min(90, length(sides[0]) - 20)
    var openings = [Opening(isDoor: true, wall: sides[0], offset: 10, width: doorWidth)]
    let each = max(40, min(140, (length(sides[1]) - 60) / 2))
    for window in 0..<max(0, windows) {
      let offset = windows == 1 ? (length(sides[1]) - each) / 2 : 20 + window * (length(sides[1]) - 40 - each)
      openings.append(Opening(isDoor: false, wall: sides[1], offset: offset, width: each))
    }
    self.openings = openings
  }

  /// As long as it is seen from the room.
  func length(of wall: Wall) -> Int { wall == .north || wall == .south ? width : depth }

  /// Places what fits, one after the other; the rest is left out.
  mutating func place(_ wanted: [Wanted], _ choices: Choices) {
    let walls = choices.shuffled(Wall.allCases, "furniture")
    for (number, piece) in wanted.enumerated() {
      let places = piece.isAtWall ? (0..<4).flatMap { atWall(piece, walls[(number + $0) % 4]) } : inside(piece)
      guard let place = places.first(where: { isFree($0, height: piece.height) }) else { continue }
      placed.append(
        Placed(
          number: number, id: piece.id, name: piece.name, x: place.x, y: place.y, width: place.width,
          depth: place.depth, height: piece.height, isRound: piece.isRound, wall: place.wall))
    }
  }

  private struct Place {
    let x: Int
    let y: Int
    let width: Int
    let depth: Int
    let wall: Wall?
  }

  /// From one end of a wall to the other.
  private func atWall(_ piece: Wanted, _ wall: Wall) -> [Place] {
    let room = length(of: wall) - piece.width
    guard room >= 0 else { return [] }
    return stride(from: 0, through: room, by: Self.step).map { along in
      switch wall {
      case .north: Place(x: along, y: 0, width: piece.width, depth: piece.depth, wall: wall)
      case .south: Place(x: along, y: depth - piece.depth, width: piece.width, depth: piece.depth, wall: wall)
      case .west: Place(x: 0, y: along, width: piece.depth, depth: piece.width, wall: wall)
      case .east: Place(x: width - piece.depth, y: along, width: piece.depth, depth: piece.width, wall: wall)
      }
    }
  }

  /// From the middle outwards, first as it is and then turned.
  private func inside(_ piece: Wanted) -> [Place] {
    var places: [Place] = []
    for (across, along) in [(piece.width, piece.depth), (piece.depth, piece.width)] {
      let (x, y) = ((width - across) / 2, (depth - along) / 2)
      for ring in 0..<6 {
        let shift = ring * 2 * Self.step
        for (east, south) in [(shift, 0), (-shift, 0), (0, shift), (0, -shift)] {
          places.append(Place(x: x + east, y: y + south, width: across, depth: along, wall: nil))
        }
      }
    }
    return places
  }

  private func isFree(_ place: Place, height: Int) -> Bool {
    guard height <= Self.sill || !isBeforeWindow(place) else { return false }
    guard place.x >= 0, place.y >= 0, place.x + place.width <= width, place.y + place.depth <= depth else {
      return false
    }
    let taken = placed.map { (x: $0.x, y: $0.y, width: $0.width, depth: $0.depth) } + [doorSwing]
    return !taken.contains { other in
      place.x < other.x + other.width + Self.gap && other.x < place.x + place.width + Self.gap
        && place.y < other.y + other.depth + Self.gap && other.y < place.y + place.depth + Self.gap
    }
  }

  private func isBeforeWindow(_ place: Place) -> Bool {
    openings.contains { window in
      guard !window.isDoor, window.wall == place.wall else { return false }
      let isLevel = window.wall == .north || window.wall == .south
      let start = isLevel ? place.x : place.y
      return start < window.offset + window.width && window.offset < start + (isLevel ? place.width : place.depth)
    }
  }

  /// What the door needs to open.
  private var doorSwing: (x: Int, y: Int, width: Int, depth: Int) {
    guard let door = openings.first(where: \.isDoor) else { return (0, 0, 0, 0) }
    let side = door.width
    return switch door.wall {
    case .north: (door.offset, 0, side, side)
    case .south: (door.offset, depth - side, side, side)
    case .west: (0, door.offset, side, side)
    case .east: (width - side, door.offset, side, side)
    }
  }

  /// The wall at the back of most pieces; the northern one of an empty room.
  var mainWall: Wall {
    let counts = Wall.allCases.map { wall in (wall, placed.count { $0.wall == wall }) }
    return counts.max { $0.1 < $1.1 }?.0 ?? .north
  }

  /// Where something on a wall is for one who looks at it, from the left: the southern and the western wall are seen mirrored.
  func seen(_ offset: Int, _ width: Int, at wall: Wall) -> Int {
    wall == .south || wall == .west ? length(of: wall) - offset - width : offset
  }

  /// The same for a range.
  func seen(_ range: Range<Int>, at wall: Wall) -> Int { seen(range.lowerBound, range.count, at: wall) }
}
