import Digest
import Foundation
import JSON
import PluginKit
import PluginSupport
import Raster
import TestSupport
import Testing

@testable import genplugin_docs

/// Ops `views` and `analysis`: what is said of a picture, and where each word of it comes from.
struct AnalysisTests {
  private static let path = "a.json"

  private func payload(_ more: [(String, JSONTree)] = []) -> JSONTree {
    let members: [(String, JSONTree)] = [
      ("image", "a-front.svg"), ("product", "Parka"), ("category", "apparel"), ("revision", "A"), ("view", "front"),
      ("measurements", ["Chest width": ["value": 580, "tolerance": 10], "Cuff width": 110]),
    ]
    let kept = members.filter { one in !more.contains { $0.0 == one.0 } }
    return .object((kept + more).map { .init($0.0, $0.1) })
  }

  private func analysis(_ more: [(String, JSONTree)] = []) throws -> JSONValue {
    var job = try PackJob()
    return try #require(try job.run("analysis", payload(more), to: [Self.path]))
  }

  private func names(_ value: JSONValue) -> [String] {
    (value["details"]?.elements ?? []).compactMap { $0["name"]?.string }
  }

  // MARK: Views

  @Test func `views are written down with what tells their pictures from others`() throws {
    var job = try PackJob()
    let payload: JSONTree = ["revision": "A", "views": ["Front view": "a-front.svg", "front-view": "a-back.svg"]]
    let views = try #require(try job.run("views", payload, to: ["views.json"])?["views"]?.elements)
    #expect(views.map { $0["id"]?.string } == ["front-view", "front-view-2"])
    #expect(views[0]["sha256"]?.string == SHA256Digest(of: try PackJob.sample("a-front.svg")).hex)
    #expect(views[1]["width"]?.int == 600 && views[1]["height"]?.int == 760)
  }

  private static let wrongViews: [(payload: JSONTree, words: String)] = [
    ([:], "payload.views: there is none"), (["views": "front"], "payload.views: it is no object"),
    (["views": ["front": 1]], "payload.views.front: it is no text"),
    (["views": [" ": "a-front.svg"]], "payload.views: a view has no name"),
    (["views": ["front": "x.png"]], "'x.png' is neither an input of the job nor a file"),
    (["views": ["front": "a-front.svg"], "revison": "A"], "Did you mean 'revision'?"),
  ]

  @Test(arguments: wrongViews)
  func `wrong views are told in two lines before anything is made of them`(_ payload: JSONTree, _ words: String) throws
  {
    var job = try PackJob()
    let failed = job.failure("views", payload, to: ["views.json"])
    let failure = try #require(failed)
    #expect(failure.errorClass == "bad_payload" && !failure.retryable && failure.message.contains(words), "\(failure)")
    #expect(failure.message.split(separator: "\n").count == 2)
  }

  // MARK: Without a model

  @Test func `what is seen and given is said, and that no model was used`() throws {
    let value = try analysis()
    let summary = try #require(value["summary"]?.string)
    for words in [
      "View 'front' of Parka (apparel), revision A.", "600 × 760 px", "#5c6b4f",
      "Chest width 580 mm ± 10 and Cuff width 110 mm", "without a model",
    ] { #expect(summary.contains(words), "\(words): \(summary)") }
    #expect(value["size"]?["width"]?.int == 600 && value["size"]?["aspect"]?.double == 0.789)
    #expect(value["background"]?.string == "#ffffff" && value["image"]?["format"]?.string == "svg")
    #expect(value["palette"]?[0]?["background"]?.bool == true && value["palette"]?[1]?["hex"]?.string == "#5c6b4f")
    #expect(value["made_by"]?.string == "facts" && value["model"]?.isNull == true)
    let measure = value["measurements"]?[1]
    #expect(
      measure?["code"]?.string == "B" && measure?["value"]?.double == 110 && measure?["tolerance"]?.isNull == true)
    let content = try #require(value["content"])
    // The jacket reaches from 43 to 557 of 600, and from 28 to 692 of 760.
    for (name, expected) in [("x", 0.073), ("width", 0.856), ("y", 0.037), ("height", 0.874)] {
      #expect(abs((content[name]?.double ?? 0) - expected) < 0.01, "\(name)")
    }
  }

  @Test func `its file says what it is, and of what`() throws {
    var job = try PackJob()
    try job.run("analysis", payload(), to: [Self.path])
    let marks = #""type":"analysis","product":"Parka","category":"apparel","revision":"A","view":"front""#
    #expect(job.host.results[Self.path]?.meta?.text == "{\(marks),\"made_by\":\"facts\",\"model\":null}")
  }

  @Test func `each detail says where it comes from, and only one with a place is pointed at`() throws {
    let value = try analysis()
    #expect(names(value) == ["Collar", "Closure", "Cuff", "Hem", "Shoulder", "Chest width"])
    let details = try #require(value["details"]?.elements)
    #expect(details[0]["from"]?.string == "category apparel, at its usual place")
    #expect(details[2]["measures"]?[0]?.string == "B", "Cuff width is a measure of the cuff")
    #expect(details[5]["from"]?.string == "measure A, place not known" && details[5]["id"]?.string == "chest-width")
    #expect(value["callouts"]?.elements?.compactMap { $0["text"]?.string } == Array(names(value).dropLast()))
    for detail in details {
      let region = ["x", "y", "width", "height"].compactMap { detail["region"]?[$0]?.double }
      #expect(region.count == 4 && region[0] + region[2] <= 1.000_001 && region[1] + region[3] <= 1.000_001)
    }
  }

  @Test func `what cannot be seen from behind is not named there, and an unknown category names nothing`() throws {
    #expect(try !names(analysis([("view", "The back")])).contains("Closure"))
    #expect(try names(analysis([("category", "kites")])) == ["Chest width", "Cuff width"])
    #expect(try names(analysis([("category", "kites"), ("measurements", [:])])).isEmpty)
    #expect(try names(analysis([("max_details", 2)])) == ["Collar", "Closure"])
  }

  @Test func `the same picture and payload give the same bytes, another measure gives others`() throws {
    func bytes(_ more: [(String, JSONTree)]) throws -> [UInt8] {
      var job = try PackJob()
      try job.run("analysis", payload(more), to: [Self.path])
      return job.host.results[Self.path]?.bytes ?? []
    }
    #expect(try bytes([]) == bytes([]))
    #expect(try bytes([]) != bytes([("unit", "in")]))
  }

  @Test func `facts that are not what a schema wants are refused, with what to do`() throws {
    var job = try PackJob()
    let schema: JSONTree = ["type": "object", "required": ["fabric"], "properties": ["fabric": ["type": "string"]]]
    let failed = job.failure("analysis", payload([("schema", schema)]), to: [Self.path])
    let failure = try #require(failed)
    #expect(failure.errorClass == "no_facts" && failure.message.contains("Submit with --model"), "\(failure)")
  }

  // MARK: Wrong

  private static let wrong: [(more: [(String, JSONTree)], words: String)] = [
    ([("image", .null)], "payload.image: it is missing"),
    ([("image", "b.png")], "'b.png' is neither an input of the job nor a file"),
    ([("image", "bomb.png")], "'bomb.png' cannot be read: 65535 × 65535 px is larger than"),
    ([("image", "cut.png")], "'cut.png' cannot be read: it is cut off or damaged"),
    ([("image", "text.png")], "'text.png' cannot be read: it is neither PNG nor JPEG, WebP or SVG"),
    ([("image", "empty.png")], "'empty.png' cannot be read"),
    ([("sha256", "00")], "payload.sha256: 'a-front.svg' has other bytes"),
    ([("measurements", ["a": "long"])], "payload.measurements.a: it is no length"),
    ([("measurements", ["a": -1])], "payload.measurements.a: it is no length"),
    ([("unit", "yard")], "payload.unit: 'yard' is none of its words"),
    ([("max_details", 0)], "payload.max_details: 0 is no number from 1 to 12"),
    ([("schema", ["type": "thing"])], "payload.schema: "), ([("pruduct", "x")], "Did you mean 'product'?"),
  ]

  @Test(arguments: wrong)
  func `what is wrong is told in two lines`(_ more: [(String, JSONTree)], _ words: String) throws {
    let whole = try PackJob.png("<rect width='100' height='50'/>")
    var bomb = whole
    bomb.replaceSubrange(16..<24, with: [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF])
    var job = PackJob([
      ("a-front.svg", try PackJob.sample("a-front.svg")), ("bomb.png", bomb),
      ("cut.png", Array(whole.dropLast(20))), ("text.png", Array("text".utf8)), ("empty.png", []),
    ])
    let failed = job.failure("analysis", payload(more), to: [Self.path])
    let failure = try #require(failed)
    #expect(failure.errorClass == "bad_payload" && !failure.retryable, "\(failure)")
    #expect(failure.message.contains(words) && failure.message.split(separator: "\n").count == 2, "\(failure)")
    #expect(job.host.results.isEmpty)
  }

  @Test func `a member that is null is as if it were not there`() throws {
    var (whole, job) = (try PackJob(), try PackJob())
    try whole.run("analysis", payload(), to: [Self.path])
    try job.run("analysis", payload([("schema", .null), ("unit", .null), ("max_details", .null)]), to: [Self.path])
    #expect(job.host.results[Self.path]?.bytes == whole.host.results[Self.path]?.bytes)
  }

  @Test func `a task declares one JSON file`() throws {
    var job = try PackJob()
    for outputs in [[], ["a.txt"], ["a.json", "b.json"]] {
      #expect(job.failure("analysis", payload(), to: outputs)?.errorClass == "bad_payload")
    }
  }

  // MARK: With a model

  private func ask(
    _ answer: String, _ more: [(String, JSONTree)] = [], isCut: Bool = false, image: String = "a-front.svg"
  ) throws -> (value: JSONValue?, question: ModelQuestion?, failure: PluginFailure?) {
    var job = PackJob([
      ("a-front.svg", try PackJob.sample("a-front.svg")), ("b-front.png", try PackJob.sample("b-front.png")),
    ])
    job.host.model = { _ in ModelAnswer(model: "test/eye", text: answer, value: try JSONText(answer), isCut: isCut) }
    do {
      let value = try job.run("analysis", payload([("image", .string(image))] + more), to: [Self.path])
      return (value, job.host.asked.last?.question, nil)
    } catch {
      return (nil, job.host.asked.last?.question, error as? PluginFailure)
    }
  }

  private static let said =
    #"{"summary":"A parka.","details":[{"name":"Zip","region":{"x":0.4,"y":0.2,"width":0.2,"height":0.5},"note":"two ways"}],"materials":["cotton"]}"#

  @Test func `the model is shown the picture, and told what is known as data`() throws {
    let (value, question, _) = try ask(Self.said, [("prompt", "Look.")], image: "b-front.png")
    let asked = try #require(question)
    #expect(asked.messages.last?.parts.last == .input("b-front.png"))
    #expect(ScriptedModel.text(of: asked, .user).contains("```\n\nLook."))
    let facts = try ScriptedModel.facts(in: asked)
    #expect(facts["product"] as? String == "Parka" && (facts["measurements"] as? [Any])?.count == 2)
    #expect(ScriptedModel.text(of: asked, .system).contains("at most 6 parts") && asked.schema != nil)
    #expect(value?["summary"]?.string == "A parka." && value?["materials"]?[0]?.string == "cotton")
    #expect(
      value?["details"]?[0]?["from"]?.string == "model test/eye" && value?["details"]?[0]?["note"]?.string == "two ways"
    )
    #expect(value?["callouts"]?[0]?["at"]?[0]?.double == 0.5)
    #expect(value?["model"]?.string == "test/eye" && value?["size"]?["width"]?.int == 450)
    #expect(value?["prompt_sha256"]?.string?.count == 64)
  }

  @Test func `an SVG is shown as pixels`() throws {
    guard case .image(let bytes, "image/png")? = try ask(Self.said).question?.messages.last?.parts.last else {
      Issue.record("no image")
      return
    }
    #expect(bytes.count < 700_000, "it fits a line of the plugin, as base64")
  }

  @Test func `nothing that a model says stands for what is known, leaves its bounds or makes a path`() throws {
    let hostile =
      #"{"summary":"s","made_by":"people","model":"other","size":{"width":1},"callouts":"x","details":["#
      + #"{"name":"../../etc/passwd"},{"name":"../../etc/passwd"},{"name":"<b>\u0000\u202e"},{"name":" "},"#
      + #"{"name":"far","region":{"x":0.99,"y":1,"width":1,"height":0}},{"name":"\#(String(repeating: "n", count: 80))"}]}"#
    let value = try #require(try ask(hostile).value)
    #expect(value["made_by"]?.string == "model" && value["model"]?.string == "test/eye")
    #expect(value["size"]?["width"]?.int == 600 && value["callouts"]?.elements?.count == 1)
    let details = try #require(value["details"]?.elements)
    let ids = details.compactMap { $0["id"]?.string }
    #expect(ids.prefix(2) == ["etc-passwd", "etc-passwd-2"] && ids.count == 5 && Set(ids).count == 5)
    #expect(ids.allSatisfy { $0.wholeMatch(of: /[a-z0-9._-]+/) != nil }, "\(ids)")
    let far = try #require(details.first { $0["name"]?.string == "far" }?["region"])
    #expect((far["x"]?.double ?? 1) + (far["width"]?.double ?? 1) <= 1.000_001 && (far["height"]?.double ?? 0) > 0)
  }

  private static let refused: [(answer: String, isCut: Bool)] = [
    (#"{"details":[]}"#, false), (#"{"summary":"s","details":"none"}"#, false), ("[]", false),
    (#"{"summary":"s","details":[{"name":""}]}"#, false),
    (#"{"summary":"s","details":[{"name":"a","region":{"x":7,"y":0,"width":1,"height":1}}]}"#, false),
    (#"{"summary":"s","details":[],"more":"\#(String(repeating: "x", count: 70_000))"}"#, false), (said, true),
  ]

  @Test(arguments: refused)
  func `an answer that breaks the schema, is cut off or too long is none`(_ answer: String, _ isCut: Bool) throws {
    let failure = try #require(try ask(answer, isCut: isCut).failure)
    #expect(failure.errorClass == "bad_answer", "\(failure)")
  }
}
