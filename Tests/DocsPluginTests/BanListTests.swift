import Testing

@testable import genplugin_docs

/// Terms that must not be on a card, as whole words.
struct BanListTests {
  @Test(arguments: [
    ("mitosis", "Mitosis is a division."), ("Mitosis", "MITOSIS"), ("cafe", "un Café!"), ("café", "a CAFE\u{301}"),
    ("new york", "in New\u{A0} York."), ("Zürich", "ZURICH"), ("strasse", "Straße"), ("it", "it's"),
    ("école", "l'école"), ("node", "node.js"), ("bad", "_bad_"), ("bad", "so bad.Next"), ("bad", "**bad**"),
    ("bad", "b\u{200B}a\u{AD}d"), ("bad", "ｂａｄ"), ("bad", "b\u{336}a\u{336}d\u{336}"), ("C++", "learn C++ now"),
    ("細胞", "この細胞は"), ("слово", "Слово."), ("йод", "иод"), ("σίσυφος", "ΣΙΣΥΦΟΣ"), ("שלום", "שָׁלוֹם"), ("كتاب", "كِتَابٌ"),
    ("हिन्दी", "हिन्दी भाषा"), ("ไทย", "ภาษาไทย"), ("👍", "so 👍."), ("e-mail", "E-Mail"),
  ])
  func `a term is found whatever its case, accents and neighbours`(_ term: String, _ text: String) {
    #expect(BanList(["nothing else", term]).term(in: text) == term)
  }

  @Test(arguments: [
    ("cell", "excellent cells"), ("art", "Martha's heart"), ("14", "3.14"), ("bad", "bad2"), ("cat", "concat"),
    ("новый", "новыйгод"), ("कु", "क"), ("a b", "ab"), ("mitosis", ""), ("が", "か"), ("bad", "b a d"),
    ("bad", "b\u{430}d"),
  ])
  func `a part of a word, or another word, is none`(_ term: String, _ text: String) {
    #expect(BanList([term]).term(in: text) == nil)
  }

  @Test func `what is empty bans nothing, and the first one that is found is told`() {
    #expect(BanList(["", " \u{200B}", "_"]).term(in: "_ \u{200B} anything") == nil)
    #expect(BanList([]).term(in: "anything") == nil)
    #expect(BanList(["b", "a"]).term(in: "a b") == "b")
  }

  @Test func `a long text of marks is looked through in time`() {
    let text = String(repeating: "a\u{301}.", count: 20_000)
    #expect(BanList((0..<200).map { "term \($0)" }).term(in: text) == nil)
  }
}
