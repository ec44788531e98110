import Testing

@testable import genplugin_docs

/// What is done to the text of a card, and when two texts are the same to people. Compared by bytes, where it matters.
struct CardTextTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test(arguments: [
    ("  a\t b \n c ", "a b c"), ("\"Mitosis\"", "Mitosis"), ("“Mitosis”", "Mitosis"), ("**Mitosis**:", "Mitosis"),
    ("„Zelle“ –", "Zelle"), ("« la cellule »", "la cellule"), ("「細胞」", "細胞"), ("`let`", "let"),
    ("What is ATP?", "What is ATP?"),
    ("\"A\" or \"B\"", "\"A\" or \"B\""), ("\"", "\""), ("\"\"", "\"\""), ("C++", "C++"), (":", ":"), ("x =", "x"),
    ("a\u{0}b\u{1B}[31mc", "a b [31mc"), ("a\u{202E}b\u{200B}c\u{FEFF}", "abc"), ("e\u{301}", "\u{E9}"),
    ("\u{1F468}\u{200D}\u{1F469}", "\u{1F468}\u{200D}\u{1F469}"), ("\u{FFFE}a", "a"), ("", ""), (" \u{3000}\u{A0}", ""),
  ])
  func `a front is one line without what stands around it`(_ raw: String, _ front: String) {
    #expect(bytes(CardText.front(raw)) == bytes(front), "\(CardText.front(raw))")
    #expect(CardText.front(CardText.front(raw)) == CardText.front(raw), "once is enough")
  }

  @Test func `a back keeps its lines and loses the empty ones`() {
    #expect(CardText.back("\r\n \"one  two\r\n\r\n\u{2028}three\t\" \n") == "one two\nthree")
    #expect(CardText.back("Done: yes.") == "Done: yes.")
  }

  @Test(arguments: [
    ("Mitosis", "MITOSIS."), ("What is ATP?", "what is ATP"), ("¿Qué es?", "qué es"), ("Straße", "STRASSE"),
    ("ﬁsh", "fish"), ("ＡＴＰ", "atp"), ("a\u{AD}b", "ab"), ("a\u{200D}b", "ab"),
    ("it's (so)", "It’s (so)".replacing("’", with: "'")),
    ("„Zelle“", "zelle"), ("細胞。", "細胞"), ("Chapter 3.", "chapter 3"), ("learn C++.", "Learn C++"),
    ("u\u{308}ber", "\u{DC}BER"),
  ])
  func `case, width, invisible characters and outer marks make no difference`(_ one: String, _ other: String) {
    #expect(bytes(CardText.key(one)) == bytes(CardText.key(other)), "\(CardText.key(one)) \(CardText.key(other))")
  }

  @Test(arguments: [
    ("C", "C++"), ("C", "C#"), ("resume", "résumé"), ("5!", "5"), ("?", "!"), ("a b", "ab"), (".NET", "NET!"),
    ("и", "й"),
  ])
  func `what differs to people stays apart`(_ one: String, _ other: String) {
    #expect(CardText.key(one) != CardText.key(other))
  }
}
