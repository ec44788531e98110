import Foundation
import JSON
import PluginKit
import PluginSupport
import Raster
import TestSupport
import Testing

@testable import genplugin_docs

/// Op `pack`: the page and the PDF, and what they do with what is missing or wrong.
struct PackTests {
  private static let analysis =
    ##"{"summary":"A parka.","details":[{"id":"cuff","name":"Cuff","from":"category apparel"}],"palette":[{"hex":"#5c6b4f","share":38.9}],"##
    + #""measurements":[{"code":"A","name":"Chest width","value":580,"tolerance":10,"unit":"mm"}],"size":{"width":600,"height":760}}"#
  private static let sketch =
    "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='400'><text x='20' y='40'>Bubble 7</text></svg>"

  /// Everything that a pack of one view needs.
  private func whole() throws -> PackJob {
    let job = try PackJob()
    try job.put("analysis/front.json", json: Self.analysis)
    try job.put("sketches/front.svg", Array(Self.sketch.utf8), "image/svg+xml", meta: #"{"drawn_from":"facts"}"#)
    try job.put(
      "close-ups/front/cuff.png", PackJob.png("<rect width='60' height='50' fill='#c9b48a'/>"),
      meta: #"{"model":"test/m"}"#)
    return job
  }

  private func images(_ page: String) -> [String] {
    page.matches(of: /src="data:([a-z+\/]+);base64,/).map { String($0.output.1) }
  }

  @Test func `a page holds everything in itself, and says what made it`() throws {
    var job = try whole()
    try job.pack(PackJob.payload(["front"]))
    #expect(images(job.page) == ["image/svg+xml", "image/svg+xml", "image/png"])
    for words in ["A parka.", "Chest width", "580 mm ± 10", "Cuff (category apparel)", "by the model test/m"] {
      #expect(job.page.contains(words), "\(words)")
    }
    #expect(job.page.contains("default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-"))
    #expect(!job.page.contains("href=\"http") && !job.page.contains("<script") && !job.page.contains("What is missing"))
    #expect(job.host.results[PackJob.outputs[1]]?.mediaType == "application/pdf")
  }

  @Test func `the same files give the same bytes, another close-up gives others`() throws {
    var (one, two) = (try whole(), try whole())
    try one.pack(PackJob.payload(["front"]))
    try two.pack(PackJob.payload(["front"]))
    #expect(one.page == two.page && one.document == two.document)
    try two.put("close-ups/front/cuff.png", PackJob.png("<rect width='60' height='50' fill='#000000'/>"))
    let before = two.document
    try two.pack(PackJob.payload(["front"]))
    #expect(two.page != one.page && two.document != before)
  }

  /// The texts of the pages of a document.
  private func pages(_ document: [UInt8]) throws -> [String] {
    var pages: [String] = []
    try withDirectory { directory in
      let path = directory + "/a.pdf"
      try Data(document).write(to: URL(fileURLWithPath: path))
      #expect(try PDFTool.run("qpdf", "--check", path).contains("No syntax or stream encoding errors found"))
      pages = try PDFTool.run("pdftotext", "-layout", path, "-").split(separator: "\u{C}").map { String($0) }
    }
    return pages
  }

  @Test(.enabled(if: PDFTool.isThere))
  func `the document has a title, contents with the right pages, and text that can be searched`()
    throws
  {
    var job = try whole()
    try job.pack(PackJob.payload(["front"]))
    let pages = try pages(job.document)
    try #require(pages.count == 6, "title, contents, view, sketch, close-ups, measures")
    #expect(pages[0].contains("Parka, revision A") && pages[0].contains("close-ups: 1, sketches: 1, measures: 1"))
    for (index, page) in pages.enumerated() { #expect(page.contains("Page \(index + 1) of 6")) }
    for (name, number) in [("View: front", 3), ("Sketch", 4), ("Close-ups", 5), ("Measures", 6)] {
      #expect(pages[1].contains(try Regex("\(name) +\(number)\\n")), "\(name): \(pages[1])")
    }
    #expect(pages[2].contains("A parka.") && pages[2].contains("• Cuff (category apparel)"))
    #expect(pages[3].contains("Bubble 7"), "a sketch stays lines and text")
    #expect(pages[4].contains("Cuff") && pages[5].contains("580 mm ± 10"))
  }

  @Test(.enabled(if: PDFTool.isThere)) func `what is missing is named, and a pack is made of the rest`() throws {
    var job = try whole()
    job.host.results[PackJob.folder + "close-ups/front/cuff.png"] = nil
    try job.pack(PackJob.payload(), missing: ["close-up/A/front/cuff"])
    let expected = [
      "The close-up 'Cuff' of view 'front' is missing.", "The analysis of view 'back' is missing.",
      "The sketch of view 'back' is missing.", "The task close-up/A/front/cuff did not succeed.",
    ]
    #expect(job.host.logged == expected)
    let title = try pages(job.document)[0]
    for line in expected {
      #expect(job.page.contains(line.replacing("'", with: "&#39;")) && title.contains(line), "\(line)")
    }
    let meta =
      #"{"type":"pack","product":"Parka","category":"apparel","revision":"A","title":"Parka, revision A","missing":4}"#
    #expect(PackJob.outputs.map { job.host.results[$0]?.meta?.text } == [meta, meta])
  }

  @Test func `pictures that cannot be read are named, not shown`() throws {
    var job = try whole()
    try job.put("close-ups/front/cuff.png", Array("no picture".utf8))
    try job.put("sketches/front.svg", Array("<svg xmlns='http://www.w3.org/2000/svg'><g>".utf8), "image/svg+xml")
    try job.put("analysis/front.json", json: "[1")
    try job.put("sketches/back.png", [UInt8](repeating: 0, count: 17 << 20))
    try job.pack(PackJob.payload())
    #expect(job.host.logged.contains { $0.hasPrefix("The sketch of view 'back' is too large to be shown here") })
    #expect(job.host.logged.contains { $0.hasPrefix("The analysis of view 'front' is no JSON object") })
    #expect(job.host.logged.contains { $0.hasPrefix("The sketch of view 'front' cannot be read") })
    try job.put("analysis/front.json", json: Self.analysis)
    try job.pack(PackJob.payload(["front"]))
    #expect(
      job.host.logged.contains { $0.hasPrefix("The close-up 'Cuff' of view 'front' cannot be read: it is neither") })
    #expect(images(job.page) == ["image/svg+xml"] && !job.document.isEmpty)
  }

  @Test func `one's own pictures of any kind are shown`() throws {
    var job = try whole()
    job.host.results[PackJob.folder + "close-ups/front/cuff.png"] = nil
    try job.put("close-ups/front/cuff.webp", SampleImages.webp)
    job.host.results[PackJob.folder + "sketches/front.svg"] = nil
    try job.put("sketches/front.jpg", SampleImages.jpeg)
    try job.pack(PackJob.payload(["front"]))
    #expect(images(job.page) == ["image/svg+xml", "image/jpeg", "image/png"] && job.host.logged.isEmpty)
  }

  @Test(.enabled(if: PDFTool.isThere)) func `hostile texts stay texts, and long ones go on on the next page`() throws {
    let text = "</p><script>alert(1)</script> & \u{202E}\u{0}"
    let long = String(repeating: "word ", count: 250)
    let value: JSONTree = [
      "summary": .string(text), "details": [["id": "../x", "name": .string(text), "from": .string(text)]],
      "palette": [["hex": "red;}</style>", "share": 1]], "made_by": .string(text), "model": .string(text),
      "measurements": [["code": .string(text), "name": .string(text), "value": .double(1e300), "unit": .string(text)]],
      "construction": .array(Array(repeating: .string(long), count: 12)), "size": ["width": "x"], "view": 7,
    ]
    var job = try PackJob()
    try job.put("analysis/front.json", json: String(decoding: value.bytes, as: UTF8.self))
    try job.pack(PackJob.payload(["front"], product: text))
    #expect(!job.page.contains("<script") && !job.page.contains("red;}") && !job.page.contains("\u{202E}"))
    let pages = try pages(job.document)
    #expect(pages.joined().contains("<script>alert(1)</script>") && pages.count > 4)
    #expect(pages.joined().matches(of: /word/).count == 12 * 250, "no word is lost where a page ends")
  }

  @Test func `the dot of a line stands on the page on which its text begins`() throws {
    for skipped in stride(from: 600.0, to: 730, by: 3) {
      var sheet = SheetWriter()
      sheet.text("head")
      sheet.skip(skipped)
      let page = sheet.number
      sheet.item(String(repeating: "worn edge ", count: 40))
      let dots = sheet.pages(footer: "", from: 0, of: 2).map { page in
        page.figures.map { String(decoding: $0.svg, as: UTF8.self) }.joined()
      }
      let begun = try #require(dots.firstIndex { $0.contains("worn") })
      #expect(dots.firstIndex { $0.contains("•") } == begun, "\(skipped) points below the head of page \(page)")
    }
  }

  @Test func `half a thousand measures and a dozen close-ups have their pages`() throws {
    var job = try PackJob()
    let details = (0..<12).map { #"{"id":"d\#($0)","name":"Detail \#($0)"}"# }.joined(separator: ",")
    let measures = (0..<200).map { #"{"code":"\#($0)","name":"Measure \#($0)","value":\#($0)}"# }.joined(separator: ",")
    try job.put("analysis/front.json", json: #"{"details":[\#(details)],"measurements":[\#(measures)]}"#)
    let tall = try PackJob.png("<rect width='4' height='400' fill='#000'/>", width: 4, height: 400)
    for index in 0..<12 { try job.put("close-ups/front/d\(index).png", tall) }
    try job.pack(PackJob.payload(["front"]))
    #expect(images(job.page).count == 13 && job.page.contains("Measure 199"))
    guard PDFTool.isThere else { return }
    let pages = try pages(job.document)
    #expect(
      pages.last?.contains("Measure 199") == true
        && pages.last?.contains("Page \(pages.count) of \(pages.count)") == true)
  }

  private static let wrong: [(payload: JSONTree, outputs: [String], words: String)] = [
    (PackJob.payload(), ["a.txt"], "op pack writes one .html and one .pdf"),
    (PackJob.payload(), [], "declares 0 outputs"),
    (PackJob.payload(), ["a.pdf", "b.pdf"], "declares 2 outputs"),
    (["views": []], ["a.pdf"], "payload.product: it is missing"),
    (["product": "x"], ["a.pdf"], "payload.views: there is none"),
    (["product": "x", "views": [["id": "a"]]], ["a.pdf"], "payload.views[0].name: it is missing"),
    (
      ["product": "x", "views": [["id": "front", "name": "f", "image": "a-front.svg", "sha256": "00"]]], ["a.pdf"],
      "'a-front.svg' has other bytes"
    ),
  ]

  @Test(arguments: wrong)
  func `what is wrong is told in two lines`(_ payload: JSONTree, _ outputs: [String], _ words: String) throws {
    var job = try PackJob()
    let failed = job.failure("pack", payload, to: outputs)
    let failure = try #require(failed)
    #expect(failure.errorClass == "bad_payload" && !failure.retryable && failure.message.contains(words), "\(failure)")
    #expect(failure.message.split(separator: "\n").count == 2)
  }

  @Test func `one of the two can be had alone, and what is there is not made again`() throws {
    var job = try whole()
    try job.pack(PackJob.payload(["front"]), outputs: [PackJob.outputs[1]])
    #expect(job.page.isEmpty && !job.document.isEmpty)
    let task = GenerationTask(
      job: 1, key: "pack", op: "pack", payload: JSONText(PackJob.payload(["front"])), outputs: PackJob.outputs,
      done: [PackJob.outputs[0]])
    var generator = DocsGenerator()
    try job.host.run(task, needs: ["before"], &generator)
    #expect(job.page.isEmpty)
  }
}
