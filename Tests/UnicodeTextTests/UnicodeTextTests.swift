import Testing
import UnicodeText

/// Compared by bytes: Swift's strings are equal when they look the same.
struct UnicodeTextTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// The words of a text, without what is between them.
  private func pieces(_ text: String) -> [String] {
    let boundaries = UnicodeText.wordBoundaries(text)
    let bytes = Array(text.utf8)
    let starts = boundaries.indices.filter { boundaries[$0] }
    return zip(starts, starts.dropFirst()).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
  }

  @Test func `what looks the same has the same bytes when it is composed`() {
    #expect(bytes(UnicodeText.composed("u\u{308}")) == bytes("\u{FC}"))
    #expect(bytes(UnicodeText.composed("\u{212B}")) == bytes("\u{C5}"))
    #expect(bytes(UnicodeText.composed("\u{1100}\u{1161}")) == bytes("\u{AC00}"))
    #expect(bytes(UnicodeText.composed("ﬁ")) == bytes("ﬁ"), "compatibility characters stay")
    #expect(UnicodeText.composed("").isEmpty)
  }

  @Test(arguments: [
    ("STRASSE", "straße"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ"), ("ﬁ", "FI"), ("Ａ", "a"), ("É", "e\u{301}"), ("Ж", "ж"),
  ])
  func `case and compatibility make no difference to what is folded`(_ one: String, _ other: String) {
    #expect(bytes(UnicodeText.folded(one)) == bytes(UnicodeText.folded(other)))
  }

  @Test func `words end where Unicode says`() {
    #expect(pieces("don't stop, 3.14!") == ["don't", " ", "stop", ",", " ", "3.14", "!"])
    #expect(pieces("漢字です") == ["漢", "字", "で", "す"])
    #expect(pieces("שלום עולם") == ["שלום", " ", "עולם"])
    #expect(UnicodeText.wordBoundaries("") == [false])
  }

  @Test func `a text with a zero byte and very many marks goes through whole`() {
    let text = "a\0b" + String(repeating: "\u{301}", count: 10_000)
    #expect(UnicodeText.composed(text).unicodeScalars.count == text.unicodeScalars.count)
    #expect(UnicodeText.wordBoundaries(text).count == text.utf8.count + 1)
  }
}
