import Foundation
import JSON
import Testing

@testable import genplugin_code

/// Schemas in words and as JSON.
struct SchemaTests {
  private func field(_ text: String) throws -> Field {
    let made = try entities("entity User: name\nentity Thing\n  - \(text)")
    return try #require(made.last?.fields.first)
  }

  // MARK: In words

  @Test func `entities stand in lines, and the rest is what the project is about`() throws {
    let text = try SchemaText(
      "A blog.\nentity User: name, email unique\n\n## Entity Post:\n  - title\n * body: longtext\nentity systems are nice things to have\nMore prose.\n- a point of it"
    )
    #expect(text.entities.map(\.name) == ["User", "Post"])
    #expect(text.entities.map { $0.fields.map(\.name) } == [["name", "email"], ["title", "body"]])
    #expect(text.prose == "A blog.\n\nentity systems are nice things to have\nMore prose.\n- a point of it")
  }

  @Test func `lines may end as in Windows`() throws {
    let text = try SchemaText("A blog.\r\nentity User: name\r\nentity Post\r\n  - title\r\n\r\nOf a team.\r\n")
    #expect(text.entities.map(\.name) == ["User", "Post"])
    #expect(text.entities.map { $0.fields.map(\.name) } == [["name"], ["title"]])
    #expect(text.prose == "A blog.\n\nOf a team.")
  }

  @Test func `a field says its type and its rules, in any order`() throws {
    let price = try field("price: number min=0 max=1e6 required")
    #expect(price.type == .number && price.isRequired && price.minimum == 0 && price.maximum == .double(1e6))
    let code = try field("code: required unique, text(8)")
    #expect(code.type == .text && code.isUnique && code.maxLength == 8 && code.minLength == 1)
    let state = try field("state: 'in work'|done default='in work'")
    #expect(state.type == .choice(["in work", "done"]) && state.defaultValue == "in work" && !state.isRequired)
    let title = try field("first title")
    #expect(title.name == "first_title" && title.type == .text && title.maxLength == 200)
    let apostrophe = try field("mark: it's|ok")
    #expect(apostrophe.choices == ["it's", "ok"])
  }

  @Test(arguments: [
    "author: User", "author -> User", "author: references=Users", "user", "user_id", "User: reference", "users",
  ])
  func `a field refers to an entity by its type, its name, or in so many words`(_ text: String) throws {
    let field = try field(text)
    #expect(field.reference?.entity == "user" && field.isRequired)
    #expect(field.column == field.name + "_id")
  }

  @Test func `the page of the plugin has the types that follow from names`() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "plugins/code/README.md")
    let page = String(decoding: try Data(contentsOf: path), as: UTF8.self)
    for (endings, type) in TypeFromName.rules {
      let line = try #require(page.split(separator: "\n").first { $0.hasPrefix("| `\(type.word)` |") }, "\(type.word)")
      for ending in endings { #expect(line.contains("`\(ending)`"), "\(type.word): \(ending)") }
    }
    for (words, _) in FieldType.words { for word in words { #expect(page.contains("`\(word)`"), "\(word)") } }
  }

  @Test(arguments: [
    ("published_at", FieldType.moment), ("at", .text), ("born_on", .date), ("birthday", .date), ("work_email", .email),
    ("homepage", .url), ("comment_count", .integer), ("list_price", .number), ("is_open", .boolean),
    ("has_children", .boolean), ("is", .text), ("published", .boolean), ("short_description", .longText),
    ("title", .text),
    ("format", .text), ("external_id", .text),
  ])
  func `the type of a name alone follows from it`(_ name: String, _ type: FieldType) throws {
    #expect(TypeFromName.type(of: name) == type)
    #expect(try field(name).type == type)
  }

  @Test func `what is not said is required, but times, what is true or false, and references to itself`() throws {
    let made = try entities("entity Node: title, seen_at, born_on, is_open, node, count")
    #expect(made[0].fields.map(\.isRequired) == [true, false, false, false, false, true])
    #expect(made[0].fields.map(\.isNullable) == [false, true, true, false, true, false])
  }

  // MARK: Refused

  private static let refused: [(schema: String, problem: String)] = [
    ("", "no entities"),
    ("entity Post:", "no fields"),
    ("entity Post: id", "no fields"),
    ("entity пост: title", "no one spelling"),
    ("entity 2fa: title", "begins with a digit"),
    ("entity Post: title\nentity posts: text", "'Post' and 'posts' would both be called 'post'"),
    ("entity A1: x\nentity a_1: x", "both be called"),
    ("entity sqlite thing: x", "SQLite"),
    ("entity Post: title, Title", "both be called 'title'"),
    ("entity Post: metadata, metadata_", "both be called 'metadata_'"),
    ("entity User: x\nentity Post: author_id text, author: User", "both be called 'author_id'"),
    ("entity Post\n  - title: frog", "the type 'frog', which does not exist"),
    ("entity Post\n  - author: reference", "does not say what it refers to"),
    ("entity Post\n  - author: references=Nobody", "refers to 'Nobody'"),
    ("entity Post\n  - title: text required perhaps", "the word 'perhaps'"),
    ("entity Post\n  - title: text colour=red", "'colour='"),
    ("entity Post\n  - title: text max=many", "which is no number"),
    ("entity Post\n  - title: text min=5 max=4", "allows no text"),
    ("entity Post\n  - title: text max=0", "allows no text"),
    ("entity Post\n  - title: text max=2000000", "a length that is none"),
    ("entity Post\n  - title: text max=1.5", "a length that is none"),
    ("entity Post\n  - title: 'text", "a quote that does not end"),
    ("entity Post\n  - n: integer min=2 max=1", "a min above its max"),
    ("entity Post\n  - n: integer min=1.5", "a bound of it is none"),
    ("entity Post\n  - day: date min=1", "has bounds"),
    ("entity Post\n  - n: integer default=many", "a default that it does not allow"),
    ("entity Post\n  - n: integer max=3 default=4", "a default that it does not allow"),
    ("entity Post\n  - s: a|b default=c", "a default that it does not allow"),
    ("entity Post\n  - s: a|a", "a choice twice"),
    ("entity Post\n  - s: a|", "2 to 50 choices"),
    ("entity Post\n  - s: integer a|b", "choices, and a type"),
    ("entity Post\n  - day: date default=2024-01-01", "is a date and has a default"),
    ("entity Post\n  - ok: boolean unique default=true", "unique and has a default"),
    ("entity Post\n  - s: a|b unique", "too few values"),
    ("entity Post\n  - n: integer min=1 max=9 unique", "too few values"),
    ("entity Post\n  - t: text(3) unique", "too few values"),
    ("entity Post\n  - post: Post required", "'post' → 'post' can be made first"),
    ("entity A: b\nentity B: c\nentity C: a", "'a' → 'b' → 'c' → 'a' can be made first"),
    ("entity User: x\nentity Post\n  - author: User default=1", "a default or bounds"),
    ("entity X: " + (0...60).map { "f\($0)" }.joined(separator: ","), "more than 60 fields"),
    ((0...100).map { "entity E\(spelled($0)): x" }.joined(separator: "\n"), "101 entities"),
  ]

  /// A number in letters, so that no two become one name.
  private static func spelled(_ number: Int) -> String {
    String(String(number).map { Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8($0.wholeNumberValue ?? 0))) })
  }

  @Test(arguments: refused)
  func `a schema that makes no project is refused, with what to do`(_ schema: String, _ expected: String) throws {
    let found = try #require(problem(schema), "\(schema.prefix(80)) was taken")
    #expect(found.problem.contains(expected), "\(found)")
    #expect(!found.remedy.isEmpty && !found.problem.contains("\n"))
  }

  @Test func `circles with an optional reference in them are taken, and marked`() throws {
    let made = try entities("entity A: b\nentity B\n  - a: A optional\nentity C: a")
    #expect(made.map { $0.fields.map { $0.reference?.isCyclic } } == [[true], [true], [false]])
  }

  // MARK: As JSON

  @Test func `a plan that is read again is the same`() throws {
    let plan = try Plan(SchemaText(CodeJob.blog).entities, prose: "x")
    let value = try JSONDocument(Array(plan.text.utf8)).root
    #expect(try #require(value["entities"]?.elements).compactMap(Entity.init) == plan.project.entities)
  }

  @Test(arguments: [
    #"[{"name": "post", "fields": ["title", {"name": "n", "type": "integer", "min": 1, "max": 5, "required": false}]}]"#,
    #"[{"name": "post", "fields": ["title", "n: integer min=1 max=5 optional"]}]"#,
  ])
  func `fields are texts or objects`(_ json: String) throws {
    var builder = EntityBuilder()
    let made = try builder.entities(RawEntity.list(JSONDocument(Array(json.utf8)).root))
    #expect(made[0].fields[1].minimum == 1 && made[0].fields[1].maximum == 5 && made[0].fields[1].isNullable)
  }

  @Test(arguments: [
    "{}", "[1]", #"[{"name": "post"}]"#, #"[{"name": "", "fields": ["x"]}]"#,
    #"[{"name": "x", "fields": [], "extra": 1}]"#,
    #"[{"name": "x", "fields": [{"type": "text"}]}]"#, #"[{"name": "x", "fields": [{"name": "a", "min_length": -1}]}]"#,
  ])
  func `a list that is none is refused, with an example`(_ json: String) throws {
    let value = try JSONDocument(Array(json.utf8)).root
    #expect(throws: SchemaProblem.self) { try RawEntity.list(value) }
  }

  @Test(arguments: [
    ("name", "x\nimport os"), ("class", "X)"), ("plural", "../x"), ("name", ""), ("name", "9x"), ("class", "Ü"),
  ])
  func `an entity of a plan that was written by hand slips no code in`(_ member: String, _ text: String) throws {
    var members = ["name": "x", "class": "X", "plural": "xs"]
    #expect(Entity(try value(members)) != nil)
    members[member] = text
    #expect(Entity(try value(members)) == nil)
  }

  private func value(_ members: [String: String]) throws -> JSONValue {
    let tree = JSONTree.object(members.map { .init($0.key, .string($0.value)) } + [.init("fields", [])])
    return try JSONDocument(tree.bytes).root
  }
}
