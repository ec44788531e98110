import JSON
import Testing

struct GrammarTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "1", "-1", "10", "0.5", "1e3", "1E+3", "1.25e-2", "\"\"", "\"a\"",
    "[]", "{}", "[1]", "[1,2]", "{\"a\":1}", "{\"a\":{\"b\":[null]}}", " \t\r\n[ 1 , 2 ] \n",
    #""\"\\\/\b\f\n\r\t\u00e9""#, #""\ud83d\ude00""#, #""\u0000""#, "\"é€😀\u{7F}\"", "{\"\":1}",
    "9223372036854775807", "123456789012345678901234567890", "[[],[[]],{}]",
  ])
  func `a text that RFC 8259 allows is accepted`(text: String) throws {
    _ = try JSONDocument(Array(text.utf8))
  }

  @Test(arguments: [
    ("", JSONError.Code.unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{\"a\"", .unexpectedEnd),
    ("{\"a\":", .unexpectedEnd), ("\"a", .unexpectedEnd), ("tru", .unexpectedEnd), ("\"\\", .unexpectedEnd),
    ("\"\\u12", .unexpectedEnd), ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte),
    ("{,}", .unexpectedByte), ("{\"a\":1,}", .unexpectedByte), ("{a:1}", .unexpectedByte),
    ("{\"a\" 1}", .unexpectedByte), ("{1:2}", .unexpectedByte), ("]", .unexpectedByte), ("[}", .unexpectedByte),
    ("'a'", .unexpectedByte), ("nul0", .unexpectedByte), ("+1", .unexpectedByte), ("NaN", .unexpectedByte),
    ("Infinity", .unexpectedByte), (".5", .unexpectedByte), ("// x\n1", .unexpectedByte),
    ("\u{FEFF}1", .unexpectedByte), ("01", .invalidNumber), ("-01", .invalidNumber), ("-", .invalidNumber),
    ("1.", .invalidNumber), ("1e", .invalidNumber), ("1e+", .invalidNumber), ("1 2", .trailingBytes),
    ("1x", .trailingBytes), ("{}\u{0}", .trailingBytes), ("\"\n\"", .controlCharacter),
    ("\"\u{0}\"", .controlCharacter), ("\"\u{1F}\"", .controlCharacter), (#""\x""#, .invalidEscape),
    (#""\u12g4""#, .invalidEscape), (#""\ud800""#, .loneSurrogate), (#""\udc00""#, .loneSurrogate),
    (#""\ud800\n""#, .loneSurrogate), (#""\ud800\ud800""#, .loneSurrogate), (#""\ud800x""#, .loneSurrogate),
    (#"{"a":1,"a":2}"#, .duplicateKey), (#"{"a":1,"\u0061":2}"#, .duplicateKey),
  ])
  func `a text that is not allowed is refused with its rule`(text: String, code: JSONError.Code) {
    let error = #expect(throws: JSONError.self) { try JSONDocument(Array(text.utf8)) }
    #expect(error?.code == code)
  }

  @Test(arguments: [
    [0xFF], [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
    [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3],
    [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x28, 0x80],
  ])
  func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
    let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
    let error = #expect(throws: JSONError.self) { try JSONDocument(text) }
    #expect(error?.code == .invalidUTF8)
    #expect(error?.offset == 1)
  }

  @Test func `the offset of an error is where the rule was broken`() {
    let error = #expect(throws: JSONError.self) { try JSONDocument(Array("{\"a\":tru!}".utf8)) }
    #expect(error == JSONError(.unexpectedByte, at: 8))
  }

  @Test func `nesting is accepted up to its limit and refused one beyond`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try JSONDocument(nested(64))
    let error = #expect(throws: JSONError.self) { try JSONDocument(nested(65)) }
    #expect(error == JSONError(.tooDeep, at: 64))
    #expect(throws: JSONError.self) { try JSONDocument(nested(4), depthMax: 3) }
  }

  @Test func `a hundred thousand open brackets need no stack`() {
    let text = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
    #expect(throws: JSONError.self) { try JSONDocument(text, depthMax: .max) }
  }

  @Test(arguments: [2, 12, 13, 14, 40, 1000])
  func `a member twice is found in small and in large objects`(count: Int) throws {
    let members = (0..<count).map { "\"k\($0)\":\($0)" }
    _ = try JSONDocument(Array("{\(members.joined(separator: ","))}".utf8))
    let twice = members + ["\"k\(count / 2)\":0"]
    let error = #expect(throws: JSONError.self) { try JSONDocument(Array("{\(twice.joined(separator: ","))}".utf8)) }
    #expect(error?.code == .duplicateKey)
  }

  @Test func `the same name in different objects is no duplicate`() throws {
    _ = try JSONDocument(Array(#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#.utf8))
  }
}
