import Foundation
import JSON
import Testing

struct Base64Tests {
  /// RFC 4648 section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func `the vectors of the RFC`(text: String, base64: String) {
    #expect(Base64.string(Array(text.utf8)) == base64)
    #expect(Base64.decode(base64) == Array(text.utf8))
    #expect(Base64.encodedCount(text.utf8.count) == base64.utf8.count)
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zg===", "=", "====", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Zm9v====", "Zg==Zg==", "Zm9-", "Zm9_",
    "=g==", "Z===", "Zé9v", "Zm9v\u{0}AAA",
  ])
  func `anything but the one right text is refused`(base64: String) {
    #expect(Base64.decode(base64) == nil)
  }

  @Test func `every length is written as Foundation does, and read back`() {
    let seed = UInt8.random(in: 0...255)
    print("base64 from seed \(seed)")
    for count in 0..<200 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ Int(seed)) }
      #expect(Base64.string(bytes) == Data(bytes).base64EncodedString(), "seed \(seed), \(count) bytes")
      #expect(Base64.decode(Base64.encode(bytes)) == bytes, "seed \(seed), \(count) bytes")
    }
  }

  @Test func `as a JSON string it needs no escapes`() throws {
    var writer = JSONWriter()
    let base64 = Base64.encode((0...255).map { UInt8($0) })
    writer.string(unescaped: base64)
    #expect(try JSONDocument(writer.bytes).root.stringBytes == base64)
  }
}
