import HTML
import Testing

/// What the writer makes of text from anywhere.
struct WriterTests {
  @Test(arguments: [
    ("a<b>&\"c\u{27}", "a&lt;b&gt;&amp;&quot;c&#39;"), ("\u{0}\u{1F}\u{7F}\u{85}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ("a\u{202E}b\u{2069}c", "abc"), ("a\r\nb", "a\nb"),
    ("مرحبا 日本 é", "مرحبا 日本 é"),
  ])
  func `text is escaped so that it stays text`(_ raw: String, _ expected: String) {
    #expect(escapedHTML(raw) == expected)
  }

  @Test func `code points that no page may hold are replaced`() {
    let points: [UInt32] = [0xFFFE, 0xFFFF, 0xFDD0, 0x1FFFF]
    let raw = points.compactMap(Unicode.Scalar.init).map { String(Character($0)) }.joined()
    #expect(escapedHTML(raw) == "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")
  }

  @Test func `an element closes what was opened in it`() {
    var writer = HTMLWriter()
    writer.element(.p, [.class("a\"b")]) { paragraph in
      paragraph.text("x")
      paragraph.void(.br)
      paragraph.element(.em, text: "<y>")
    }
    #expect(writer.html == "<p class=\"a&quot;b\">x<br/><em>&lt;y&gt;</em></p>\n")
  }

  @Test func `a document has its language and one root`() {
    let html = HTMLWriter.document(language: "en") { $0.element(.body) { $0.element(.p, text: "x") } }
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n<body>\n<p>x</p>\n"))
  }

  @Test(arguments: [
    "javascript:alert(1)", " javascript:x", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "//x",
    "http:x", "https://", "http://a b", "http://a\nb", "", "x", "mailto:",
  ])
  func `an address from outside that is no web page and no mailbox is refused`(_ written: String) {
    #expect(Address(foreign: written) == nil)
  }

  @Test(arguments: [
    ("https://example.org/a?b=c&d#e", "https://example.org/a?b=c&d#e"), ("  http://x/", "http://x/"),
    ("mailto:a@b.c", "mailto:a@b.c"), ("http://x/ü\"<", "http://x/%C3%BC%22%3C"),
  ])
  func `an address of a web page or mailbox passes, encoded`(_ written: String, _ expected: String) {
    #expect(Address(foreign: written)?.text == expected)
  }

  @Test func `an address in the site never looks like a scheme, a host or a query`() {
    #expect(Address(path: "javascript:x").text == "javascript%3Ax")
    #expect(Address(path: "../a b/ü.html", fragment: "x y").text == "../a%20b/%C3%BC.html#x%20y")
    #expect(Address(path: "a?b#c").text == "a%3Fb%23c")
    #expect(Address(path: "").text == ".")
    #expect(Address(path: "", fragment: "x").text == "#x")
  }
}
