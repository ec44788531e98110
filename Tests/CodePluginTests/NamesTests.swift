import Testing

@testable import genplugin_code

struct NamesTests {
  @Test(arguments: [
    ("title", "title"), ("BlogPost", "blog_post"), ("HTTPServerName", "http_server_name"), ("first name", "first_name"),
    ("first-name.x/y", "first_name_x_y"), ("__init__", "init"), ("Größe", "groesse"), ("Gro\u{308}ße", "groesse"),
    ("naïve café", "naive_cafe"), ("Łódź", "lodz"), ("Øre", "ore"), ("éa", "ea"), ("x\u{200B}y", "xy"),
    ("a1B2", "a1_b2"),
    ("  spaced  ", "spaced"), ("it's", "it_s"), ("ÄRGER", "aerger"),
  ])
  func `a name becomes one of Python`(_ given: String, _ expected: String) throws {
    #expect(try Identifier.snake(given) == expected)
    #expect(try Identifier.snake(expected) == expected, "it is stable")
  }

  @Test(arguments: [
    ("", Identifier.Problem.empty), ("!?…", .empty), ("2fa", .beginsWithDigit), ("пост", .otherScript("п")),
    ("数", .otherScript("数")), ("αβγ", .otherScript("α")), ("x²", .otherScript("²")),
    (String(repeating: "a", count: 41), .tooLong),
  ])
  func `a name that cannot be spelled is refused`(_ given: String, _ expected: Identifier.Problem) {
    #expect(throws: expected) { try Identifier.snake(given) }
  }

  @Test(arguments: [
    ("post", "posts"), ("category", "categories"), ("day", "days"), ("status", "statuses"), ("address", "addresses"),
    ("box", "boxes"), ("branch", "branches"), ("person", "people"), ("order_item", "order_items"),
    ("child", "children"),
    ("news", "news"), ("database", "databases"), ("quiz", "quizzes"), ("analysis", "analyses"), ("house", "houses"),
  ])
  func `a noun has a plural, and comes back from it`(_ one: String, _ many: String) {
    #expect(Plural.plural(one) == many)
    #expect(Plural.singular(many) == one)
    #expect(Plural.singular(one) == one)
  }

  @Test(arguments: [
    "import", "from", "class", "None", "true", "metadata", "registry", "json", "copy", "schema", "str", "int", "dt",
    "model_config", "filters", "relationship",
  ])
  func `a field with a name that means something gets another one, and says so`(_ name: String) throws {
    var builder = EntityBuilder()
    let made = try builder.entities([RawEntity(name: "thing", fields: [RawField(name: name)])])
    #expect(made[0].fields.map(\.name) == [name.lowercased() + "_"])
    #expect(builder.notes.count == 1)
  }

  @Test(arguments: [
    ("Date", "date", "DateModel"), ("class", "class_", "Class"), ("base", "base", "BaseModel"),
    ("core", "core_", "Core"),
    ("Posts", "post", "Post"), ("None", "none_", "NoneModel"), ("Session", "session", "Session"),
  ])
  func `an entity with a name that means something gets another one`(
    _ given: String, _ module: String, _ className: String
  ) throws {
    let made = try entities("entity \(given): title")
    #expect(made.map(\.name) == [module] && made.map(\.className) == [className])
  }

  @Test func `what every row has is left out`() throws {
    var builder = EntityBuilder()
    let fields = ["ID", "created_at", "UpdatedAt", "title"].map(RawField.init(name:))
    #expect(try builder.entities([RawEntity(name: "x", fields: fields)])[0].fields.map(\.name) == ["title"])
    #expect(builder.notes.count == 3)
  }
}
