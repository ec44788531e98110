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
      [], Array("GIF89a".utf8), Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), [0xFF, 0xD8, 0xFF],
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
}
