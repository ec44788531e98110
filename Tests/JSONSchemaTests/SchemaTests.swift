import JSON
import Testing

@testable import JSONSchema

/// What fits a schema, case by case.
struct SchemaTests {
  private func schema(_ text: String) throws -> Schema { try Schema(parsing: try RawJSON(parsing: Array(text.utf8))) }

  private func violations(_ schema: String, _ value: String) throws -> [String] {
    try self.schema(schema).validate(try JSONDocument(Array(value.utf8)).root).map(\.description)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let schema: String
    /// Values that fit, and values that do not.
    let fits: [String]
    let not: [String]
    var testDescription: String { schema }

    init(_ schema: String, fits: [String], not: [String]) {
      (self.schema, self.fits, self.not) = (schema, fits, not)
    }
  }

  static let cases = [
    Case("{}", fits: ["1", "null", "{}", "[]"], not: []),
    Case("true", fits: ["1"], not: []),
    Case("false", fits: [], not: ["1", "null"]),
    Case(
      #"{"type":"integer"}"#, fits: ["1", "1.0", "-3e2", "0", "-0.0", "1e30", "120e-1"], not: ["1.5", "\"1\"", "1e-1"]),
    Case(#"{"type":["string","null"]}"#, fits: ["null", "\"\""], not: ["1", "[]", "{}", "false"]),
    Case(#"{"type":"number"}"#, fits: ["1", "0.1"], not: ["true", "\"1\""]),
    Case(#"{"type":"boolean"}"#, fits: ["true", "false"], not: ["0", "1", "null"]),
    Case(
      #"{"minLength":2,"maxLength":3}"#, fits: ["\"ab\"", "\"e\u{301}\"", "\"\u{1F600}\u{1F600}\"", "1"],
      not: ["\"a\"", "\"abcd\"", "\"\u{e9}\""]),
    Case(
      #"{"minimum":0.1,"exclusiveMaximum":1}"#, fits: ["0.1", "0.10", "1e-1", "0.999", "\"x\""],
      not: ["0.09999999999999999999999", "1", "1.0", "-5"]),
    Case(#"{"maximum":-1,"exclusiveMinimum":-2.5}"#, fits: ["-1", "-2.4"], not: ["-2.5", "-25e-1", "0", "-0.5"]),
    Case(#"{"minimum":9007199254740993}"#, fits: ["9007199254740993"], not: ["9007199254740992"]),
    Case(
      #"{"multipleOf":3}"#, fits: ["9", "0", "-6", "3e5", "999999999999999999999"], not: ["10", "1.5", "4.5", "1e30"]),
    Case(
      #"{"multipleOf":9223372036854775807}"#, fits: ["9223372036854775807", "18446744073709551614"],
      not: ["9223372036854775806"]),
    Case(
      #"{"enum":[1,"a",null,{"x":[1,2]}]}"#, fits: ["1.0", "\"a\"", "null", #"{"x":[1.0,2]}"#],
      not: ["true", "\"A\"", #"{"x":[2,1]}"#]),
    Case(#"{"const":{"a":1,"b":2}}"#, fits: [#"{"b":2.0,"a":1}"#], not: [#"{"a":1}"#, "1"]),
    Case("{\"const\":\"\u{e9}\"}", fits: ["\"\u{e9}\"", "\"\\u00e9\""], not: ["\"e\u{301}\""]),
    Case(#"{"const":[""]}"#, fits: [#"[""]"#], not: [#"["",""]"#, "[]"]),
    Case(#"{"minItems":1,"maxItems":2}"#, fits: ["[1]", "[1,2]", "{}"], not: ["[]", "[1,2,3]"]),
    Case(
      #"{"uniqueItems":true}"#, fits: ["[1,2]", "[1,true]", #"["a","A"]"#, #"[[1],["1"]]"#],
      not: ["[1,1.0]", #"[{"a":1,"b":2},{"b":2,"a":1}]"#]),
    Case(#"{"items":{"type":"integer"}}"#, fits: ["[]", "[1]"], not: ["[1,\"2\"]"]),
    Case(#"{"prefixItems":[{"type":"string"}],"items":false}"#, fits: ["[]", "[\"a\"]"], not: ["[1]", "[\"a\",1]"]),
    Case(
      #"{"properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#,
      fits: [#"{"a":"x"}"#, "1"], not: ["{}", #"{"a":1}"#, #"{"a":"x","b":1}"#]),
    Case(
      #"{"properties":{"a":true},"additionalProperties":{"type":"null"}}"#, fits: [#"{"a":1,"b":null}"#],
      not: [#"{"b":1}"#]),
    Case("{\"properties\":{\"\u{e9}\":{\"type\":\"null\"}}}", fits: ["{\"e\u{301}\":1}"], not: ["{\"\u{e9}\":1}"]),
    Case("{\"required\":[\"\u{e9}\"]}", fits: ["{\"\u{e9}\":1}"], not: ["{\"e\u{301}\":1}"]),
    Case(#"{"minProperties":1,"maxProperties":1}"#, fits: [#"{"a":1}"#], not: ["{}", #"{"a":1,"b":1}"#]),
    Case(#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, fits: ["\"a\"", "5", "null"], not: ["4"]),
    Case(#"{"oneOf":[{"type":"integer"},{"minimum":5}]}"#, fits: ["4", "5.5"], not: ["5", "4.5"]),
    Case(#"{"allOf":[{"type":"integer"},{"minimum":5}]}"#, fits: ["5"], not: ["4", "5.5"]),
    Case(#"{"not":{"type":"string"}}"#, fits: ["1"], not: ["\"a\""]),
    Case(#"{"not":{"not":{"type":"string"}}}"#, fits: ["\"a\""], not: ["1"]),
    Case(
      ##"{"$defs":{"n":{"type":"integer"}},"properties":{"a":{"$ref":"#/$defs/n","minimum":3}}}"##, fits: [#"{"a":3}"#],
      not: [#"{"a":2}"#, #"{"a":3.5}"#]),
    Case(##"{"$defs":{"a/b~c":{"type":"null"}},"$ref":"#/$defs/a~1b~0c"}"##, fits: ["null"], not: ["1"]),
    Case(
      ##"{"$defs":{"t":{"type":"object","properties":{"next":{"$ref":"#/$defs/t"}},"required":["v"]}},"$ref":"#/$defs/t"}"##,
      fits: [#"{"v":1,"next":{"v":2}}"#], not: [#"{"v":1,"next":{}}"#]),
    Case(##"{"type":["array","integer"],"items":{"$ref":"#"}}"##, fits: ["[[[1],[]],2]"], not: ["[[\"a\"]]"]),
    Case(
      ##"{"title":"t","description":"d","default":1,"$schema":"x","format":"email","$comment":"c","examples":[1]}"##,
      fits: ["1"], not: []),
  ]

  @Test(arguments: cases) func `what fits fits, and nothing else`(_ item: Case) throws {
    for value in item.fits { #expect(try violations(item.schema, value) == [], "\(value)") }
    for value in item.not { #expect(try !violations(item.schema, value).isEmpty, "\(value)") }
  }

  @Test func `a violation names its place and says what is wrong`() throws {
    let schema = #"{"properties":{"a/b":{"items":{"type":"integer"}}},"required":["c"],"additionalProperties":false}"#
    #expect(
      try violations(schema, #"{"a/b":[1,"x"],"d":1}"#) == [
        "the value: lacks 'c'", "/a~1b/1: is a string, not a whole number",
        "/d: is a property that the schema does not know",
      ])
    #expect(
      try violations(#"{"anyOf":[{"minLength":3},{"type":"null"}]}"#, "\"a\"").first?.contains("fewer than 3") == true)
  }

  // MARK: Refused schemas

  @Test(arguments: [
    ("1", "the schema: "), (#"{"pattern":"a"}"#, "/pattern: is not checked"),
    (#"{"properties":{"a":{"unevaluatedItems":true}}}"#, "/properties/a/unevaluatedItems: is not a keyword"),
    (#"{"$ref":"http://x/y"}"#, "/$ref: only '#'"), (##"{"$ref":"#/$defs/a"}"##, "/$ref: there is no 'a'"),
    (#"{"definitions":{}}"#, "/definitions: is of an earlier draft"),
    (#"{"items":{"$defs":{}}}"#, "/items/$defs: is understood at the root only"),
    (#"{"type":"int"}"#, "/type: "), (#"{"type":[]}"#, "/type: "), (#"{"type":["null","null"]}"#, "/type: "),
    (#"{"multipleOf":0.5}"#, "/multipleOf: "), (#"{"multipleOf":0}"#, "/multipleOf: "),
    (#"{"minLength":-1}"#, "/minLength: "), (#"{"minimum":"1"}"#, "/minimum: "), (#"{"enum":[]}"#, "/enum: "),
    (#"{"required":["a","a"]}"#, "/required: "), (#"{"required":[1]}"#, "/required: "), (#"{"allOf":[]}"#, "/allOf: "),
    (#"{"properties":[]}"#, "/properties: "), (#"{"items":[{}]}"#, "/items: "),
    (#"{"uniqueItems":1}"#, "/uniqueItems: "),
    (##"{"$ref":"#"}"##, "the schema: a $ref leads back"),
    (##"{"allOf":[{"not":{"$ref":"#"}}]}"##, "a $ref leads back"),
    (##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"anyOf":[{"$ref":"#/$defs/a"}]}}}"##, "a $ref leads back"),
  ])
  func `a schema that is not understood is refused with its place and a remedy`(_ text: String, _ words: String) throws
  {
    let error = #expect(throws: SchemaError.self) { try schema(text) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  // MARK: Bounds

  @Test func `a schema that would be checked forever is given up, and says so`() throws {
    // Each definition asks twice for the next one: 2 to the power of 40 looks at one value.
    let definitions = (0..<40).map {
      ##""d\##($0)":{"allOf":[{"$ref":"#/$defs/d\##($0 + 1)"},{"$ref":"#/$defs/d\##($0 + 1)"}]}"##
    }
    let text = ##"{"$ref":"#/$defs/d0","$defs":{\##(definitions.joined(separator: ",")),"d40":{"type":"string"}}}"##
    let schema = try schema(text)
    #expect(schema.validate(try JSONDocument(Array("\"a\"".utf8)).root).last?.message.contains("given up") == true)
  }

  @Test func `a chain of references that is too long is given up`() throws {
    let definitions = (0..<900).map { ##""d\##($0)":{"$ref":"#/$defs/d\##($0 + 1)"}"## }
    let schema = try schema(##"{"$ref":"#/$defs/d0","$defs":{\##(definitions.joined(separator: ",")),"d900":{}}}"##)
    #expect(schema.validate(try JSONDocument(Array("1".utf8)).root).count == 1)
  }

  @Test func `no more violations are told than people read, each of bounded length`() throws {
    let value = "{" + (0..<500).map { "\"\(String(repeating: "k", count: 300))\($0)\":1" }.joined(separator: ",") + "}"
    let told = try schema(#"{"additionalProperties":{"type":"string"}}"#).validate(
      try JSONDocument(Array(value.utf8)).root)
    #expect(told.count == Schema.violationsMax)
    #expect(told.allSatisfy { $0.description.utf8.count < 700 })
  }

  @Test func `a schema with too many parts is refused`() throws {
    let text = "{\"anyOf\":[" + Array(repeating: "{}", count: Schema.nodesMax).joined(separator: ",") + "]}"
    #expect(throws: SchemaError.self) { try schema(text) }
  }

  @Test func `a number with a huge exponent costs nothing`() throws {
    let schema = #"{"type":"integer","minimum":1,"multipleOf":7}"#
    #expect(try violations(schema, "7e999999999") == [])
    #expect(try violations(schema, "7e99999999999999999999999999") == [])
    #expect(try !violations(schema, "1e-99999999999999999999").isEmpty)
  }
}
