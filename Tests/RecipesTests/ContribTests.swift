import Foundation
import JSON
import JSONSchema
import JobModel
import Testing
import YAML

@testable import Recipes

/// `contrib/recipes`: the samples, and the schema for editors.
@Suite struct `The recipes in contrib` {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "contrib/recipes")

  static func contents(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name)))
  }

  private static func schema() throws -> Schema {
    try Schema(parsing: JSONDocument(contents("recipe.schema.json")).root)
  }

  private static let samples = ["compare-decks", "deck-pairs", "phased-project", "style-catalog", "tech-pack"]

  @Test func `are those that are tested here`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".yaml") }
    #expect(files.sorted() == Self.samples.map { $0 + ".yaml" })
  }

  @Test(arguments: samples)
  func `are read, bear the name of their file, and fit the schema for editors`(_ name: String) throws {
    let bytes = try Self.contents(name + ".yaml")
    #expect(try Recipe(parsing: bytes).name == name)
    #expect(
      try Self.schema().validate(RawJSON(YAMLReader.read(bytes, as: RecipeReader.subject).root.json()).value) == [])
  }

  @Test(arguments: samples)
  func `are read by a person in two minutes`(_ name: String) throws {
    let words = String(decoding: try Self.contents(name + ".yaml"), as: UTF8.self).split(whereSeparator: \.isWhitespace)
    // 200 words a minute are slow reading.
    #expect(words.count <= 400)
  }

  @Test(arguments: samples)
  func `have phases in every task, none of which is another one in small letters`(_ name: String) throws {
    let tasks = try Recipe(parsing: Self.contents(name + ".yaml")).tasks
    let phases = tasks.compactMap { task -> String? in
      if case .text(let words)? = task.phase?.parts.first { words } else { nil }
    }
    #expect(phases.count == (tasks.count == 1 ? 0 : tasks.count))
    let names = Set(phases + [RecipeOrder.phase])
    #expect(Set(names.map { $0.lowercased() }).count == names.count)
  }

  @Test func `make the whole catalogue of styles: 6,000 tasks`() throws {
    let recipe = try Recipe(parsing: Self.contents("style-catalog.yaml"))
    let tasks = try recipe.expand((1...60).map { ("subcategories", "Style \($0)") }).tasks
    #expect(tasks.count == 6000)
    let counts = ["style", "style-image", "room", "room-image"].map { name in tasks.count { $0.declaration == name } }
    #expect(counts == [60, 180, 1440, 4320])
    let image = try #require(tasks.first { $0.key.text == "room-image/style 7/kitchen/wall" })
    #expect(image.needs.map(\.text) == ["room/style 7/kitchen"])
    #expect(image.outputs.map(\.text) == ["style 7/kitchen/wall.png"])
    #expect(image.title == "style 7/60, room 2/24, wall")
  }

  @Test func `make a catalogue whose files all are in the collection and are found by what they show`() throws {
    let recipe = try Recipe(parsing: Self.contents("style-catalog.yaml"))
    let tasks = try recipe.expand([("subcategories", "Art Deco"), ("rooms", "kitchen")]).tasks
    #expect(tasks.count == 8)
    #expect(tasks.allSatisfy { $0.collections.map(\.text) == ["Styles"] && $0.section == "art deco" })
    func marks(_ key: String) throws -> [String?] {
      let columns = try #require(tasks.first { $0.key.text == key }).columns
      return [columns[.type], columns[.product], columns[.category], columns[.view]]
    }
    #expect(try marks("style/art deco") == ["style", "art deco", nil, nil])
    #expect(try marks("style-image/art deco/palette") == ["style-image", "art deco", nil, "palette"])
    #expect(try marks("room/art deco/kitchen") == ["room", "art deco", "kitchen", nil])
    #expect(try marks("room-image/art deco/kitchen/plan") == ["room-image", "art deco", "kitchen", "plan"])
  }

  @Test func `make a project of the entities that its plan finds`() throws {
    let recipe = try Recipe(parsing: Self.contents("phased-project.yaml"))
    #expect(try recipe.expand([("idea", "A blog")]).keys == ["plan", "core"])
    let plan =
      #"{"title": "Blog", "about": "A blog", "entities": [{"name": "post", "fields": []}, {"name": "user", "fields": ["name"]}]}"#
    let tasks = try recipe.expand([("idea", "A blog")], outputs: [("plan", plan)]).tasks
    #expect(tasks.map(\.key.text) == ["plan", "core", "entity/post", "entity/user", "support", "main", "check"])
    #expect(tasks.last?.waitsForSettled == true)
    #expect(tasks[3].payloadText == #"{"entity":{"name":"user","fields":["name"]},"about":"A blog"}"#)
    #expect(tasks.map { $0.outputs.count } == [1, 5, 4, 4, 5, 2, 1])
  }

  @Test func `make a pack of each revision, from the close-ups of what its analyses find`() throws {
    let recipe = try Recipe(parsing: Self.contents("tech-pack.yaml"))
    let revisions =
      #"[{"name": "A", "views": {"front": "a.png", "back": "b.png"}}, {"name": "B", "views": {"front": "c.png"}}]"#
    let pictures = ["a.png", "b.png", "c.png"].map { GivenInput("pictures", .file(name: $0, bytes: [])) }
    let given = [GivenInput("product", .text("Parka")), GivenInput("revisions", .text(revisions))]
    let values = try recipe.values(pictures + given)
    #expect(try recipe.expand(values, outputs: [:]).tasks.map(\.key.text) == ["views/A", "views/B"])
    func views(_ names: String...) throws -> JSONValue {
      let list = names.map { #"{"id": "\#($0)", "name": "\#($0)", "image": "\#($0).png", "sha256": "00"}"# }
      return try json(#"{"views": [\#(list.joined(separator: ","))]}"#)
    }
    let found = try json(
      #"{"summary": "A parka.", "callouts": [], "details": [{"id": "zip", "name": "Zip", "from": "x", "region": {}}]}"#)
    var outputs = [try TaskKey("views/A"): try views("front", "back"), try TaskKey("views/B"): try views("front")]
    outputs[try TaskKey("analysis/A/front")] = found
    #expect(try recipe.expand(values, outputs: outputs).tasks.count { $0.declaration == "close-up" } == 1)
    for key in ["analysis/A/back", "analysis/B/front"] { outputs[try TaskKey(key)] = found }
    let all = try recipe.expand(values, outputs: outputs)
    #expect(all.tasks.count == 2 + 3 + 3 + 3 + 2 && all.waits.isEmpty)
    #expect(all.task("pack/A")?.needs.count == 2 * 3 + 1 && all.task("pack/B")?.needs.count == 3 + 1)
    #expect(all.task("close-up/A/back/zip")?.outputs.map(\.text) == ["Parka/A/close-ups/back/zip.png"])
  }

  @Test func `have a page that names every member and every type`() throws {
    let path = Self.folder.deletingLastPathComponent().deletingLastPathComponent().appending(
      path: "Sources/Recipes/README.md")
    let page = String(decoding: try Data(contentsOf: path), as: UTF8.self)
    let members = RecipeMembers.input + RecipeMembers.newOnly + RecipeMembers.limits + RecipeMembers.task
    for word in members + RecipeInput.Kind.allCases.map(\.rawValue) { #expect(page.contains("`\(word)`"), "\(word)") }
    for word in RecipeMembers.recipe { #expect(page.contains("\n\(word):"), "\(word)") }
  }

  // MARK: The schema

  /// Recipes that the schema for editors refuses as well; the rest is beyond a schema.
  private static let refusedBySchema = [
    "a list instead of a recipe", "no name", "no tasks", "an empty mapping of tasks", "an unknown member of the recipe",
    "an unknown member of a task", "a number as text", "nothing as text", "a type that does not exist",
    "an input without a type", "an unknown limit", "a task without a kind", "a number of attempts out of range",
    "a policy that does not exist", "needs that are no list", "a foreach over an empty list",
    "a payload that is no mapping",
  ]

  @Test(arguments: WrongRecipe.all.filter { refusedBySchema.contains($0.name) })
  func `have a schema that refuses wrong recipes, too`(_ wrong: WrongRecipe) throws {
    let value = RawJSON(try YAMLReader.read(Array(wrong.yaml.utf8), as: RecipeReader.subject).root.json()).value
    #expect(try !Self.schema().validate(value).isEmpty)
  }

  @Test func `have a schema that refuses no wrong recipe by another name`() {
    let names = Set(WrongRecipe.all.map(\.name))
    #expect(names.isSuperset(of: Self.refusedBySchema) && names.count == WrongRecipe.all.count)
  }

  @Test func `have a schema with the members and words of the reader`() throws {
    let schema = try JSONDocument(Self.contents("recipe.schema.json")).root
    func names(_ value: JSONValue?) -> Set<String> { Set(value?["properties"]?.members?.map(\.key) ?? []) }
    func words(_ task: JSONValue?, _ member: String) -> [String?]? {
      task?["properties"]?[member]?["enum"]?.elements?.map(\.string)
    }
    let definitions = try #require(schema["$defs"])
    let task = definitions["task"]
    #expect(names(schema) == Set(RecipeMembers.recipe))
    #expect(names(definitions["input"]) == Set(RecipeMembers.input))
    #expect(names(definitions["limits"]) == Set(RecipeMembers.limits))
    #expect(names(task) == Set(RecipeMembers.task))
    #expect(words(definitions["input"], "type") == RecipeInput.Kind.allCases.map(\.rawValue))
    #expect(words(task, "reuse_by") == ReuseBasis.allCases.map(\.rawValue))
    #expect(definitions["attempts"]?["maximum"]?.int == Int64(ModelLimits.attemptsMax))
    #expect(task?["properties"]?["timeout_ms"]?["maximum"]?.int == ModelLimits.timeoutMsMax)
    #expect(schema["properties"]?["tasks"]?["maxProperties"]?.int == Int64(RecipeLimits.tasksMax))
    #expect(schema["properties"]?["inputs"]?["maxProperties"]?.int == Int64(RecipeLimits.inputsMax))
    #expect(task?["properties"]?["foreach"]?["maxProperties"]?.int == Int64(RecipeLimits.loopsMax))
  }
}
