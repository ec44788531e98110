import Foundation
import TestSupport
import Testing

@testable import Raster

/// Picture files of unknown origin.
struct ImageFileTests {
  private func png() throws -> [UInt8] {
    let svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"20\"><rect width=\"30\" height=\"20\" fill=\"#008000\"/></svg>"
    return try Rasterizer.png(svg: Array(svg.utf8), size: PixelSize(width: 30, height: 20))
  }

  @Test func `a file is what its bytes say`() throws {
    let image = try ImageFile(try png())
    #expect(image.mediaType == "image/png")
    #expect(image.size == PixelSize(width: 30, height: 20))
    #expect(image.colours.map(\.hex) == ["#008000"])
  }

  @Test func `what is cut off or changed in its middle is refused`() throws {
    let whole = try png()
    for count in [24, 40, whole.count - 20] {
      #expect(throws: RasterError.self, "\(count) bytes") { try ImageFile(Array(whole.prefix(count))) }
    }
    var broken = whole
    broken[whole.count / 2] ^= 0xFF
    #expect(throws: RasterError.self) { try ImageFile(broken) }
  }

  @Test func `no change of one byte does harm`() throws {
    let whole = try png()
    for place in whole.indices {
      var changed = whole
      changed[place] = changed[place] &+ 1
      _ = try? ImageFile(changed)
    }
  }

  @Test func `other kinds of files are refused as such`() {
    for bytes in [
      [], Array("GIF89a".utf8), Array("<html><body/></html>".utf8), [0xFF, 0xD8, 0xFF], Array("RIFF\u{0}WEBP".utf8),
    ] {
      #expect(throws: RasterError.unknownFormat) { try ImageFile(bytes) }
    }
  }

  @Test func `a small file that says it is a huge picture takes no memory`() throws {
    var bytes = try png()
    bytes.replaceSubrange(16..<24, with: [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF])
    #expect(throws: RasterError.tooLarge(PixelSize(width: 65_535, height: 65_535))) { try ImageFile(bytes) }
    #expect(throws: RasterError.tooManyBytes(RasterLimits.imageBytes + 1)) {
      try ImageFile([UInt8](repeating: 0, count: RasterLimits.imageBytes + 1))
    }
  }

  @Test func `a WebP is read, whole only, and becomes a PNG`() throws {
    let image = try ImageFile(SampleImages.webp)
    #expect(image.source == .webp && image.mediaType == "image/png")
    #expect(image.size == PixelSize(width: 24, height: 16) && image.statedSize == image.size)
    #expect(image.colours.map(\.hex) == ["#c00000"])
    #expect(try ImageFile(image.bytes).facts == image.facts)
    for count in SampleImages.webp.indices.dropFirst(17) {
      #expect(throws: RasterError.self, "\(count)") { try ImageFile(Array(SampleImages.webp.prefix(count))) }
    }
    for place in SampleImages.webp.indices {
      var changed = SampleImages.webp
      changed[place] ^= 0x55
      _ = try? ImageFile(changed)
    }
  }

  @Test func `an SVG is drawn; its size is what it says, its pixels are as many as are wanted`() throws {
    let image = try ImageFile(Array("\u{FEFF}<!-- a -->\n<svg xmlns='\(Self.xmlns)' viewBox='0 0 30 20'/>".utf8))
    #expect(image.source == .svg && image.statedSize == PixelSize(width: 30, height: 20))
    #expect(image.size.width == RasterLimits.drawnSidePx && image.mediaType == "image/png")
    #expect(try ImageFile(Array("<svg xmlns='\(Self.xmlns)' width='1in' height='2in'/>".utf8)).statedSize.height == 192)
  }

  private static let xmlns = "http://www.w3.org/2000/svg"

  /// A thousand million rectangles.
  private static let swelling: String = {
    var levels = "<g id='u0'><rect width='1' height='1'/></g>"
    for level in 1...9 {
      levels += "<g id='u\(level)'>" + String(repeating: "<use href='#u\(level - 1)'/>", count: 10) + "</g>"
    }
    return "<svg xmlns='\(xmlns)' width='10' height='10'>\(levels)</svg>"
  }()

  @Test(arguments: [
    "<svg xmlns='\(xmlns)'/>", "<svg xmlns='\(xmlns)' width='10' height='10'><g>", "<svg/>", "<svg",
    "<svg xmlns='\(xmlns)' width='100000' height='10'/>", "<svg xmlns='\(xmlns)' width='-1' height='10'/>",
    "<!DOCTYPE s [<!ENTITY a 'xxxxxxxxxx'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
      + "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
      + "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'><!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;'>"
      + "<!ENTITY g '&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;'><!ENTITY h '&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;'>]>"
      + "<svg xmlns='\(xmlns)' width='10' height='10'><text>&h;</text></svg>",
    swelling,
  ])
  func `an SVG without a size, too large, cut off or swelling is refused`(_ text: String) {
    #expect(throws: RasterError.self) { try ImageFile(Array(text.utf8)) }
  }

  @Test func `an SVG shows no file of the machine`() throws {
    try withDirectory { directory in
      let path = directory + "/red.png"
      try Data(png()).write(to: URL(fileURLWithPath: path))
      let svg =
        "<svg xmlns='\(Self.xmlns)' width='30' height='20'><image href='file://\(path)' width='30' height='20'/></svg>"
      #expect(try ImageFile(Array(svg.utf8)).facts.visibleShare == 0)
    }
  }

  @Test func `a JPEG is read, whole only`() throws {
    let image = try ImageFile(SampleImages.jpeg)
    #expect(image.mediaType == "image/jpeg")
    #expect(image.size == PixelSize(width: 16, height: 8))
    #expect(image.colours.first?.share ?? 0 > 0.4)
    for count in SampleImages.jpeg.indices {
      #expect(throws: RasterError.self, "\(count)") { try ImageFile(Array(SampleImages.jpeg.prefix(count))) }
    }
    var huge = SampleImages.jpeg
    let frame = try #require(zip(huge.indices, huge.indices.dropFirst()).first { huge[$0] == 0xFF && huge[$1] == 0xC0 })
      .0
    huge.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: RasterError.tooLarge(PixelSize(width: 65_535, height: 65_535))) { try ImageFile(huge) }
    for place in SampleImages.jpeg.indices {
      var changed = SampleImages.jpeg
      changed[place] ^= 0x55
      _ = try? ImageFile(changed)
    }
  }

  /// Marks without a segment, which libjpeg passes over: were they taken for the head of one, its length would be that of what
  /// comes behind, and a frame far behind could stand in for the one that is read.
  @Test(arguments: [0x00, 0x01, 0xD0, 0xD7] as [UInt8])
  func `a mark without a segment in a JPEG hides no frame behind it`(_ mark: UInt8) throws {
    let marked = SampleImages.jpeg.prefix(2) + [0xFF, mark] + SampleImages.jpeg.dropFirst(2)
    #expect(try ImageFile(Array(marked)).size == PixelSize(width: 16, height: 8))

    func frame(_ side: [UInt8]) -> [UInt8] { [0xFF, 0xC0, 0, 11, 8] + side + side + [1, 1, 0x11, 0] }
    let begin = [0xFF, 0xD8, 0xFF, mark] + frame([0xEA, 0x60])
    let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0xFF, 0xD9]
    let hidden = begin + [UInt8](repeating: 0, count: 2 + 2 + 0xFFC0 - begin.count) + frame([0, 16]) + scan
    #expect(throws: RasterError.tooLarge(PixelSize(width: 60_000, height: 60_000))) { try ImageFile(hidden) }
  }
}
