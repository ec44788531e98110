import JSON
import JobModel
import Testing
import YAML

@testable import Recipes

@Suite struct `A text with placeholders` {
  private static let inputs =
    "inputs:\n  topic: {type: text, default: Bees}\n  n: {type: integer, default: 3}\n"
    + "  all: {type: json, default: {a: [1, two], t: true, nothing: null}}\n"

  private func payload(_ members: String) throws -> String {
    let expansion = try recipe(oneTask(members, inputs: Self.inputs)).expand()
    return try #require(expansion.tasks.first).payloadText
  }

  private func failure(_ members: String) throws -> RecipeError {
    let recipe = try recipe(oneTask(members, inputs: Self.inputs))
    return try #require(throws: RecipeError.self) { try recipe.expand() }
  }

  @Test func `takes values in, numbers and truth values as they are written in JSON`() throws {
    #expect(try payload("prompt: '{inputs.n} × {inputs.topic} {inputs.all.t}'") == #"{"prompt":"3 × Bees true"}"#)
  }

  @Test func `has braces where they are doubled`() throws {
    #expect(try payload("prompt: '{{\"a\": {inputs.n}}}'") == #"{"prompt":"{\"a\": 3}"}"#)
    #expect(try payload("prompt: '{{{{}}}}'") == #"{"prompt":"{{}}"}"#)
  }

  @Test func `in a prompt takes lists and objects as JSON`() throws {
    #expect(try payload("prompt: 'Use {inputs.all.a}.'") == #"{"prompt":"Use [1,\"two\"]."}"#)
  }

  @Test func `in the payload is the value itself when it is one placeholder`() throws {
    let text = #"{"x":{"a":[1,"two"],"t":true,"nothing":null},"y":3,"z":"n=3","l":[null]}"#
    #expect(
      try payload("payload: {x: '{inputs.all}', y: '{inputs.n}', z: 'n={inputs.n}', l: ['{inputs.all.nothing}']}")
        == text)
  }

  @Test func `as a prompt stays a text, also when it is one placeholder`() throws {
    #expect(try payload("prompt: '{inputs.n}'") == #"{"prompt":"3"}"#)
  }

  @Test func `keeps the lines of block text`() throws {
    let lines = ##"{"prompt":"# Bees\n\n  - one\n"}"##
    #expect(try payload("prompt: |\n  # {inputs.topic}\n\n    - one\n") == lines)
  }

  @Test func `takes no list into a title, and nothing into no text`() throws {
    let list = try failure("title: 'All {inputs.all.a}'")
    #expect(list.text(file: "recipe").hasPrefix("recipe:9:17: 'inputs.all.a' is a list, no text\n"))
    let nothing = try failure("prompt: 'All {inputs.all.nothing}'")
    #expect(nothing.problem == "'inputs.all.nothing' is empty (null), no text")
  }

  @Test func `without the member that it asks for is refused`() throws {
    let error = try failure("prompt: 'All {inputs.all.b}'")
    #expect(error.place == Place(line: 9, column: 18))
    #expect(error.problem == "'inputs.all.b': an object without a member 'b'")
  }

  @Test func `has no placeholders in a schema`() throws {
    let members = "schema: {type: object, description: 'as {this}'}"
    #expect(try payload(members) == #"{"schema":{"type":"object","description":"as {this}"}}"#)
  }

  @Test(arguments: [
    "{", "}", "{}", "{ n}", "{n", "{a..b}", "{.a}", "{a.}", "{inputs}", "{outputs}", "{ä}", "{{{", "a}",
  ])
  func `with a brace that belongs to nothing is refused`(_ text: String) {
    #expect(refusal(oneTask("prompt: '\(text)'"))?.hasPrefix("r.yaml:5:") == true)
  }
}
