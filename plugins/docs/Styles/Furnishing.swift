import JSON

/// What is known of styles and rooms without a model: the files of `Catalogue`, read once.
///
/// Everything in them has an id, and what is written about a style or a room names the ids that it rests on.
struct Furnishing: Sendable {
  let colours: [String: Colour]
  /// In the order of the file.
  let materials: [Material]
  let lights: [Light]
  let families: [Family]
  let rooms: [Room]
  let phrases: Phrases

  struct Colour: Sendable {
    let id: String
    let name: String
    /// `#rrggbb`
    let hex: String
  }

  struct Material: Sendable {
    let id: String
    /// What it is used for: `floor`, `wall`, `wood`, `textile` or `metal`.
    let part: String
    let name: String
    let hex: String
    let fits: [String]
    /// A sentence each.
    let notes: [String]
  }

  struct Light: Sendable {
    let id: String
    /// With its article.
    let name: String
    let kelvin: Int
    let fits: [String]
  }

  struct Approach: Sendable {
    let id: String
    let text: String
  }

  struct Family: Sendable {
    let id: String
    let name: String
    /// A sub-category that contains one of them belongs to it.
    let words: [String]
    let eras: [String]
    let forms: [String]
    let approaches: [Approach]
    /// The ids of colours by role.
    let colours: [String: [String]]
    /// The ids of materials by part.
    let materials: [String: [String]]
    let lights: [String]
  }

  struct Piece: Sendable {
    let id: String
    let name: String
    /// Along the wall, from the wall, and up, in cm.
    let width: Int
    let depth: Int
    let height: Int
    let isRound: Bool
    let isAtWall: Bool
    /// A sentence.
    let note: String
  }

  struct Room: Sendable {
    let id: String
    let names: [String]
    /// Where it stands, in the words of `Material.fits`.
    let climate: String
    /// In cm, the least and the most.
    let width: ClosedRange<Int>
    let depth: ClosedRange<Int>
    let height: ClosedRange<Int>
    let windows: Int
    let notes: [String]
    let pieces: [Piece]
  }

  /// Forms of sentences: by `room` or `style`, then by subject.
  struct Phrases: Sendable {
    let room: [String: [String]]
    let style: [String: [String]]
  }

  /// The data that comes with the plugin.
  static let standard = Furnishing(
    colours: PackageResources.colours_json, materials: PackageResources.materials_json,
    lights: PackageResources.lights_json, families: PackageResources.families_json,
    rooms: PackageResources.rooms_json, phrases: PackageResources.phrases_json)

  func material(_ id: String) -> Material {
    guard let material = materials.first(where: { $0.id == id }) else { preconditionFailure("no material \(id)") }
    return material
  }

  func colour(_ id: String) -> Colour {
    guard let colour = colours[id] else { preconditionFailure("no colour \(id)") }
    return colour
  }

  /// The family whose words the folded sub-category contains; nil when none does.
  func family(named subcategory: String) -> Family? {
    families.first { $0.words.contains { subcategory.contains($0) } }
  }

  /// The room of that folded name; the one for anything else when there is none.
  func room(named name: String) -> Room {
    guard let room = rooms.first(where: { $0.names.contains(name) }) ?? rooms.last else {
      preconditionFailure("there are no rooms")
    }
    return room
  }
}

// MARK: Reading

extension Furnishing {
  /// Reads the files, which are a part of the program: what is wrong with them is found by every test.
  private init(
    colours: [UInt8], materials: [UInt8], lights: [UInt8], families: [UInt8], rooms: [UInt8], phrases: [UInt8]
  ) {
    let all = Self.list(colours, "colours").map {
      Colour(id: $0.text("id"), name: $0.text("name"), hex: $0.text("hex"))
    }
    self.colours = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    self.materials = Self.list(materials, "materials").map {
      Material(
        id: $0.text("id"), part: $0.text("part"), name: $0.text("name"), hex: $0.text("hex"), fits: $0.texts("fits"),
        notes: $0.texts("notes"))
    }
    self.lights = Self.list(lights, "lights").map {
      Light(id: $0.text("id"), name: $0.text("name"), kelvin: $0.number("kelvin"), fits: $0.texts("fits"))
    }
    self.families = Self.list(families, "families").map { Family($0) }
    self.rooms = Self.list(rooms, "rooms").map { Room($0) }
    let root = Self.root(phrases)
    self.phrases = Phrases(room: root.textLists("room"), style: root.textLists("style"))
  }

  private static func root(_ bytes: [UInt8]) -> JSONValue {
    guard let root = try? JSONDocument(bytes).root else { preconditionFailure("a file of the catalogue is no JSON") }
    return root
  }

  private static func list(_ bytes: [UInt8], _ name: String) -> [JSONValue] { root(bytes).list(name) }
}

extension Furnishing.Family {
  fileprivate init(_ value: JSONValue) {
    self.init(
      id: value.text("id"), name: value.text("name"), words: value.texts("words"), eras: value.texts("eras"),
      forms: value.texts("forms"),
      approaches: value.list("approaches").map { Furnishing.Approach(id: $0.text("id"), text: $0.text("text")) },
      colours: value.textLists("colours"), materials: value.textLists("materials"), lights: value.texts("lights"))
  }
}

extension Furnishing.Room {
  fileprivate init(_ value: JSONValue) {
    self.init(
      id: value.text("id"), names: value.texts("names"), climate: value.text("climate"), width: value.range("width"),
      depth: value.range("depth"), height: value.range("height"), windows: value.number("windows"),
      notes: value.texts("notes"),
      pieces: value.list("pieces").map { piece in
        Furnishing.Piece(
          id: piece.text("id"), name: piece.text("name"), width: piece.number("width"), depth: piece.number("depth"),
          height: piece.number("height"), isRound: piece.text("shape") == "round",
          isAtWall: piece.text("place") == "wall", note: piece.text("note"))
      })
  }
}

/// Members that are there because the file is a part of the program.
extension JSONValue {
  fileprivate func list(_ name: String) -> [JSONValue] {
    guard let list = self[name]?.elements else { preconditionFailure("the catalogue lacks a list '\(name)'") }
    return list
  }

  fileprivate func text(_ name: String) -> String {
    guard let text = self[name]?.string else { preconditionFailure("the catalogue lacks a text '\(name)'") }
    return text
  }

  fileprivate func texts(_ name: String) -> [String] { list(name).compactMap(\.string) }

  fileprivate func number(_ name: String) -> Int {
    guard let number = self[name]?.int else { preconditionFailure("the catalogue lacks a number '\(name)'") }
    return Int(number)
  }

  fileprivate func range(_ name: String) -> ClosedRange<Int> {
    let ends = list(name).compactMap(\.int).map(Int.init)
    guard ends.count == 2, ends[0] <= ends[1] else { preconditionFailure("'\(name)' in the catalogue is no range") }
    return ends[0]...ends[1]
  }

  fileprivate func textLists(_ name: String) -> [String: [String]] {
    guard let members = self[name]?.members else { preconditionFailure("the catalogue lacks '\(name)'") }
    return Dictionary(
      uniqueKeysWithValues: members.map { ($0.key, ($0.value.elements ?? []).compactMap(\.string)) })
  }
}
