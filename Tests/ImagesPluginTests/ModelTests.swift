import Foundation
import JSON
import PluginKit
import PluginSupport
import Raster
import TestSupport
import Testing

@testable import genplugin_images

/// Pictures by a model.
struct ModelTests {
  /// A host whose model answers with the bytes of a file.
  private func host(answering bytes: [UInt8], in directory: String) throws -> FakeHost {
    let host = FakeHost([("front.png", try Images.png())])
    let path = directory + "/answer"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    host.model = { _ in
      ModelAnswer(
        model: "test/painter",
        files: [ModelFile(file: path, mediaType: "image/png", sha256: "", size: bytes.count)])
    }
    return host
  }

  @Test func `the model is asked with the prompt and size, and its answer is stored as it is`() throws {
    try withDirectory { directory in
      let bytes = try Images.png("#00ff00")
      let host = try host(answering: bytes, in: directory)
      let payload = #"{"prompt": "A room", "size": "512x256", "title": "Room"}"#
      _ = try host.figure("picture", payload, outputs: ["room.png", "room.svg"])
      let question = try #require(host.asked.first?.question)
      #expect(host.asked.count == 1)
      #expect(question.messages == [ModelMessage(.user, "A room")])
      #expect(question.image?.size == "512x256")
      #expect(host.results["room.png"]?.bytes == bytes)
      #expect(host.meta("room.png")?["model"]?.string == "test/painter")
      #expect(host.meta("room.png")?["drawn_from"]?.string == "model")
      let svg = try #require(parsedSVG(host.text("room.svg")))
      #expect(svg.number("width") == 40 && svg.descendants.contains { $0.name == "image" })
      #expect(!host.text("room.svg").contains(Figure.mark), "what a model has made is not marked as drawn from facts")
    }
  }

  @Test func `a close-up shows the model the picture, too`() throws {
    try withDirectory { directory in
      let host = try host(answering: try Images.png(), in: directory)
      _ = try host.figure("close-up", #"{"prompt": "The collar", "image": "front.png"}"#, outputs: ["c.png"])
      #expect(host.asked.first?.question.messages == [ModelMessage(.user, [.text("The collar"), .input("front.png")])])
    }
  }

  @Test func `a model is shown an SVG as pixels, which it can read`() throws {
    try withDirectory { directory in
      let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='4' height='2'><rect width='4' height='2'/></svg>"
      let host = FakeHost([("front.svg", Array(svg.utf8))])
      host.model = try self.host(answering: try Images.png(), in: directory).model
      _ = try host.figure("close-up", #"{"prompt": "The collar", "image": "front.svg"}"#, outputs: ["c.png"])
      guard case .image(let bytes, mediaType: "image/png")? = host.asked.first?.question.messages.first?.parts.last
      else {
        Issue.record("\(host.asked)")
        return
      }
      #expect(try ImageFile(bytes).size == PixelSize(width: 1_600, height: 800))
    }
  }

  @Test(arguments: ["palette", "floorplan", "measure"])
  func `what facts say exactly is never asked of a model`(_ op: String) throws {
    try withDirectory { directory in
      let host = try host(answering: try Images.png(), in: directory)
      let payload = [
        "palette": ##"{"prompt": "x", "colours": [{"hex": "#123456"}]}"##,
        "floorplan": #"{"prompt": "x", "room": {"width": 1, "depth": 1}}"#,
        "measure": #"{"prompt": "x", "measurements": {"a": 1}}"#,
      ]
      _ = try host.figure(op, payload[op] ?? "")
      #expect(host.asked.isEmpty)
    }
  }

  @Test func `without a prompt there is nothing to ask, and the facts are drawn`() throws {
    try withDirectory { directory in
      let host = try host(answering: try Images.png(), in: directory)
      #expect(try host.figure("picture", "{}").contains(Figure.mark))
      #expect(host.asked.isEmpty)
    }
  }

  @Test func `a failure of the model is the task's, and nothing is put`() throws {
    let host = FakeHost([])
    host.model = { _ in throw PluginFailure("rate_limited", "wait", retryable: true, retryAfterMs: 5) }
    let failure = #expect(throws: PluginFailure.self) { try host.figure("picture", #"{"prompt": "x"}"#) }
    #expect(failure?.errorClass == "rate_limited" && failure?.retryAfterMs == 5)
    #expect(host.results.isEmpty)
  }

  @Test(arguments: [[], Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8), Array("no picture".utf8)])
  func `an answer that is no picture is refused and may be asked for again`(_ bytes: [UInt8]) throws {
    try withDirectory { directory in
      let host = try host(answering: bytes, in: directory)
      let failure = #expect(throws: PluginFailure.self) { try host.figure("picture", #"{"prompt": "x"}"#) }
      #expect(failure?.errorClass == "bad_answer" && failure?.retryable == true)
      #expect(failure?.message.split(separator: "\n").count == 2)
      #expect(host.results.isEmpty)
    }
  }

  @Test func `an answer without a picture, or whose file is gone, is said`() throws {
    let host = FakeHost([])
    host.model = { _ in ModelAnswer(model: "test/painter", text: "I would rather not.") }
    #expect(throws: PluginFailure.self) { try host.figure("picture", #"{"prompt": "x"}"#) }
    host.model = { _ in
      ModelAnswer(model: "m", files: [ModelFile(file: "/nowhere/x", mediaType: "image/png", sha256: "", size: 1)])
    }
    let failure = #expect(throws: PluginFailure.self) { try host.figure("picture", #"{"prompt": "x"}"#) }
    #expect(failure?.message.hasPrefix("the host's file /nowhere/x cannot be read (errno 2).\n") == true)
  }

  @Test func `a JPEG for a PNG is drawn anew, and stays as it is inside of an SVG`() throws {
    try withDirectory { directory in
      let host = try host(answering: SampleImages.jpeg, in: directory)
      _ = try host.figure("picture", #"{"prompt": "x"}"#, outputs: ["a.png", "a.svg"])
      let image = try ImageFile(try #require(host.results["a.png"]?.bytes))
      #expect(image.format == .png && image.size == PixelSize(width: 16, height: 8))
      #expect(host.text("a.svg").contains("data:image/jpeg;base64,\(Base64.string(SampleImages.jpeg))"))
    }
  }
}
