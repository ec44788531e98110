import JSON
import Testing

struct WriterTests {
  private func text(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func `members and elements are parted by commas, at every depth`() {
    let text = text { writer in
      writer.object { writer in
        writer.key("a")
        writer.array { writer in
          writer.int(1)
          writer.object { _ in }
          writer.array { $0.null() }
          writer.bool(false)
        }
        writer.key("b")
        writer.string("x")
      }
    }
    #expect(text == #"{"a":[1,{},[null],false],"b":"x"}"#)
  }

  @Test(arguments: [
    ("plain", #""plain""#), ("", #""""#), ("\"\\/", #""\"\\/""#), ("\n\r\t", #""\n\r\t""#),
    ("\u{0}\u{8}\u{1F}", #""\u0000\u0008\u001f""#), ("é😀\u{2028}\u{7F}", "\"é😀\u{2028}\u{7F}\""),
    (
      "long enough to be written in one piece, then \"escaped\"",
      #""long enough to be written in one piece, then \"escaped\"""#
    ),
  ])
  func `strings are escaped where they must be and nowhere else`(value: String, json: String) {
    #expect(text { $0.string(value) } == json)
  }

  @Test func `bytes that are not UTF-8 become the replacement character`() {
    #expect(text { $0.string(utf8: [0x61, 0xFF, 0x62]) } == "\"a\u{FFFD}b\"")
  }

  @Test(arguments: [
    (1.0, "1"), (-0.5, "-0.5"), (1e20, "1e+20"), (0.1, "0.1"), (.nan, "null"), (.infinity, "null"),
    (-.infinity, "null"), (.leastNonzeroMagnitude, "5e-324"),
  ])
  func `doubles are written so that they are read back, and what JSON has not as null`(value: Double, json: String) {
    #expect(text { $0.double(value) } == json)
  }

  @Test func `an empty optional object leaves no trace`() {
    let text = text { writer in
      writer.object { writer in
        writer.nonEmptyObject("a") { _ in }
        writer.nonEmptyObject("b") { writer in
          writer.key("c")
          writer.nonEmptyObjectInside()
        }
        writer.nonEmptyObject("d") { _ in }
        writer.key("e")
        writer.int(1)
      }
    }
    #expect(text == #"{"b":{"c":{}},"e":1}"#)
  }

  @Test func `a text ends with the terminator that was asked for`() {
    var writer = JSONWriter()
    writer.null()
    #expect(writer.finish(0) == Array("null\u{0}".utf8))
  }

  @Test func `raw values are passed on and compared as bytes`() throws {
    let raw = try RawJSON(parsing: Array(" { \"a\" : [ 1 ] } ".utf8))
    #expect(String(decoding: raw.bytes, as: UTF8.self) == #"{"a":[1]}"#)
    #expect(raw == ["a": [1]])
    #expect(raw.value["a"]?.elements?.first?.int == 1)
    #expect(text { $0.raw(raw.bytes) } == #"{"a":[1]}"#)
    #expect(throws: JSONError.self) { try RawJSON(parsing: Array("{".utf8)) }
  }

  @Test func `a raw value that nests deeper than messages may is still readable`() {
    let deep = (0..<200).reduce(JSONTree.null) { tree, _ in .array([tree]) }
    #expect(RawJSON(deep).value.kind == .array)
  }
}

extension JSONWriter {
  fileprivate mutating func nonEmptyObjectInside() { object { _ in } }
}
