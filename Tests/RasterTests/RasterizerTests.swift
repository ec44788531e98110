import Foundation
import TestSupport
import Testing

@testable import Raster

/// SVG to PNG.
struct RasterizerTests {
  private func png(_ body: String, _ size: PixelSize, notes: [PNGNote] = []) throws(RasterError) -> ImageFile {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"50\">\(body)</svg>"
    return try ImageFile(try Rasterizer.png(svg: Array(svg.utf8), size: size, notes: notes))
  }

  @Test func `a picture fills its size and has its colours`() throws {
    let body = "<rect width=\"100\" height=\"50\" fill=\"#102030\"/><rect width=\"25\" height=\"50\" fill=\"#ff8000\"/>"
    let image = try png(body, PixelSize(width: 200, height: 100))
    #expect(image.size == PixelSize(width: 200, height: 100))
    #expect(image.format == .png)
    #expect(image.colours.map(\.hex) == ["#102030", "#ff8000"])
    #expect(image.colours.map(\.share) == [0.75, 0.25])
  }

  @Test func `the same picture gives the same bytes`() throws {
    let body = "<text x=\"5\" y=\"20\" font-family=\"Liberation Sans\">Text</text>"
    #expect(try png(body, PixelSize(width: 64, height: 32)) == png(body, PixelSize(width: 64, height: 32)))
  }

  @Test func `sizes beyond the bounds are refused before memory is taken`() {
    for size in [PixelSize(width: 20_001, height: 1), PixelSize(width: 7_000, height: 7_000)] {
      #expect(throws: RasterError.tooLarge(size)) { try png("", size) }
    }
    #expect(!PixelSize(width: .infinity, height: 1, scale: 1).isAllowed)
    #expect(PixelSize(width: 0, height: -3) == PixelSize(width: 1, height: 1))
    #expect(PixelSize(width: 10, height: 10.2, scale: 0.5) == PixelSize(width: 5, height: 6))
  }

  @Test(arguments: ["", "<svg", "not a picture", "<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>"])
  func `what is no SVG is an error with words`(_ text: String) {
    let error = #expect(throws: RasterError.self) {
      try Rasterizer.png(svg: Array(text.utf8), size: PixelSize(width: 8, height: 8))
    }
    guard case .unreadable(let words)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(!words.isEmpty)
  }

  @Test func `a file of the machine cannot be pulled into a picture`() throws {
    // The same PNG as data is drawn, as a file it is not.
    let red = try Rasterizer.png(
      svg: Array(
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><rect width=\"9\" height=\"9\" fill=\"#ff0000\"/></svg>".utf8),
      size: PixelSize(width: 8, height: 8))
    try withDirectory { directory in
      let path = directory + "/red.png"
      try Data(red).write(to: URL(fileURLWithPath: path))
      for address in ["file://\(path)", path, "red.png"] {
        let body = "<image width=\"100\" height=\"50\" href=\"\(address)\"/>"
        #expect(try png(body, PixelSize(width: 10, height: 10)).colours.isEmpty, "\(address) was read")
      }
    }
    let entity = """
      <!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">\
      <text y="20" font-size="20">&x;</text></svg>
      """
    let drawn = try? Rasterizer.png(svg: Array(entity.utf8), size: PixelSize(width: 40, height: 40))
    #expect(try drawn.map { try ImageFile($0).colours.isEmpty } ?? true)
  }

  @Test func `notes stand behind the header, and the picture stays whole`() throws {
    let notes = [PNGNote("Title", "Täst \u{4F60}\n"), PNGNote("Software", "me")]
    let image = try png("", PixelSize(width: 3, height: 2), notes: notes)
    let title: [UInt8] = Array("tEXtTitle\0T".utf8) + [0xE4] + Array("st ?\n".utf8)
    #expect(Array(image.bytes[37..<37 + title.count]) == title)
    // The checksum that the specification gives for an empty chunk IEND is a good one to know.
    #expect(image.bytes.suffix(4) == [0xAE, 0x42, 0x60, 0x82])
  }
}
