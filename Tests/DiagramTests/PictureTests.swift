import BPMN
import Drawing
import TestSupport
import Testing

@testable import Diagram

@Suite struct PictureTests {
  private let order = """
    <process id="order"><startEvent id="s" name="Order in"/><task id="a" name="Check &amp; pack"/>
    <exclusiveGateway id="g" name="In stock?"/><endEvent id="e"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="g"/>
    <sequenceFlow id="f3" name="yes" sourceRef="g" targetRef="e"/></process>
    """
  private let places = plane(
    of: "order",
    shape("s", -100, 20, 36, 36) + shape("a", 0, 0, 100, 80) + shape("g", 150, 15, 50, 50) + shape("e", 260, 22, 36, 36)
      + edge("f1", [(-64, 38), (0, 40)]) + edge("f2", [(100, 40), (150, 40)]) + edge("f3", [(200, 40), (260, 40)]))

  private func picture(_ document: Document, style: PictureStyle = PictureStyle()) -> Picture {
    DiagramRenderer(document).picture(ofPlane: 0, style: style)
  }

  @Test func `every shape has a group of its own with a spoken title`() throws {
    let svg = try #require(parsedSVG(picture(document(order, di: places)).svg))
    let titles = svg.descendants.filter { $0.attributes["data-element"] != nil }.map { $0.children.first?.text }
    #expect(
      titles == [
        "Start event: Order in", "Task: Check & pack", "Exclusive gateway: In stock?", "End event", "Sequence flow",
        "Sequence flow", "Sequence flow: yes",
      ])
    #expect(svg.attributes["role"] == "img")
    #expect(svg.attributes["viewBox"]?.hasPrefix("-") == true)
  }

  @Test func `the same model gives the same bytes`() throws {
    #expect(try picture(document(order, di: places)) == picture(document(order, di: places)))
    #expect(try picture(document(order)) == picture(document(order)))
  }

  @Test func `a hostile name is text and nothing else`() throws {
    let name = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#x85;"
    let picture = try picture(document("<process id=\"p\"><task id=\"t\" name=\"\(name)\"/></process>"))
    let svg = try #require(parsedSVG(picture.svg))
    #expect(!svg.descendants.contains { $0.name == "script" })
    let texts = svg.descendants.filter { $0.name == "text" }.map(\.solidText)
    #expect(texts == ["\"><script>alert(1)</script>&"])
  }

  @Test func `a hostile id stays inside its attribute, and different ids stay different`() throws {
    let tasks =
      "<task id=\"a b\"/><task id=\"a_b\"/><task id=\"a_20_b\"/><task id=\"&quot;onload=&quot;x\"/><task id=\"dup\"/><task id=\"dup\"/>"
    let svg = try #require(parsedSVG(picture(document("<process id=\"p\">\(tasks)</process>")).svg))
    let ids = svg.descendants.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.hasPrefix("bpmn") && !$0.contains(" ") && !$0.contains("\"") })
    #expect(!svg.descendants.contains { $0.attributes["onload"] != nil })
  }

  @Test func `the prefix begins every id and bounds every style rule`() throws {
    let svg = try #require(parsedSVG(picture(document(order, di: places), style: PictureStyle(idPrefix: "fig7")).svg))
    #expect(svg.descendants.compactMap { $0.attributes["id"] }.allSatisfy { $0.hasPrefix("fig7") })
    let rules = try #require(svg.descendants.first { $0.name == "style" }?.text)
    for selector in rules.split(separator: "}").compactMap({
      $0.split(separator: "{").last(where: { $0.contains("#") || $0.contains(".") })
    }) {
      #expect(selector.contains("#fig7-drawing") || selector.hasPrefix("--") || selector.contains(":"))
    }
    #expect(PictureStyle(idPrefix: "1 \"x").idPrefix == "b1__x")
  }

  @Test func `links lead where the caller says, and never to a script`() throws {
    let document = try document(order, di: places)
    let style = PictureStyle { element in
      switch document[element].id {
      case "a": "tasks/a.html?x=1&y=\"2\"#top"
      case "g": "javascript:alert(1)"
      case "e": "JAVASCRIPT:alert(1)"
      case "s": "https://example.org/"
      default: nil
      }
    }
    let svg = try #require(parsedSVG(picture(document, style: style).svg))
    let links = svg.descendants.filter { $0.name == "a" }.compactMap { $0.attributes["href"] }
    #expect(Set(links) == ["tasks/a.html?x=1&y=\"2\"#top", "https://example.org/"])
    #expect(svg.attributes["role"] == "group", "links inside an image would be hidden from assistive technology")
  }

  @Test func `a shape of unknown id is left out with a warning`() throws {
    let picture = try picture(
      document(order, di: plane(of: "order", shape("a", 0, 0, 100, 80) + shape("ghost", 0, 0, 9, 9))))
    #expect(picture.warnings.contains { $0.contains("ghost") && $0.contains("left out") })
  }

  @Test func `absurd numbers give a picture all the same`() throws {
    let shapes = shape("a", 1e300, -1e300, 1e300, -5) + shape("g", 0, 0, 0, 0) + shape("s", 5, 5, -36, 36)
    let picture = try picture(document(order, di: plane(of: "order", shapes)))
    #expect(parsedSVG(picture.svg) != nil)
    #expect(picture.size.width.isFinite && picture.size.width > 0)
    #expect(!picture.svg.contains("nan") && !picture.svg.contains("inf"))
  }

  @Test func `nodes and flows that the plane leaves out are placed`() throws {
    let part = plane(of: "order", shape("s", 0, 0, 36, 36) + shape("a", 100, 0, 100, 80))
    let picture = try picture(document(order, di: part))
    let svg = try #require(parsedSVG(picture.svg))
    let drawn = Set(svg.descendants.compactMap { $0.attributes["data-element"] })
    #expect(drawn == ["s", "a", "g", "e", "f1", "f2", "f3"])
    #expect(picture.warnings.contains { $0.contains("2 nodes") })
  }

  @Test func `an expanded call activity has no plus, a collapsed one has, a global task has its icon instead`() throws {
    let model = """
      <globalUserTask id="gt"/><process id="p"><callActivity id="open" calledElement="x"/>
      <callActivity id="shut" calledElement="x"/><callActivity id="task" calledElement="gt"/></process>
      """
    let document = try document(
      model,
      di: plane(
        of: "p",
        shape("open", 0, 0, 100, 80, "isExpanded=\"true\"") + shape("shut", 0, 100, 100, 80)
          + shape("task", 0, 200, 100, 80)))
    let figures = DiagramRenderer(document).scenes[0].nodes.map(\.figure)
    #expect(
      figures == [
        .activity(ActivityFigure(border: .call, isExpanded: true)),
        .activity(ActivityFigure(border: .call, markers: [.collapsed])),
        .activity(ActivityFigure(border: .call, icon: .user)),
      ])
  }

  @Test func `what a collapsed sub-process holds on the same plane is hidden, and its own picture shows it`() throws {
    let model = """
      <process id="p"><subProcess id="sub" name="Pack"><task id="in1"/><task id="in2"/>
      <sequenceFlow id="f" sourceRef="in1" targetRef="in2"/></subProcess><task id="beside"/></process>
      """
    let inner = shape("in1", 500, 0, 100, 80) + shape("in2", 700, 0, 100, 80) + edge("f", [(600, 40), (700, 40)])
    let document = try document(
      model,
      di: plane(of: "p", shape("sub", 0, 0, 100, 80, "isExpanded=\"false\"") + inner + shape("beside", 0, 200, 100, 80))
    )
    let renderer = DiagramRenderer(document)
    #expect(renderer.scenes[0].nodes.map(\.key) == ["sub", "beside"])
    let node = try #require(document.node(id: "sub"))
    let picture = renderer.picture(ofContentsOf: node.handle)
    let drawn = try #require(parsedSVG(picture.svg)).descendants.compactMap { $0.attributes["data-element"] }
    #expect(Set(drawn) == ["in1", "in2", "f"])
    #expect(picture.title == "Pack")
  }

  @Test func `a line that ends in the middle of its node is cut at the border, one that stops short is led on`() throws
  {
    let document = try document(
      order,
      di: plane(
        of: "order",
        shape("a", 0, 0, 100, 80) + shape("g", 200, 15, 50, 50) + edge("f2", [(50, 40), (190, 40)])))
    let line = try #require(DiagramRenderer(document).scenes[0].edges.first { $0.key == "f2" })
    #expect(abs(line.waypoints[0].x - 100) < 0.01)
    #expect(abs((line.waypoints.last?.x ?? 0) - 200) < 0.01)
  }

  @Test func `an empty model gives a picture, not a crash`() throws {
    #expect(DiagramRenderer(try document("")).planes.isEmpty)
    let document = try document("<process id=\"p\"/>")
    let picture = DiagramRenderer(document).picture(of: document.processes[0].handle)
    #expect(parsedSVG(picture.svg) != nil)
  }

  @Test func `a node can be marked in the whole picture, in the form of its border`() throws {
    let document = try document(order, di: places)
    for (id, form) in [("a", "rect"), ("s", "ellipse"), ("g", "path")] {
      let node = try #require(document.node(id: id))
      let svg = try #require(
        parsedSVG(picture(document, style: PictureStyle(highlighted: [.node(node.handle)])).svg))
      let marked = svg.descendants.filter { $0.children.contains { $0.attributes["class"] == "h" } }
      #expect(marked.map { $0.attributes["data-element"] } == [id])
      #expect(marked.first?.children.first { $0.attributes["class"] == "h" }?.name == form)
    }
  }

  @Test func `colours of the model reach the picture for both themes, anything else in their place does not`() throws {
    let coloured = shape("a", 0, 0, 100, 80, "bioc:fill=\"#BBDEFB\" bioc:stroke=\"#0D4372\"")
    let hostile = shape("g", 200, 0, 50, 50, "bioc:fill=\"red;background:url(//evil)\" bioc:stroke=\"expression(1)\"")
    let picture = try picture(document(order, di: plane(of: "order", coloured + hostile)))
    let groups = try #require(parsedSVG(picture.svg)).descendants
    let task = try #require(groups.first { $0.attributes["data-element"] == "a" })
    #expect(task.attributes["fill"] == "#bbdefb" && task.attributes["stroke"] == "#0d4372")
    let style = try #require(task.attributes["style"])
    #expect(style.contains("--fl:#bbdefb") && style.contains("--fd:#") && !style.contains("--fd:#bbdefb"))
    #expect(groups.first { $0.attributes["data-element"] == "g" }?.attributes["style"] == nil)
    #expect(!picture.svg.contains("evil") && !picture.svg.contains("expression"))
  }

  @Test func `a dark fill with a dark line shows its symbol light`() throws {
    let dark = shape("a", 0, 0, 100, 80, "bioc:fill=\"#101050\" bioc:stroke=\"#000000\"")
    let model = order.replacing("<task id=\"a\"", with: "<userTask id=\"a\"")
    let svg = try #require(parsedSVG(picture(document(model, di: plane(of: "order", dark))).svg))
    let symbols = try #require(svg.descendants.first { $0.attributes["class"] == "i" })
    #expect(symbols.attributes["stroke"] == Colour.lightText.hex)
  }

  @Test(arguments: ["<conditionExpression/>", "<conditionExpression>x &gt; 1</conditionExpression>"])
  func `a flow with a condition begins with a diamond at an activity, also when the condition says nothing`(
    _ condition: String
  ) throws {
    let model = order.replacing(
      "sourceRef=\"a\" targetRef=\"g\"/>", with: "sourceRef=\"a\" targetRef=\"g\">\(condition)</sequenceFlow>"
    )
    .replacing("sourceRef=\"g\" targetRef=\"e\"/>", with: "sourceRef=\"g\" targetRef=\"e\">\(condition)</sequenceFlow>")
    let edges = DiagramRenderer(try document(model, di: places)).scenes[0].edges
    #expect(
      edges.map(\.figure) == [
        .sequence(isDefault: false, isConditional: false), .sequence(isDefault: false, isConditional: true),
        .sequence(isDefault: false, isConditional: false),
      ])
  }

  @Test func `a sketch shows the same, at the same places, in lines of its own for each element`() throws {
    let clean = try #require(parsedSVG(picture(document(order, di: places)).svg))
    let style = PictureStyle(look: .sketch)
    let sketch = try #require(parsedSVG(picture(document(order, di: places), style: style).svg))
    func elements(_ svg: SVGElement) -> [String?] {
      svg.descendants.filter { $0.attributes["data-element"] != nil }.map { $0.attributes["data-element"] }
    }
    #expect(elements(sketch) == elements(clean))
    #expect(sketch.attributes["viewBox"] == clean.attributes["viewBox"])
    #expect(!sketch.descendants.contains { $0.name == "circle" || $0.name == "rect" })
    // Another name of one task draws no other element anew.
    let renamed = try #require(
      parsedSVG(picture(document(order.replacing("In stock?", with: "In stack?"), di: places), style: style).svg))
    for id in ["s", "a", "e", "f1"] {
      func lines(_ svg: SVGElement) -> [String?] {
        (svg.descendants.first { $0.attributes["data-element"] == id }?.descendants ?? []).map { $0.attributes["d"] }
      }
      #expect(lines(sketch) == lines(renamed) && lines(sketch).count > 1)
    }
  }

  @Test func `a file has a picture of each diagram, each inside without one, each process on none, and each node`()
    throws
  {
    let model =
      order + "<process id=\"q\"><subProcess id=\"sub\"><task id=\"in\"/></subProcess></process><process id=\"none\"/>"
    let document = try document(model, di: places)
    let renderer = DiagramRenderer(document)
    let sub = try #require(document.node(id: "sub"))
    #expect(renderer.subjects.prefix(3) == [.plane(0), .process(document.processes[1].handle), .contents(sub.handle)])
    #expect(renderer.subjects.dropFirst(3).map { $0 } == document.nodes.map { .closeUp($0.handle) })
    for subject in renderer.subjects { #expect(parsedSVG(renderer.picture(of: subject).svg) != nil) }
  }
}
