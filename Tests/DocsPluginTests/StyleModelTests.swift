import JSON
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// Ops `style` and `room` with models that answer as a test says.
struct StyleModelTests {
  private static let style: JSONTree = [
    "approach": "light before all", "era": "the north", "colour": "large",
    "palette": ["walls": "snow white", "large": "linen", "textile": "oat", "accent": "cobalt", "metal": "brass"],
    "materials": ["oak boards", "lime plaster"], "poetic": "Snow.\nLight.\nOak.\nRest.",
    "factual": "Snow white walls stand around oak boards, and linen is the colour that leads.",
  ]

  private static let room: JSONTree = [
    "palette": ["snow white", "cobalt"], "dimensions": ["width": 400, "depth": 300, "height": 260],
    "furniture": [
      ["name": "bed", "width": 160, "depth": 200, "height": 90],
      ["name": "chest", "width": 100, "depth": 45, "height": 80],
    ],
    "materials": ["oak boards", "lime plaster"], "light": ["a lamp"],
    "factual": "The bed stands where the first light of the morning arrives, and nothing else is near.",
  ]

  private static func answer(_ value: JSONTree) -> ModelAnswer {
    ModelAnswer(model: "test/m", text: String(decoding: value.bytes, as: UTF8.self), value: JSONText(value))
  }

  private static func changed(_ value: JSONTree, _ name: String, _ member: JSONTree) -> JSONTree {
    guard case .object(let members) = value else { return value }
    return .object(members.map { $0.key == name ? .init(name, member) : $0 })
  }

  /// The host after a style and a room; the answers are given in turn.
  private static func run(_ answers: [JSONTree], rooms: [String] = ["bedroom"]) throws -> FakeHost {
    let host = FakeHost([])
    var left = answers[...]
    host.model = { _ in
      guard let next = left.popFirst() else { throw PluginFailure("test", "asked once more") }
      return answer(next)
    }
    var generator = DocsGenerator()
    try host.run(
      GenerationTask(
        job: 1, key: "style", op: "style",
        payload: JSONText(["subcategory": "nordic", "prompt": "Be brief."] as JSONTree),
        outputs: ["style.json"]), &generator)
    for room in rooms {
      try host.run(
        GenerationTask(
          job: 1, key: room, op: "room", payload: JSONText(["room": .string(room)] as JSONTree),
          outputs: ["\(room).json"]), needs: ["style"], &generator)
    }
    return host
  }

  @Test func `a model chooses among the colours and materials of the catalogue, and the file says so`() throws {
    let host = try Self.run([Self.style, Self.room])
    let style = try JSONDocument(Array(host.text("style.json").utf8)).root
    #expect(
      style["made_by"]?.string == "model" && style["model"]?.string == "test/m" && style["colour"]?.string == "linen")
    #expect(style["palette"]?.elements?.first?["hex"]?.string == "#f8f9f7")
    let room = try JSONDocument(Array(host.text("bedroom.json").utf8)).root
    #expect(room["palette"]?.elements?.compactMap { $0["name"]?.string } == ["snow white", "cobalt"])
    #expect(room["furniture"]?.elements?.count == 2 && room["figures"]?["plan"]?["room"]?["width"]?.int == 400)
    #expect(ScriptedModel.text(of: host.asked[0].question, .user).hasSuffix("Be brief."))
    let told = try ScriptedModel.facts(in: host.asked[1].question)
    #expect((told["files"] as? [String: Any])?["style"] != nil && host.asked.count == 2)
  }

  @Test func `whole numbers may be written with a point, as JSON schemas allow`() throws {
    let dotted = try JSONTree(
      JSONDocument(Array(#"{"width": 400.0, "depth": 3e2, "height": 260.0}"#.utf8)).root)
    let host = try Self.run([Self.style, Self.changed(Self.room, "dimensions", dotted)])
    let room = try JSONDocument(Array(host.text("bedroom.json").utf8)).root
    #expect(room["dimensions"]?["width"]?.int == 400 && room["dimensions"]?["depth"]?.int == 300)
  }

  @Test func `what is wrong with an answer is told once, and a right one is taken`() throws {
    let banned = Self.changed(
      Self.room, "factual", "As an AI language model I think that this bedroom is a very nice bedroom.")
    let host = try Self.run([Self.style, banned, Self.room])
    #expect(host.asked.count == 3)
    let words = ScriptedModel.text(of: host.asked[2].question, .user)
    #expect(words.contains("'factual' must not say 'as an ai'") && words.contains("Answer once more"))
    #expect(host.text("bedroom.json").contains("first light of the morning"))
  }

  @Test(
    arguments: [
      ("factual", .string("As an AI language model I think that this bedroom is a very nice bedroom."), "as an ai"),
      ("factual", .string(String(repeating: " ", count: 60)), "fewer than 40 characters"),
      (
        "furniture",
        [
          ["name": "wall", "width": 500, "depth": 400, "height": 90],
          ["name": "wall", "width": 500, "depth": 400, "height": 9],
        ], "does not fit into 400 by 300 cm"
      ),
    ] as [(String, JSONTree, String)])
  func `an answer that stays wrong fails the task, and no file is put`(
    _ member: String, _ value: JSONTree, _ words: String
  ) throws {
    let wrong = Self.changed(Self.room, member, value)
    let failure = try #require(throws: PluginFailure.self) { _ = try Self.run([Self.style, wrong, wrong]) }
    #expect(
      failure.errorClass == "bad_answer" && !failure.retryable && failure.message.contains(words), "\(failure.message)")
  }

  @Test(
    arguments: [
      ("palette", ["snow white", "crimson"]), ("materials", ["plastic", "oak boards"]), ("furniture", []),
      ("dimensions", ["width": 4, "depth": 300, "height": 260]),
    ] as [(String, JSONTree)])
  func `an answer beyond the schema is refused, also when the host lets it through`(
    _ member: String, _ value: JSONTree
  ) throws {
    let wrong = Self.changed(Self.room, member, value)
    let failure = try #require(throws: PluginFailure.self) { _ = try Self.run([Self.style, wrong]) }
    #expect(failure.errorClass == "bad_answer" && failure.retryable)
  }
}
