import HTML
import Testing

@testable import Markdown

/// What is made of Markdown that means well.
struct RenderingTests {
  static func html(_ text: String, under level: Int = 2) -> String {
    var writer = HTMLWriter()
    writer.markdown(Markdown(text), under: level)
    return writer.html
  }

  @Test(arguments: [
    ("", ""), ("a & b", "<p>a &amp; b</p>\n"),
    ("*a* **b** `c` ~~d~~", "<p><em>a</em> <strong>b</strong> <code>c</code> <del>d</del></p>\n"),
    ("a\nb  \nc", "<p>a\nb<br/>c</p>\n"), ("# A", "<h3>A</h3>\n"), ("#### A", "<h6>A</h6>\n"),
    ("###### A", "<p><strong>A</strong></p>\n"), ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
    ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"),
    ("> a", "<blockquote><p>a</p>\n</blockquote>\n"),
    ("```js\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>\n"), ("***", "<hr/>\n"),
    ("![alt *x*](http://a/b.png)", "<p>alt x</p>\n"), ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>\n"),
    (
      "[a](https://b.c/d?e=f&g \"t\")",
      "<p><a href=\"https://b.c/d?e=f&amp;g\" rel=\"noopener noreferrer nofollow\" class=\"foreign\">a</a></p>\n"
    ),
    ("[a](javascript:b)", "<p>a</p>\n"), ("[a](../x.html)", "<p>a</p>\n"),
    ("&amp; &lt; &copy; &#0;", "<p>&amp; &lt; \u{a9} \u{FFFD}</p>\n"),
    (
      "|a|b|\n|-|:-:|\n|*c*|d|",
      "<div class=\"scroll\">\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td><em>c</em></td>\n"
        + "<td>d</td>\n</tr>\n</tbody>\n</table>\n</div>\n"
    ),
  ])
  func `each construct becomes its element`(_ text: String, _ html: String) {
    #expect(Self.html(text) == html)
  }

  @Test func `the plain words have no mark-up and one line`() {
    let text = "# A\n\n*b* [c](https://d.e)  \n`f`\n\n- g\n- h\n\n|i|j|\n|-|-|\n|k|l|\n\n<b>"
    #expect(Markdown(text).plain == "A b c f g h i j k l <b>")
  }

  @Test func `a text that is too long ends with an ellipsis, whole characters only`() {
    let text = String(repeating: "\u{1F600}", count: Markdown.bytesMax)
    let markdown = Markdown(text)
    #expect(markdown.isCut)
    #expect(markdown.plain.utf8.count <= Markdown.bytesMax && !markdown.plain.contains("\u{FFFD}"))
    #expect(Self.html(text).hasSuffix("<p>…</p>\n"))
  }

  @Test func `texts are read at the same time from many places`() async {
    await withTaskGroup(of: String.self) { group in
      for _ in 0..<200 { group.addTask { Self.html("~~a~~ *b*\n\n|a|\n|-|\n|~~b~~|") } }
      for await html in group { #expect(html == Self.html("~~a~~ *b*\n\n|a|\n|-|\n|~~b~~|")) }
    }
  }
}
