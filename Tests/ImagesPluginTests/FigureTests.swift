import Drawing
import JSON
import PluginKit
import PluginSupport
import Raster
import TaskFacts
import TestSupport
import Testing

@testable import genplugin_images

/// Drawings from the facts of a payload.
struct FigureTests {
  private func host() throws -> FakeHost { FakeHost([("front.png", try Images.png()), ("notes.txt", [65])]) }

  private static let palette =
    ##"{"title": "Calm", "colours": [{"name": "Sand", "hex": "#D8C3A5", "share": 60}, {"hex": "navy"}]}"##
  private static let room = """
    {"title": "Hall", "unit": "cm", "room": {"width": 400, "depth": 200},
     "openings": [{"kind": "door", "wall": "south", "offset": 50, "width": 80, "name": "out"},
                  {"kind": "window", "wall": "north", "offset": 100, "width": 120}],
     "furniture": [{"name": "Bench", "x": 10, "y": 20, "width": 150, "depth": 50},
                   {"name": "Umbrella stand of brass", "x": 380, "y": 180, "width": 20, "depth": 20, "shape": "round"}]}
    """
  private static let callout =
    #"{"title": "Front", "image": "front.png", "callouts": [{"at": [0.25, 0.5], "text": "Red"}]}"#
  private static let measure = """
    {"title": "Top", "unit": "mm", "also": "in",
     "outline": {"width": 600, "height": 300, "lines": [[[0, 0], [600, 0], [600, 300]]], "closed": true},
     "dimensions": [{"name": "Length", "from": [100, 100], "to": [354, 100], "tolerance": 5},
                    {"name": "Given", "code": "X", "from": [0, 0], "to": [0, 300], "value": 290}],
     "measurements": {"Cuff": 12.5}}
    """
  private static let closeUp =
    #"{"image": "front.png", "region": {"x": 0, "y": 0, "width": 0.5, "height": 1}, "detail": "The left"}"#

  private static let wall = """
    {"title": "Wall", "unit": "cm", "wall": {"width": 400, "height": 250, "colour": "#ddcfb6"},
     "floor": {"colour": "#c2a26d"}, "windows": [{"offset": 10, "width": 100, "sill": 90, "height": 120}],
     "furniture": [{"name": "Chest", "x": 200, "width": 150, "height": 78, "colour": "#884422"}, {"name": "Lamp", "x": 0, "width": 9, "height": 150}]}
    """

  /// The facts of a picture in a file of a needed task.
  @Test func `facts come from a file that a needed task has made, and those of the payload go before`() throws {
    func drawn(_ from: String, file: String, member: String = #","title":"Own""#) throws -> FakeHost {
      let host = FakeHost([])
      host.results["s/a.json"] = .init(task: "s", bytes: Array(file.utf8), mediaType: "application/json")
      var generator = ImagesGenerator()
      let payload = try JSONText(#"{"from":\#(from)\#(member)}"#)
      let task = GenerationTask(job: 1, key: "t", op: "picture", payload: payload, outputs: ["x.svg"])
      try host.run(task, needs: ["s"], &generator)
      return host
    }
    let file = #"{"figures":{"one":\#(Self.palette)}}"#
    let texts = try #require(parsedSVG(drawn(#"{"file":"s/a.json","member":"figures.one"}"#, file: file).text("x.svg")))
      .descendants.filter { $0.name == "text" }.map(\.solidText)
    #expect(texts.contains("Own") && texts.contains("Sand") && !texts.contains("Calm"))
    for (from, file, words) in [
      (#"{"file":"b.json"}"#, "{}", "there is no file 'b.json'"),
      (#"{"file":"s/a.json"}"#, "no", "is no JSON"),
      (#"{"file":"s/a.json","member":"figures.two"}"#, file, "has no 'figures.two'"),
      (#"{"file":"s/a.json","member":"n"}"#, #"{"n":1}"#, "is no object"),
      (#"{"file":"s/a.json"}"#, "{\"a\":\"\(String(repeating: "x", count: 70_000))\"}", "more than 64 KiB"),
      ("{}", "{}", "payload.from.file"), (#"{"file":"s/a.json","x":1}"#, "{}", "'x' that nobody knows"),
    ] {
      let failure = try #require(throws: PluginFailure.self) { _ = try drawn(from, file: file) }
      #expect(failure.message.contains(words) && !failure.retryable, "\(failure.message)")
    }
  }

  static let all = [
    ("elevation", wall), ("picture", wall), ("palette", palette), ("palette", #"{"image": "front.png"}"#),
    ("floorplan", room), ("callout", callout),
    ("measure", measure), ("sketch", callout), ("close-up", closeUp), ("picture", #"{"prompt": "A room"}"#),
    ("picture", room), ("generate", "{}"),
  ]

  @Test(arguments: all)
  func `each drawing is well formed, marked, described and the same twice, in both styles`(
    _ op: String, _ payload: String
  ) throws {
    for style in ["clean", "sketch"] {
      let payload = #"{"style": "\#(style)", "# + payload.drop { $0 != "{" }.dropFirst()
      let text = payload.replacing(", }", with: "}")
      let host = try host()
      let svg = try host.figure(op, text)
      #expect(try host.figure(op, text) == svg)
      let tree = try #require(parsedSVG(svg))
      #expect(tree.descendants.filter { $0.name == "text" }.last?.solidText == "Drawnfromfacts,withoutanimagemodel")
      #expect(tree.descendants.contains { $0.name == "desc" && $0.text == Figure.mark })
      #expect(host.meta("x.svg")?["drawn_from"]?.string == "facts" && host.meta("x.svg")?["model"]?.isNull == true)
      let size = PixelSize(
        width: try #require(tree.number("width")), height: try #require(tree.number("height")), scale: 2)
      _ = try host.figure(op, text, outputs: ["y.png"])
      #expect(try ImageFile(try #require(host.results["y.png"]?.bytes)).size == size)
    }
  }

  @Test func `a palette shows each colour with its name, its number and its share`() throws {
    let svg = try #require(parsedSVG(host().figure("palette", Self.palette)))
    let texts = svg.descendants.filter { $0.name == "text" }.map(\.solidText)
    #expect(texts.dropLast() == ["Calm", "Sand", "#d8c3a5", "60%", "#000080"])
    let sand = try #require(
      svg.descendants.first { $0.attributes["fill"] == "#d8c3a5" && $0.number("stroke-width") == 2 })
    let bar = try #require(sand.children.first)
    // Two swatches of 150 with a gap of 16: 60 percent of that.
    #expect(bar.number("width") == (316 * 0.6 * 100).rounded() / 100)
  }

  @Test(.timeLimit(.minutes(1))) func `a room full of things too small for their names is drawn at once`() throws {
    let pieces = (0..<Limits.furnitureMax).map {
      #"{"name": "A folding chair of the back row, number \#($0)", "x": \#($0), "y": 0, "width": 1, "depth": 1}"#
    }
    let svg = try #require(
      parsedSVG(
        host().figure(
          "floorplan", #"{"room": {"width": 300, "depth": 300}, "furniture": [\#(pieces.joined(separator: ","))]}"#)))
    let texts = svg.descendants.filter { $0.name == "text" }.map(\.solidText)
    #expect(texts.contains("200") && texts.contains { $0.contains("number199") })
  }

  @Test func `a palette of a picture has the colours of the picture`() throws {
    let texts = try #require(parsedSVG(host().figure("palette", #"{"image": "front.png"}"#))).descendants
      .filter { $0.name == "text" }.map(\.solidText)
    #expect(texts.contains("#cc2200") && texts.contains("#ffffff") && texts.contains("50%"))
  }

  @Test func `a room has its proportions, its furniture at its place and its openings in their walls`() throws {
    let facts = try FactReader(RawJSON(parsing: Array(Self.room.utf8)).value, "payload")
    var reader = facts
    reader.ignore(["title"])
    let plan = try Floorplan(reading: &reader)
    #expect(abs(plan.room.width / plan.room.height - 2) < 0.001)
    let bench = plan.place(of: plan.furniture[0].area)
    #expect(abs(bench.x - plan.room.x - 10 * plan.scale) < 0.001 && abs(bench.width - 150 * plan.scale) < 0.001)
    let svg = try #require(parsedSVG(host().figure("floorplan", Self.room)))
    let rects = svg.descendants.filter { $0.name == "rect" }
    #expect(rects.contains { $0.number("x") == (bench.x * 100).rounded() / 100 && $0.number("rx") == 3 })
    let texts = svg.descendants.filter { $0.name == "text" }.map(\.solidText)
    #expect(texts.contains("400cm") && texts.contains("200cm") && texts.contains("100cm;floor:8m²"))
    #expect(texts.contains("1") && texts.contains("1Umbrellastandofbrass"), "a name without room goes to the legend")
    // A door is a quarter of a circle of its own width.
    let arc = "A\((80 * plan.scale).svg) \((80 * plan.scale).svg) 0 0"
    #expect(svg.descendants.contains { $0.attributes["d"]?.contains(arc) == true })
  }

  @Test func `a measure is as long as it is drawn unless its value is given, in both units`() throws {
    let texts = try #require(parsedSVG(host().figure("measure", Self.measure))).descendants
      .filter { $0.name == "text" }.map(\.solidText)
    #expect(texts.contains("A254mm") && texts.contains("254mm±5(10in)"))
    #expect(texts.contains("X290mm") && texts.contains("290mm(11.42in)"))
    #expect(texts.contains("Cuff") && texts.contains("12.5mm(0.49in)"))
  }

  @Test func `measures without a place are drawn to scale`() throws {
    let svg = try #require(parsedSVG(host().figure("measure", #"{"measurements": {"a": 50, "b": 100}}"#)))
    let lines = svg.descendants.filter { $0.number("stroke-width") == 1.2 }.compactMap { $0.attributes["d"] }
    #expect(lines == ["M0 18L210 18", "M0 58L420 58"])
  }

  @Test func `call-outs point at their places, and their numbers keep apart`() throws {
    let places = (1...12).map { "{\"at\": [0.9, 0.5], \"text\": \"\($0)\"}" }.joined(separator: ",")
    let svg = try #require(parsedSVG(host().figure("callout", #"{"image": "front.png", "callouts": [\#(places)]}"#)))
    let bubbles = svg.descendants.filter { $0.name == "circle" && $0.number("r") == 11 }.compactMap { $0.number("cy") }
    #expect(bubbles.count == 12)
    #expect(zip(bubbles, bubbles.dropFirst()).allSatisfy { $1 - $0 >= 22 })
    #expect(Set(svg.descendants.filter { $0.number("r") == 2.5 }.compactMap { $0.number("cx") }).count == 1)
  }

  @Test func `the picture is inside, and a close-up shows its region alone`() throws {
    let svg = try #require(parsedSVG(host().figure("close-up", Self.closeUp)))
    let image = try #require(svg.descendants.first { $0.name == "image" })
    #expect(image.attributes["href"]?.hasPrefix("data:image/png;base64,") == true)
    let inner = try #require(svg.descendants.dropFirst().first { $0.name == "svg" })
    #expect(inner.attributes["viewBox"] == "0 0 20 20")
    let host = try host()
    _ = try host.figure("close-up", Self.closeUp, outputs: ["z.png"])
    let colours = try ImageFile(try #require(host.results["z.png"]?.bytes)).colours.map(\.hex)
    #expect(colours.first == "#cc2200" && colours.contains("#ffffff"))
  }

  @Test func `a stand-in shows the prompt and the facts that its needs tell`() throws {
    let host = FakeHost([])
    var generator = ImagesGenerator()
    let style = ##"{"colour": "#335577", "factual": "Plain and calm", "more": [1]}"##
    host.take(
      NewTask(key: "style", op: "text"),
      ["style.json": .init(task: "", bytes: Array(style.utf8), mediaType: "application/json")])
    let task = NewTask(
      key: "k", op: "picture", payload: try JSONText(#"{"prompt": "A calm <room>"}"#), needs: ["style"],
      outputs: ["x.svg"])
    try host.run(task, &generator)
    let svg = try #require(parsedSVG(host.text("x.svg")))
    let texts = svg.descendants.filter { $0.name == "text" }.map(\.solidText)
    #expect(texts.contains("Acalm<room>") && texts.contains("factual:Plainandcalm"))
    #expect(svg.descendants.contains { $0.attributes["fill"] == "#335577" })
  }

  @Test func `without declared outputs the files are named after the task`() throws {
    let host = try host()
    var generator = ImagesGenerator()
    try host.run(NewTask(key: "room/Ü 1", op: "picture"), &generator)
    #expect(host.results.keys.sorted() == ["images/room/Ue-1.png", "images/room/Ue-1.svg"])
    let failure = #expect(throws: PluginFailure.self) { try host.figure("picture", "{}", outputs: ["x.gif"]) }
    #expect(failure?.message.hasPrefix("the output x.gif is of no kind that is made here.\n") == true)
  }

  @Test func `hostile facts stay text`() throws {
    let name = #"\"><script>alert(1)</script>&\u0001\u202e"#
    for (op, payload) in [
      (
        "palette",
        ##"{"title": "\##(name)", "colours": [{"name": "\##(name)", "hex": "#123456", "role": "\##(name)"}]}"##
      ),
      (
        "floorplan",
        #"{"room": {"width": 9, "depth": 9}, "furniture": [{"name": "\#(name)", "x": 0, "y": 0, "width": 9, "depth": 9}]}"#
      ),
      ("measure", #"{"measurements": {"\#(name)": 1}}"#),
      ("callout", #"{"image": "front.png", "callouts": [{"at": [0, 0], "text": "\#(name)"}]}"#),
      ("picture", #"{"prompt": "\#(name)"}"#),
    ] {
      let svg = try #require(parsedSVG(host().figure(op, payload, title: "<&>")), "\(op) is not well formed")
      #expect(!svg.descendants.contains { $0.name == "script" })
      #expect(svg.descendants.contains { $0.solidText.contains("\"><script>alert(1)</script>&") })
    }
  }

  /// What is wrong, and the first line that says so.
  @Test(arguments: [
    ("palette", "{}", "payload.colours: there is no colour."),
    ("palette", #"{"colors": []}"#, "payload has a member 'colors' that nobody knows."),
    ("palette", #"{"colours": [{"hex": "url(x)"}]}"#, "payload.colours[0].hex: 'url(x)' is no colour."),
    (
      "palette", ##"{"colours": [{"hex": "#123456", "share": 70}, {"hex": "#123457", "share": 40}]}"##,
      "payload.colours: the shares are 110 percent together."
    ),
    ("palette", #"{"colours": {}}"#, "payload.colours: it is no list."),
    ("floorplan", "{}", "payload.room: it is missing."),
    ("floorplan", #"{"room": {"width": 0, "depth": 1}}"#, "payload.room.width: 0 is no number from 0.01 to 1000000."),
    (
      "floorplan", #"{"room": {"width": 1, "depth": 900}}"#,
      "payload.room.depth: the room is more than fifty times as long as it is wide."
    ),
    (
      "floorplan", #"{"room": {"width": 9, "depth": 9}, "openings": [{"wall": "up", "offset": 0, "width": 1}]}"#,
      "payload.openings[0].wall: 'up' is none of its words."
    ),
    (
      "floorplan", #"{"room": {"width": 9, "depth": 5}, "openings": [{"wall": "east", "offset": 3, "width": 3}]}"#,
      "payload.openings[0].width: it ends at 6 mm, and the east wall is 5 mm long."
    ),
    (
      "floorplan",
      #"{"room": {"width": 9, "depth": 9}, "openings": [{"wall": "east", "offset": 0, "width": 3}, {"wall": "east", "offset": 2, "width": 3}]}"#,
      "payload.openings[1]: it overlaps openings[0] in the east wall."
    ),
    (
      "floorplan",
      #"{"room": {"width": 9, "depth": 9}, "furniture": [{"name": "Bed", "x": 5, "y": 0, "width": 5, "depth": 1}]}"#,
      "payload.furniture[0].width: 'Bed' reaches to 10 mm, and the room ends at 9 mm."
    ),
    ("callout", #"{"image": "front.png"}"#, "payload.callouts: there is none."),
    (
      "callout", #"{"callouts": [{"at": [0, 0], "text": "x"}]}"#,
      "payload.callouts[0].at: there is nothing that it could point at."
    ),
    (
      "callout", #"{"image": "front.png", "callouts": [{"at": [0, 2], "text": "x"}]}"#,
      "payload.callouts[0].at[1]: 2 is no number from 0 to 1."
    ),
    (
      "callout",
      #"{"image": "front.png", "callouts": [{"at": [0, 0], "text": "x", "number": 2}, {"at": [0, 0], "text": "y", "number": 2}]}"#,
      "payload.callouts[1].number: 2 is there twice."
    ),
    (
      "callout", #"{"image": "back.png", "callouts": []}"#,
      "payload.image: 'back.png' is neither an input of the job nor a file of a task that this one needs."
    ),
    (
      "callout", #"{"image": "notes.txt", "callouts": []}"#,
      "payload.image: 'notes.txt' cannot be read: it is neither PNG nor JPEG, WebP or SVG."
    ),
    (
      "close-up", #"{"image": "front.png", "sha256": "00"}"#,
      "payload.sha256: 'front.png' has other bytes than those that were looked at before."
    ),
    ("callout", #"{"image": "front.png", "outline": {}, "callouts": []}"#, "payload.outline: there is an image, too."),
    ("measure", "{}", "payload.dimensions: there is none."),
    ("measure", #"{"measurements": {"a": "long"}}"#, "payload.measurements.a: it is no length."),
    ("measure", #"{"dimensions": [{"name": "a"}]}"#, "payload.dimensions[0].value: it is missing."),
    (
      "measure", #"{"dimensions": [{"name": "a", "value": 1, "code": "B"}, {"name": "b", "value": 1}]}"#,
      "payload.dimensions: two measures have the code 'B'."
    ),
    (
      "measure", #"{"image": "front.png", "dimensions": [{"name": "a", "value": 1, "from": [0, 0]}]}"#,
      "payload.dimensions[0].to: it is missing."
    ),
    ("measure", #"{"unit": "yard", "measurements": {"a": 1}}"#, "payload.unit: 'yard' is none of its words."),
    ("sketch", "{}", "payload.image: it is missing."),
    ("close-up", "{}", "payload.image: it is missing."),
    (
      "close-up", #"{"image": "front.png", "region": {"x": 0.9, "y": 0, "width": 0.5, "height": 1}}"#,
      "payload.region: it reaches beyond the picture."
    ),
    ("picture", #"{"size": "10"}"#, "payload.size: '10' is no size."),
    ("picture", #"{"nonsense": 1}"#, "payload has a member 'nonsense' that nobody knows."),
    ("picture", #"{"scale": 100}"#, "payload.scale: 100 is no number from 0.1 to 8."),
  ])
  func `facts that cannot be drawn are refused for good, with their place and what to do`(
    _ op: String, _ payload: String, _ expected: String
  ) throws {
    let lines = try host().complaint(op, payload).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 2 && lines.last?.isEmpty == false)
    #expect(lines.first.map(String.init) == expected)
  }

  @Test func `no payload of any form does more than be refused`() throws {
    var random = SeededRandom(seed: 11)
    let host = try host()
    let values = ["1", "-1", "1e300", "\"x\"", "[]", "{}", "null", "true", "[[0,0],[1,1]]", "\"front.png\""]
    let names = [
      "room", "colours", "image", "outline", "callouts", "dimensions", "measurements", "unit", "also", "detail",
      "title",
      "prompt", "size", "scale", "style", "region", "furniture", "openings", "count", "columns",
    ]
    for _ in 0..<400 {
      let members = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        (names.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "")
      }
      let object = Dictionary(members, uniquingKeysWith: { first, _ in first }).sorted { $0.key < $1.key }
      let payload = "{" + object.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
      for op in FigureOp.allCases {
        let words = host.complaint(op.rawValue, payload)
        #expect(words == "nothing" || words.split(separator: "\n").count == 2, "\(op) \(payload): \(words)")
      }
    }
  }
}
