import TestSupport
import Testing

@testable import Drawing

@Suite struct TextTests {
  @Test func `widths are those of an Arial-metric face`() {
    #expect(TextMetrics.width("Wi", size: 1000) == 944 + 222)
    #expect(TextMetrics.width("é€", size: 100) > 100)
    #expect(TextMetrics.width("検", size: 12) == 12)
    #expect(TextMetrics.width("e\u{301}", size: 1000) == 556)
  }

  @Test func `text wraps at spaces and after hyphens and keeps its own line breaks`() {
    #expect(WrappedText("Check stock", width: 40, size: 12).lines == ["Check", "stock"])
    #expect(WrappedText("follow-up", width: 45, size: 12).lines == ["follow-", "up"])
    #expect(WrappedText("a\nb", width: 200, size: 12).lines == ["a", "b"])
    #expect(WrappedText("  spaced   out ", width: 200, size: 12).lines == ["spaced out"])
  }

  @Test func `a soft hyphen shows only where the line breaks at it`() {
    #expect(WrappedText("Donau\u{AD}dampfer", width: 300, size: 12).lines == ["Donaudampfer"])
    #expect(WrappedText("Donau\u{AD}dampfer", width: 50, size: 12).lines == ["Donau-", "dampfer"])
  }

  @Test func `a word wider than the line is cut, and no character is lost`() {
    let word = "Donaudampfschifffahrtsgesellschaft"
    let wrapped = WrappedText(word, width: 60, size: 12)
    #expect(wrapped.lines.count > 2)
    #expect(wrapped.lines.joined() == word)
    #expect(wrapped.width <= 60)
  }

  @Test func `ideographs break anywhere`() {
    #expect(WrappedText("在庫確認", width: 24, size: 12).lines == ["在庫", "確認"])
  }

  @Test func `lines fit the width, whatever the text`() {
    var random = SeededRandom(seed: 7)
    let letters = Array("abcdefg hij-klm WMQ.,漢字ü\u{AD}")
    for _ in 0..<300 {
      let text = String(
        (0..<Int.random(in: 1...80, using: &random)).map { _ in letters.randomElement(using: &random) ?? "x" })
      let wrapped = WrappedText(text, width: 70, size: 12)
      #expect(wrapped.width <= 70 + TextMetrics.width("-", size: 12), "\(text)")
      let kept = wrapped.lines.joined().filter { !$0.isWhitespace && $0 != "-" }
      #expect(kept == text.filter { !$0.isWhitespace && $0 != "-" && $0 != "\u{AD}" })
    }
  }

  @Test func `a label without end is cut short with an ellipsis`() {
    let wrapped = WrappedText(String(repeating: "word ", count: 100_000), width: 90, size: 12)
    #expect(wrapped.lines.count <= DrawingLimits.labelLines)
    #expect(wrapped.lines.last?.hasSuffix("…") == true)
  }

  @Test func `characters that XML forbids or that turn the writing direction are dropped from names`() {
    #expect(LabelText.cleaned("a\u{0}b\u{8}c\u{202E}d\r\ne\tf") == "abcd\ne f")
    #expect(SVGWriter.escaped("<a href=\"x\">&'\u{1}") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;")
  }

  @Test func `numbers are written short and without exponent`() {
    #expect(
      [0.0, -0.001, 1.5, -2.25, 1e300, .nan, 0.07].map(\.svg) == [
        "0", "0", "1.5", "-2.25", "1000000000000", "0", "0.07",
      ])
  }

  @Test func `only colours pass as colours`() {
    #expect(Colour("#FFF")?.hex == "#ffffff")
    #expect(Colour(" rgb(255, 0,0)")?.hex == "#ff0000")
    #expect(Colour("red;background:url(x)") == nil)
    #expect(Colour("#12345") == nil)
    #expect(Colour("\"/><script>") == nil)
  }

  @Test(arguments: ["#bbdefb", "#ffffff", "#000000", "#ffff00", "#0d4372", "#205022"])
  func `a colour of the model can be read on light and on dark pages`(_ text: String) throws {
    let colour = try #require(Colour(text))
    #expect(abs(colour.readableText.luminance - colour.luminance) > 0.2)
    #expect(abs(colour.asDarkGround.readableText.luminance - colour.asDarkGround.luminance) > 0.2)
    #expect(colour.asLineOnDark.luminance >= 0.3)
    #expect(colour.asLineOnLight.luminance <= 0.75)
  }
}
