import Foundation
import HTML
import TestSupport
import Testing

@testable import Markdown

/// Texts that are made to break out, to lead away or to take long, judged by a parser of HTML that is not ours.
struct HostileTests {
  static let texts: [String] = {
    let addresses = [
      "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "java&#x0A;script:alert(1)",
      "&#106;avascript:alert(1)",
      "javascript&colon;alert(1)", "\u{1}javascript:alert(1)", " javascript:alert(1)",
      "data:text/html,<script>alert(1)</script>",
      "DATA:text/html;base64,PHNjcmlwdD4=", "vbscript:x", "file:///etc/passwd", "//evil.example/x", "\\\\evil\\x",
      "http:evil",
      "https://a\" onmouseover=\"alert(1)", "https://a/'><script>alert(1)</script>", "https://a/%22%3E%3Cscript%3E",
      "mailto:a@b.c?subject=<x>",
      "blob:x", "about:blank", "https://", "mailto:", "?x", "#x", "",
    ]
    let links = addresses.flatMap { address in
      ["[a](\(address))", "[a](<\(address)>)", "![a](\(address))", "[a]\n\n[a]: \(address)", "<\(address)>"]
    }
    let html = [
      "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</p></div></body></html>", "<!-- x --><b>",
      "<?php x ?>",
      "<![CDATA[x]]>", "<!DOCTYPE x>", "a <b onclick=x>b</b>", "</script><script>", "<svg/onload=alert(1)>",
      "<style>*{}</style>",
      "<a href=\"javascript:x\">y</a>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;",
      "```\n</code></pre><script>\n```",
      "`</code><script>`", "[<script>](https://a.b)", "[a](https://a.b \"\\\"><script>\")", "![<script>](https://a.b)",
      "|<script>|\n|-|\n|</td></table>|", "``` \"><script>\nx\n```", "# <h1 id=x>", "- [ ] <input type=checkbox>",
      "\u{202E}abc",
      "a\u{0}b", "\u{FEFF}<script>", "<scr\u{0}ipt>",
    ]
    return links + html
  }()

  /// Texts at which parsers have taken long, or deep.
  static let large: [(name: String, text: String)] = {
    let count = Markdown.bytesMax
    func repeated(_ text: String) -> String { String(repeating: text, count: count / text.utf8.count) }
    return [
      ("quotes", repeated(">")), ("lists", repeated("- ")), ("quoted lists", repeated("> - ")),
      ("brackets", repeated("[")),
      ("brackets and ends", String(repeating: "[a](", count: count / 4)), ("stars", repeated("*a **b ")),
      ("emphasis", repeated("*a_ ")),
      ("backquotes", (1..<180).map { "e" + String(repeating: "`", count: $0) }.joined()),
      ("links in links", repeated("[a](b")),
      (
        "references",
        "[a]: https://b.c/" + String(repeating: "d", count: count / 2) + "\n"
          + String(repeating: "[a]\n", count: count / 10)
      ),
      ("many references", (0..<900).map { "[r\($0)]: /u\n" }.joined() + String(repeating: "[r1]", count: 1_000)),
      ("wide table", repeated("|") + "\n"),
      (
        "table of short rows",
        String(repeating: "|a", count: 2_000) + "|\n" + String(repeating: "|-", count: 2_000) + "|\n"
          + String(repeating: "|\n", count: 4_000)
      ),
      ("table", "|a|b|\n|-|-|\n" + String(repeating: "|c|d|\n", count: 2_500)), ("angles", repeated("<a")),
      ("entities", repeated("&amp;")),
      ("comments", repeated("<!--")), ("deleted", repeated("~~a~~b")),
      ("nested emphasis", String(repeating: "*a ", count: 3_000) + String(repeating: " b*", count: 2_000)),
      ("strong", String(repeating: "**a ", count: 2_000) + String(repeating: "b** ", count: 2_000)),
      ("spaces", repeated(" \n")), ("tabs", repeated("\t")),
      ("images", repeated("![")), ("underscores", repeated("__a__")),
      ("item depth", (0..<120).map { String(repeating: " ", count: $0) + "- a\n" }.joined()),
      ("NULs", repeated("\u{0}")), ("exclamations", repeated("<!A ")), ("headings", repeated("# a\n")),
      ("setext", repeated("a\n=\n")),
    ]
  }()

  /// Says for each text of the input, a JSON array of pieces of HTML, what must not be there.
  private static let script = """
    import sys, json, html.parser
    allowed = {
        "p": set(), "h3": set(), "h4": set(), "h5": set(), "h6": set(), "strong": set(), "em": set(), "del": set(), "code": set(),
        "pre": set(), "blockquote": set(), "ul": set(), "ol": {"start"}, "li": set(), "div": {"class"}, "table": set(), "thead": set(),
        "tbody": set(), "tr": set(), "th": set(), "td": set(), "hr": set(), "br": set(), "a": {"href", "rel", "class"},
    }
    class Judge(html.parser.HTMLParser):
        def __init__(self):
            super().__init__(convert_charrefs=True)
            self.faults, self.open, self.deepest, self.seen = [], [], 0, set()
        def handle_starttag(self, tag, attributes):
            self.seen.add(tag)
            if tag not in allowed: self.faults.append("<%s>" % tag); return
            for name, value in attributes:
                if name not in allowed[tag]: self.faults.append("%s of <%s>" % (name, tag))
                if name == "href" and not value.startswith(("http://", "https://", "mailto:", "HTTP", "Http", "MAILTO")):
                    self.faults.append("address %r" % value)
                if name == "start" and not value.isdigit(): self.faults.append("start %r" % value)
                if name == "class" and value not in ("scroll", "foreign"): self.faults.append("class %r" % value)
            if tag not in ("br", "hr"): self.open.append(tag); self.deepest = max(self.deepest, len(self.open))
        def handle_endtag(self, tag):
            if tag in ("br", "hr"): return
            if not self.open or self.open.pop() != tag: self.faults.append("</%s>" % tag)
        def handle_startendtag(self, tag, attributes): self.handle_starttag(tag, attributes)
        def handle_comment(self, data): self.faults.append("comment")
        def handle_decl(self, data): self.faults.append("declaration")
        def handle_pi(self, data): self.faults.append("instruction")
    seen = set()
    for piece in json.load(sys.stdin):
        judge = Judge()
        judge.feed(piece)
        judge.close()
        if judge.open: judge.faults.append("open %s" % judge.open)
        if judge.deepest > 120: judge.faults.append("depth %d" % judge.deepest)
        seen |= judge.seen
        print("; ".join(judge.faults))
    print(" ".join(sorted(seen)))
    """

  private func judged(_ pieces: [String]) throws -> (faults: [String], seen: Set<String>) {
    let ran = try PythonJudge.run(Self.script, JSONSerialization.data(withJSONObject: pieces))
    var lines = String(decoding: ran.output, as: UTF8.self).components(separatedBy: "\n").dropLast()
    try #require(ran.status == 0 && lines.count == pieces.count + 1)
    let seen = Set((lines.popLast() ?? "").split(separator: " ").map(String.init))
    return (Array(lines), seen)
  }

  @Test func `whatever comes in, only allowed elements and attributes come out`() throws {
    let texts = Self.texts + Self.large.map(\.text)
    let judged = try judged(texts.map { RenderingTests.html($0) })
    for (text, faults) in zip(texts, judged.faults) { #expect(faults.isEmpty, "\(text.prefix(200)): \(faults)") }
    // The judge has seen something.
    #expect(judged.seen.isSuperset(of: ["a", "p", "ul", "table", "em", "blockquote", "code", "pre"]), "\(judged.seen)")
  }

  @Test func `the words of mark-up stay to be read`() {
    for text in ["<script>alert(1)</script>", "a <b onclick=x>b</b>", "<!-- x -->"] {
      #expect(Markdown(text).plain == text)
    }
  }

  @Test(arguments: large.indices) func `a text of the greatest length takes a moment, and no more room than it may`(
    _ index: Int
  ) {
    let (name, text) = Self.large[index]
    let clock = ContinuousClock()
    var html = ""
    let time = clock.measure { html = RenderingTests.html(text) }
    #expect(time < .seconds(2), "\(name): \(time)")
    #expect(html.utf8.count < 64 * Markdown.bytesMax, "\(name): \(html.utf8.count) bytes")
  }

  @Test func `a table is not blown up by short rows`() throws {
    let index = try #require(Self.large.firstIndex { $0.name == "table of short rows" })
    #expect(!RenderingTests.html(Self.large[index].text).contains("<table>"))
    #expect(RenderingTests.html("|a|b|\n|-|-|\n|c|").contains("<td></td>"))
  }
}
