import Foundation
import JSON
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// Ops `style` and `room`: the catalogue of styles, without a model.
struct StyleTests {
  private static let rooms = Furnishing.standard.rooms.compactMap(\.names.first)

  static let subcategories: [String] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try? String(
      contentsOf: folder.appending(path: "contrib/recipes/style-subcategories.txt"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }()

  /// The style and a room of it, as the plugin writes them.
  static func written(_ subcategory: String, rooms: [String] = []) throws -> (style: JSONValue, rooms: [JSONValue]) {
    let host = FakeHost([])
    var generator = DocsGenerator()
    try host.run(
      GenerationTask(
        job: 1, key: "style", op: "style", payload: JSONText(["subcategory": .string(subcategory)] as JSONTree),
        outputs: ["s/style.json"]), &generator)
    for room in rooms {
      try host.run(
        GenerationTask(
          job: 1, key: room, op: "room", payload: JSONText(["room": .string(room)] as JSONTree),
          outputs: ["s/\(room)/profile.json"]), needs: ["style"], &generator)
    }
    func value(_ path: String) throws -> JSONValue { try JSONDocument(Array(host.text(path).utf8)).root }
    return (try value("s/style.json"), try rooms.map { try value("s/\($0)/profile.json") })
  }

  // MARK: Facts

  @Test func `each fact of a style and of its rooms is known: in the catalogue, in the input or in the plan`() throws {
    let ids = Self.knownIDs()
    for subcategory in Self.subcategories.prefix(12) {
      let written = try Self.written(subcategory, rooms: Self.rooms)
      for file in [written.style] + written.rooms {
        let sentences = try #require(file["sentences"]?.elements)
        #expect(sentences.count >= 10 || file["room"] == nil)
        for sentence in sentences {
          let (text, facts) = (sentence["text"]?.string ?? "", sentence["facts"]?.elements ?? [])
          #expect(!facts.isEmpty, "\(text)")
          for fact in facts {
            let (id, words) = (fact["id"]?.string ?? "", fact["text"]?.string ?? "")
            #expect(ids.contains(id) || id.hasPrefix("plan/") || id.hasPrefix("input/"), "\(id)")
            #expect(text.lowercased().contains(words.lowercased()), "'\(words)' is not in '\(text)'")
          }
        }
      }
    }
  }

  /// Everything in the catalogue that has an id.
  private static func knownIDs() -> Set<String> {
    let data = Furnishing.standard
    var ids = Set(data.colours.keys.map { "colour/\($0)" })
    for material in data.materials {
      ids.insert("material/\(material.id)")
      for index in material.notes.indices { ids.insert("material/\(material.id)/note/\(index + 1)") }
    }
    for light in data.lights { ids.formUnion(["light/\(light.id)", "light/\(light.id)/kelvin"]) }
    for family in data.families {
      ids.insert("family/\(family.id)")
      for index in family.eras.indices { ids.insert("family/\(family.id)/era/\(index + 1)") }
      for index in family.forms.indices { ids.insert("family/\(family.id)/form/\(index + 1)") }
      for approach in family.approaches { ids.insert("family/\(family.id)/approach/\(approach.id)") }
    }
    for room in data.rooms {
      ids.insert("room/\(room.id)/climate")
      for index in room.notes.indices { ids.insert("room/\(room.id)/note/\(index + 1)") }
      for piece in room.pieces {
        ids.formUnion(["furniture/\(room.id)/\(piece.id)", "furniture/\(room.id)/\(piece.id)/note"])
      }
    }
    return ids
  }

  @Test func `a room has colours of its style only, and furniture that fits and stands apart`() throws {
    for subcategory in Self.subcategories {
      let written = try Self.written(subcategory, rooms: Self.rooms)
      let colours = Set((written.style["palette"]?.elements ?? []).compactMap { $0["hex"]?.string })
      #expect(colours.count == 5)
      for room in written.rooms {
        let own = (room["palette"]?.elements ?? []).compactMap { $0["hex"]?.string }
        #expect(own.count == 4 && colours.isSuperset(of: own))
        let name = "\(subcategory), \(room["room"]?.string ?? "?")"
        let pieces = (room["furniture"]?.elements ?? []).map(Area.init)
        #expect(pieces.count >= 2, "\(name) has \(pieces.count) pieces")
        let size = room["dimensions"]
        let all = Area(x: 0, y: 0, width: size?["width"]?.int ?? 0, depth: size?["depth"]?.int ?? 0)
        for (index, piece) in pieces.enumerated() {
          #expect(all.contains(piece), "\(name): \(piece)")
          #expect(!pieces[..<index].contains { $0.overlaps(piece) }, "\(name): \(piece)")
        }
      }
    }
  }

  private struct Area {
    let (x, y, width, depth): (Int64, Int64, Int64, Int64)

    init(x: Int64, y: Int64, width: Int64, depth: Int64) {
      (self.x, self.y, self.width, self.depth) = (x, y, width, depth)
    }

    init(_ piece: JSONValue) {
      func number(_ name: String) -> Int64 { piece[name]?.int ?? -1 }
      self.init(x: number("x"), y: number("y"), width: number("width"), depth: number("depth"))
    }

    func contains(_ other: Area) -> Bool {
      other.x >= x && other.y >= y && other.x + other.width <= x + width && other.y + other.depth <= y + depth
    }

    func overlaps(_ other: Area) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.depth && other.y < y + depth
    }
  }

  @Test func `every family has what every room needs`() {
    let data = Furnishing.standard
    for family in data.families {
      for climate in ["dry", "wet", "outdoor", "rough"] {
        for part in StyleDesign.parts {
          let known = (family.materials[part] ?? []).map(data.material)
          #expect(known.contains { $0.fits.contains(climate) }, "\(family.id): \(part), \(climate)")
        }
        #expect(data.lights.contains { family.lights.contains($0.id) && $0.fits.contains(climate) }, "\(family.id)")
      }
    }
    #expect(Set(data.rooms.map(\.climate)).isSubset(of: ["dry", "wet", "outdoor", "rough"]))
  }

  // MARK: Likeness

  /// How alike two texts are: of their groups of three words those that both have, among all.
  private static func likeness(_ one: Set<[Substring]>, _ other: Set<[Substring]>) -> Double {
    let common = one.intersection(other).count
    return Double(common) / Double(max(1, one.count + other.count - common))
  }

  private static func groups(_ value: JSONValue) -> Set<[Substring]> {
    let words = (value["factual"]?.string ?? "").lowercased().split { !$0.isLetter && !$0.isNumber }
    return Set(zip(zip(words, words.dropFirst()), words.dropFirst(2)).map { [$0.0.0, $0.0.1, $0.1] })
  }

  private static func bound(_ what: String, _ texts: [[JSONValue]], mean meanMax: Double, most mostMax: Double) {
    var (sum, count, most) = (0.0, 0, 0.0)
    for list in texts {
      let groups = list.map(groups)
      for (index, one) in groups.enumerated() {
        for other in groups[..<index] {
          let likeness = likeness(one, other)
          (sum, count, most) = (sum + likeness, count + 1, max(most, likeness))
        }
      }
    }
    let mean = sum / Double(count)
    print("\(what): likeness of \(count) pairs, mean \(mean.shown), most \(most.shown)")
    #expect(mean <= meanMax && most <= mostMax)
  }

  @Test func `profiles are not one text with names replaced`() throws {
    let all = try Self.subcategories.map { try Self.written($0, rooms: Self.rooms) }
    #expect(all.count == 60 && all[0].rooms.count == 24)
    Self.bound("the rooms of a style", all.map(\.rooms), mean: 0.08, most: 0.25)
    let sameRoom = (0..<24).map { room in all.map { $0.rooms[room] } }
    Self.bound("the same room in 60 styles", sameRoom, mean: 0.14, most: 0.35)
    Self.bound("60 styles", [all.map(\.style)], mean: 0.05, most: 0.3)
    #expect(Set(all.flatMap(\.rooms).compactMap { $0["factual"]?.string }).count == 60 * 24)
  }

  @Test func `a style is the same however its name is written, and says that no model was used`() throws {
    let one = try Self.written("Art Deco", rooms: ["kitchen"])
    #expect(one.style["palette"]?.minified == (try Self.written("  art   DECO ").style["palette"]?.minified))
    #expect(one.style.minified == (try Self.written("Art Deco").style.minified))
    #expect(one.style["family"]?["chosen_by"]?.string == "a word of the sub-category")
    for file in [one.style] + one.rooms {
      #expect(file["made_by"]?.string == "facts" && file["model"]?.isNull == true)
      #expect(file["note"]?.string == "Written from the facts of the catalogue, without a model.")
    }
    let unknown = try Self.written("Xyzzy", rooms: ["moon base"])
    #expect(unknown.style["family"]?["chosen_by"]?.string == "the hash of the sub-category")
    #expect(unknown.rooms[0]["factual"]?.string?.contains("moon base") == true)
  }

  // MARK: Wrong

  private static func failure(
    _ op: String, _ payload: JSONTree, to outputs: [String] = ["a.json"], style: String? = nil
  ) throws -> PluginFailure {
    let host = FakeHost([])
    if let style {
      host.results["s.json"] = .init(task: "s", bytes: Array(style.utf8), mediaType: "application/json")
    }
    var generator = DocsGenerator()
    return try #require(throws: PluginFailure.self) {
      try host.run(
        GenerationTask(job: 1, key: "t", op: op, payload: JSONText(payload), outputs: outputs), needs: ["s"],
        &generator)
    }
  }

  @Test(
    arguments: [
      ("style", [:], "the payload has no subcategory"),
      ("style", ["subcategory": " \t"], "the payload has no subcategory"),
      ("style", ["subcategory": "a", "rom": "b"], "'rom' that nobody knows"),
      ("style", ["subcategory": "a\nb"], "longer than a line"), ("room", ["room": 3], "the payload has no room"),
      ("room", ["room": "a", "max_tokens": 0], "'max_tokens' is no whole number"),
    ] as [(String, JSONTree, String)])
  func `what a payload gets wrong is told in two lines`(_ op: String, _ payload: JSONTree, _ words: String) throws {
    let failure = try Self.failure(op, payload)
    #expect(failure.errorClass == "bad_payload" && !failure.retryable)
    #expect(failure.message.contains(words) && failure.message.split(separator: "\n").count == 2, "\(failure.message)")
  }

  @Test(arguments: [["a.md"], [], ["a.json", "b.json"]])
  func `a style is one JSON file`(_ outputs: [String]) throws {
    #expect(
      try Self.failure("style", ["subcategory": "a"], to: outputs).message.contains("one file that ends with .json"))
  }

  @Test(arguments: [
    nil, "no JSON", "[]", #"{"palette": []}"#,
    ##"{"subcategory":"x","approach":"a","era":"e","palette":[{"name":"n","hex":"url(x)","role":"walls"}]}"##,
  ])
  func `a room without the file of a style is refused`(_ style: String?) throws {
    let failure = try Self.failure("room", ["room": "kitchen"], style: style)
    #expect(failure.errorClass == "bad_input" && failure.message.contains("needs: [style]"))
  }
}

extension Double {
  fileprivate var shown: String { String(format: "%.3f", self) }
}
