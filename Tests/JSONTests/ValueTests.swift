import JSON
import Testing

struct ValueTests {
  private func root(_ text: String) throws -> JSONValue {
    try JSONDocument(Array(text.utf8)).root
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("42", 42), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
  ])
  func `whole numbers of 64 bits are integers`(text: String, value: Int64) throws {
    #expect(try root(text).int == value)
    #expect(try root(text).kind == .int)
  }

  @Test(arguments: ["1.0", "1e3", "9223372036854775808", "-9223372036854775809", "\"1\"", "true"])
  func `anything else is no integer`(text: String) throws {
    #expect(try root(text).int == nil)
  }

  @Test(arguments: [
    ("1", 1.0), ("-2.5", -2.5), ("1e3", 1000), ("0.1", 0.1), ("5e-324", .leastNonzeroMagnitude), ("1e400", .infinity),
  ])
  func `every number is a double`(text: String, value: Double) throws {
    #expect(try root(text).double == value)
  }

  @Test(arguments: [
    (#""""#, ""), (#""a\nb""#, "a\nb"), (#""\u00e9\u20ac""#, "é€"), (#""\ud83d\ude00!""#, "😀!"),
    (#""\u0000""#, "\u{0}"), (#""\"\\\/\b\f\r\t""#, "\"\\/\u{8}\u{C}\r\t"), ("\"é\"", "é"),
  ])
  func `strings are unescaped`(text: String, value: String) throws {
    let root = try root(text)
    #expect(root.string == value)
    #expect(root.stringBytes == Array(value.utf8))
  }

  @Test func `members are found by name, also by an escaped one`() throws {
    let root = try root(#"{"a":1,"\u0062":{"c":[true,null]}}"#)
    #expect(root["a"]?.int == 1)
    #expect(root["b"]?["c"]?.elements?.map(\.kind) == [.bool, .null])
    #expect(root["c"] == nil)
    #expect(root["a"]?["b"] == nil)
    #expect(root.members?.map(\.key) == ["a", "b"])
  }

  @Test func `a value of one kind is none of another`() throws {
    for text in ["null", "true", "1", "\"a\"", "[]", "{}"] {
      let root = try root(text)
      let kinds = [
        root.isNull, root.bool != nil, root.double != nil, root.string != nil, root.elements != nil,
        root.members != nil,
      ]
      #expect(kinds.filter { $0 }.count == 1, "\(text)")
    }
  }

  @Test func `a value keeps its bytes and loses its white space when asked to`() throws {
    let root = try root("{ \"a\" : [ 1.50 , \" x \\\" y \" ] ,\r\n\t\"b\":{ } }")
    #expect(String(decoding: root["a"]?.raw ?? [], as: UTF8.self) == #"[ 1.50 , " x \" y " ]"#)
    #expect(String(decoding: root.minified, as: UTF8.self) == #"{"a":[1.50," x \" y "],"b":{}}"#)
  }

  @Test func `members are taken in any order, and what nobody took is noticed`() throws {
    let root = try root(#"{"a":1,"b":[1,{"c":2}],"d":3}"#)
    var reader = try #require(JSONObjectReader(root))
    #expect(reader.take("d")?.int == 3)
    #expect(reader.take("a")?.int == 1)
    #expect(reader.take("c") == nil)
    #expect(reader.hasUntakenMembers)
    #expect(reader.take("b")?.elements?.count == 2)
    #expect(!reader.hasUntakenMembers)
    #expect(JSONObjectReader(try self.root("[]")) == nil)
  }

  /// Found by `contrib/fuzz --target json`: a name with an escape was compared as Swift compares strings.
  @Test func `a member is found under its own bytes, not under a name that looks the same`() throws {
    let root = try root(#"{"\u00e9":1,"e\u0301":2}"#)
    #expect(root["\u{e9}"]?.int == 1)
    #expect(root["e\u{301}"]?.int == 2)
    var reader = try #require(JSONObjectReader(root))
    #expect(reader.take("e\u{301}")?.int == 2)
    #expect(reader.take("\u{e9}")?.int == 1)
  }
}
