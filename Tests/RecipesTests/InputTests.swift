import JSON
import Testing
import YAML

@testable import Recipes

@Suite struct `Values for the inputs of a recipe` {
  private static let yaml = """
    recipe: r
    inputs:
      topic: {type: text, default: Bees}
      n: {type: integer, default: 3, min: 1, max: 10}
      share: {type: number, default: 0.5, min: 0, max: 1}
      draft: {type: boolean, default: false}
      rooms: {type: list, default: [kitchen], max: 3}
      plan: {type: json, default: {}, schema: {type: object, additionalProperties: {type: integer}}}
    tasks:
      a: {kind: docs}
    """
  private static let files = """
    recipe: r
    inputs:
      image: {type: file}
      views: {type: files, max: 2}
    tasks:
      a: {kind: docs}
    """

  private func value(_ name: String, _ given: [GivenInput], of yaml: String = yaml) throws -> String? {
    try recipe(yaml).values(given)[name].map { String(decoding: $0.raw, as: UTF8.self) }
  }

  private func refusal(_ given: [GivenInput], of yaml: String = yaml) throws -> String {
    let recipe = try recipe(yaml)
    return try #require(throws: RecipeError.self) { try recipe.values(given) }.text(file: "r.yaml")
  }

  @Test func `are the defaults where nothing is given`() throws {
    #expect(try value("topic", []) == "\"Bees\"")
    #expect(try value("n", []) == "3")
    #expect(try value("rooms", []) == "[\"kitchen\"]")
    #expect(try value("other", []) == nil)
  }

  @Test(arguments: [
    ("topic", "12", "\"12\""), ("topic", "", "\"\""), ("n", "7", "7"), ("share", "1", "1"), ("share", "2e-1", "2e-1"),
    ("draft", "true", "true"), ("rooms", "a, b", "[\"a, b\"]"), ("plan", "{\"a\": 1}", "{\"a\": 1}"),
    ("rooms", "[a]", "[\"[a]\"]"),
  ])
  func `are read by their type`(_ name: String, _ text: String, _ json: String) throws {
    #expect(try value(name, [GivenInput(name, .text(text))]) == json)
  }

  @Test func `are the same from a file that begins with a byte order mark`() throws {
    let recipe = try recipe(
      "recipe: r\ninputs: {t: {type: text}, l: {type: list}, j: {type: json}}\ntasks: {a: {kind: docs}}\n")
    let given = [("t", "Art"), ("l", "Art\nZen\n"), ("j", "[1]")].map { name, text in
      GivenInput(name, .file(name: "f", bytes: Array("\u{FEFF}\(text)".utf8)))
    }
    let values = try recipe.values(given)
    #expect(values["t"]?.string == "Art" && values["l"]?.elements?.map(\.string) == ["Art", "Zen"])
    #expect(values["j"]?.elements?.map(\.int) == [1])
  }

  @Test func `come from files as their contents, a file as its name`() throws {
    func file(_ name: String, _ text: String) -> GivenInput {
      GivenInput(name, .file(name: "f.txt", bytes: Array(text.utf8)))
    }
    #expect(try value("topic", [file("topic", "two\nlines\n")]) == #""two\nlines\n""#)
    #expect(try value("rooms", [file("rooms", "a\n\r\n  \nb c\r\n")]) == #"["a","b c"]"#)
    #expect(try value("rooms", [file("rooms", "[\"a\", \"b\"]\n")]) == #"["a","b"]"#)
    #expect(try value("n", [file("n", "5\n")]) == "5")
    let files = ["image", "views", "views"].enumerated().map { GivenInput($1, .file(name: "\($0).png", bytes: [0xFF])) }
    #expect(try value("views", files, of: Self.files) == #"["1.png","2.png"]"#)
    #expect(try value("image", files, of: Self.files) == #""0.png""#)
  }

  @Test func `of a list add up`() throws {
    let given = ["a", "b"].map { GivenInput("rooms", .text($0)) }
    #expect(try value("rooms", given) == #"["a","b"]"#)
  }

  @Test(arguments: [
    ([("topik", "x")], "1:1: recipe 'r' has no input 'topik'\n  did you mean 'topic'?"),
    ([("n", "three")], "4:3: input 'n' is a text, no whole number\n  give a number such as 3"),
    ([("n", "1.5")], "4:3: input 'n' is a number, no whole number\n  give a number such as 3"),
    ([("n", "11")], "4:3: input 'n' is 11\n  give from 1 to 10"),
    ([("n", "1"), ("n", "2")], "4:3: input 'n' is given twice\n  give it once"),
    ([("share", "1e999")], "5:3: input 'share' is too large a number\n  give at most 1.7976931348623157e+308"),
    ([("draft", "yes")], "6:3: input 'draft' is a text, no truth value\n  give true or false"),
    (
      [("rooms", "a"), ("rooms", "b"), ("rooms", "c"), ("rooms", "d")],
      "7:3: input 'rooms' has 4 elements\n  give from 1 to 3 elements"
    ),
    (
      [("plan", "{a: 1}")],
      "8:3: input 'plan' is no JSON: a character that cannot stand here, at byte 1\n"
        + "  correct it; texts stand in quotes in JSON"
    ),
    (
      [("plan", "{\"a\": \"b\"}")],
      "8:3: input 'plan' does not fit its schema: /a: is a string, not a whole number\n  correct the value"
    ),
  ])
  func `that are wrong get one message with the place of the input`(_ given: [(String, String)], _ message: String)
    throws
  {
    #expect(try refusal(given.map { GivenInput($0.0, .text($0.1)) }) == "r.yaml:" + message)
  }

  @Test func `of files need not be given where none are allowed`() throws {
    let yaml = "recipe: r\ninputs: {f: {type: files, min: 0}}\ntasks: {a: {kind: docs}}"
    #expect(try value("f", [], of: yaml) == "[]")
    #expect(try recipe(yaml).missingInputs.isEmpty)
  }

  @Test func `of files are wrong when they are none, missing or cannot be named`() throws {
    #expect(
      try refusal([], of: Self.files) == "r.yaml:3:3: input 'image' is missing\n  give it with --input image=@FILE")
    #expect(
      try refusal([GivenInput("image", .text("a.png"))], of: Self.files)
        == "r.yaml:3:3: input 'image' is a file\n  give it with --input image=@PATH")
    let bad = GivenInput("image", .file(name: "a\\b", bytes: []))
    #expect(try refusal([bad], of: Self.files).contains("it holds a backslash"))
    #expect(
      try refusal([GivenInput("topic", .file(name: "t", bytes: [0xFF]))])
        == "r.yaml:3:3: input 'topic' is the file 't', which is no UTF-8\n  save it as UTF-8")
    #expect(
      try refusal([GivenInput("rooms", .file(name: "t", bytes: []))])
        == "r.yaml:7:3: input 'rooms' has no element\n  give one or more; 'min: 0' in the recipe allows none")
    #expect(
      try refusal([GivenInput("rooms", .file(name: "t", bytes: Array("[1]".utf8)))]).contains("no text, number 1"))
  }

  @Test func `have a size that is bounded`() throws {
    let long = String(repeating: "x", count: RecipeLimits.valueBytesMax + 1)
    #expect(try refusal([GivenInput("topic", .text(long))]).contains("more than 1 MiB"))
  }
}
