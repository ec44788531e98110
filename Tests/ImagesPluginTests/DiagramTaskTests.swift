import Digest
import JSON
import PluginKit
import PluginSupport
import Raster
import TestSupport
import Testing

@testable import genplugin_images

/// Drawing one diagram.
struct DiagramTaskTests {
  private let order = [(name: "m.bpmn", bytes: Array(Models.order.utf8))]

  /// The size of a PNG, which is decoded for it.
  private func size(_ host: FakeHost, _ path: String) throws -> PixelSize {
    try ImageFile(try #require(host.results[path]?.bytes)).size
  }

  @Test func `a picture has exactly the bytes that were looked at`() throws {
    let host = try FakeHost.pictures(of: order)
    // Change it only together with a look at contrib/contact-sheet.
    let digest = SHA256Digest(of: Array(host.text("images/m/diagram-1.svg").utf8)).hex
    #expect(digest == "2803f7a3b4b7ee4823c6115c8931476c1f3d349382f79d75ff7ae45a179c6f65")
    let sketch = try FakeHost.pictures(of: order, options: #"{"style": "sketch"}"#)
    let drawn = SHA256Digest(of: Array(sketch.text("images/m/diagram-1.svg").utf8)).hex
    #expect(drawn == "eb11d567458044b1403e7f20f48002a4995f3557af1aaa63d7465324235789ec")
  }

  @Test func `shapes stand in the SVG where the file places them`() throws {
    let host = try FakeHost.pictures(of: order)
    let svg = try #require(parsedSVG(host.text("images/m/diagram-1.svg")))
    let task = try #require(
      svg.descendants.first { $0.attributes["data-element"] == "t" }?.children.first { $0.name == "rect" })
    #expect(["x", "y", "width", "height"].map(task.number) == [80, 0, 100, 80])
    let start = try #require(
      svg.descendants.first { $0.attributes["data-element"] == "s" }?.children.first { $0.name == "circle" })
    #expect(["cx", "cy", "r"].map(start.number) == [18, 40, 18])
  }

  @Test func `a PNG has twice the size of its SVG, or what the job says`() throws {
    let host = try FakeHost.pictures(of: order)
    let svg = try #require(parsedSVG(host.text("images/m/diagram-1.svg")))
    let (width, height) = (try #require(svg.number("width")), try #require(svg.number("height")))
    #expect(try size(host, "images/m/diagram-1.png") == PixelSize(width: width, height: height, scale: 2))
    let small = try FakeHost.pictures(of: order, options: #"{"scale": 0.5}"#)
    #expect(try size(small, "images/m/diagram-1.png") == PixelSize(width: width, height: height, scale: 0.5))
  }

  @Test func `a new process for each task gives the same bytes`() throws {
    let once = try FakeHost.pictures(of: order, options: #"{"style": "sketch"}"#)
    let fresh = try FakeHost.pictures(of: order, options: #"{"style": "sketch"}"#, inFreshProcesses: true)
    #expect(once.results == fresh.results)
  }

  @Test func `what is done is not drawn again`() throws {
    let host = FakeHost(order)
    var generator = ImagesGenerator()
    try host.plan(&generator)
    let task = try #require(host.spawned.first)
    try host.run(task, &generator, done: [task.outputs[0]])
    #expect(host.results.keys.sorted() == [task.outputs[1]])
  }

  @Test func `the file says what it is, what it was made from and by what`() throws {
    let host = try FakeHost.pictures(of: order)
    let svg = try #require(host.results["images/m/diagram-1.svg"])
    #expect(svg.mediaType == "image/svg+xml")
    #expect(svg.meta?.text.contains(#""drawn_from":"file","source":"m.bpmn""#) == true)
    let png = try #require(host.results["images/m/diagram-1.png"])
    #expect(png.mediaType == "image/png")
    let words = String(decoding: png.bytes.map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
    #expect(words.contains("tEXtSoftware\0genplugin-images 1.0.0") && words.contains("tEXtComment\0Drawn from m.bpmn"))
  }

  @Test func `hostile names stay text, in the picture and in the PNG's notes`() throws {
    let name = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!DOCTYPE x&gt;&#233;&#20320;"
    let model = Models.file("<process id=\"p\" name=\"\(name)\"><task id=\"t\" name=\"\(name)\"/></process>")
    let host = try FakeHost.pictures(of: [("m.bpmn", model)])
    for path in host.results.keys where path.hasSuffix(".svg") {
      let svg = try #require(parsedSVG(host.text(path)), "\(path) is not well formed")
      #expect(!svg.descendants.contains { $0.name == "script" || $0.attributes.keys.contains { $0.hasPrefix("on") } })
    }
    for path in host.results.keys where path.hasSuffix(".png") { _ = try size(host, path) }
  }

  @Test func `a payload that is none, or names a picture that is not there, is refused for good`() throws {
    let host = FakeHost(order)
    var generator = ImagesGenerator()
    for payload in [
      "{}", #"{"path": "images/m/none", "digest": "x"}"#, #"{"path": "images/m/diagram-1", "digest": "x", "more": 1}"#,
    ] {
      let failure = #expect(throws: PluginFailure.self) {
        try host.run(NewTask(key: "k", op: "diagram", payload: try JSONText(payload)), &generator)
      }
      #expect(failure?.errorClass == "bad_payload" && failure?.retryable == false)
      #expect(failure?.message.split(separator: "\n").count == 2)
    }
    let failure = #expect(throws: PluginFailure.self) {
      try host.run(NewTask(key: "k", op: "paint"), &generator)
    }
    #expect(failure?.errorClass == "bad_op")
    #expect(host.results.isEmpty)
  }

  @Test(arguments: PublicModels.files)
  func `every public model gives whole pictures of the right size, or one error with its place`(_ path: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let bytes = try PublicFile.bytes(path)
    let host: FakeHost
    do {
      host = try FakeHost.pictures(of: [(name, bytes)], options: #"{"scale": 1, "close_ups": false}"#)
    } catch let failure as PluginFailure {
      #expect(path.contains("/malformed/") && failure.message.hasPrefix("\(name):"))
      return
    }
    for path in host.results.keys where path.hasSuffix(".svg") {
      let svg = try #require(parsedSVG(host.text(path)), "\(path) is not well formed")
      let (width, height) = (try #require(svg.number("width")), try #require(svg.number("height")))
      let png = try size(host, path.replacing(".svg", with: ".png"))
      // What is too large for a PNG at its own size is drawn smaller.
      #expect(png == PixelSize(width: width, height: height, scale: 1), "\(path)")
    }
    if host.results.isEmpty { #expect(path.contains("/malformed/"), "\(name) gives no picture") }
  }
}
