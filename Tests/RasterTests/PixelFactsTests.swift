import Testing

@testable import Raster

/// What pixels show: colours, background, and where something is.
struct PixelFactsTests {
  private func facts(_ content: String, width: Int = 200, height: Int = 100) throws -> PixelFacts {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='\(width)' height='\(height)'>\(content)</svg>"
    let png = try Rasterizer.png(svg: Array(svg.utf8), size: PixelSize(width: width, height: height))
    return try ImageFile(png).facts
  }

  private static let ground = "<rect width='200' height='100' fill='#ffffff'/>"

  @Test func `what is not of the colour of the edges is where it is`() throws {
    let facts = try facts(Self.ground + "<rect x='50' y='20' width='100' height='40' fill='#003060'/>")
    #expect(facts.background?.hex == "#ffffff" && facts.visibleShare == 1)
    #expect(facts.content == PixelFacts.Box(left: 0.25, top: 0.2, right: 0.75, bottom: 0.6))
    #expect(facts.colours.map(\.hex) == ["#ffffff", "#003060"])
    #expect(facts.colours.map { ($0.share * 100).rounded() } == [80, 20])
  }

  @Test func `what cannot be seen is background, and has no colour`() throws {
    let facts = try facts("<rect x='50' y='20' width='100' height='40' fill='#003060'/>")
    #expect(facts.background == nil && facts.visibleShare == 0.2)
    #expect(facts.content == PixelFacts.Box(left: 0.25, top: 0.2, right: 0.75, bottom: 0.6))
    #expect(facts.colours.map(\.hex) == ["#003060"])
  }

  @Test func `edges of many colours are no background, and then all is content`() throws {
    let stripes = (0..<5).map { "<rect x='\($0 * 40)' width='40' height='100' fill='#\($0)5\($0)0\(9 - $0)0'/>" }
    let facts = try facts(stripes.joined())
    #expect(facts.background == nil)
    #expect(facts.content == PixelFacts.Box(left: 0, top: 0, right: 1, bottom: 1))
  }

  @Test func `a picture of one colour, or of nothing, has no content`() throws {
    #expect(try facts(Self.ground).content == nil)
    let empty = try facts("")
    #expect(empty.content == nil && empty.colours.isEmpty && empty.visibleShare == 0)
  }

  @Test func `a picture of one pixel and one of a thousand in a row have facts`() throws {
    #expect(
      try facts("<rect width='9' height='9' fill='#ff0000'/>", width: 1, height: 1).colours.first?.hex == "#ff0000")
    let line = try facts("<rect width='500' height='1' fill='#ff0000'/>", width: 1_000, height: 1)
    #expect(line.content?.right == 0.5)
  }
}
