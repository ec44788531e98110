import BPMN
import Testing

struct DiagramTests {
  private func plane(_ inside: String, of element: String? = "p") throws -> Document {
    let reference = element.map { "bpmnElement=\"\($0)\"" } ?? ""
    return try parse(
      definitions(
        """
        <bpmn:process id="p"><bpmn:task id="t"/><bpmn:task id="u"/>\(flows("t>u"))</bpmn:process>
        <bpmndi:BPMNDiagram id="d" name="Main"><bpmndi:BPMNPlane id="pl" \(reference)>
        \(inside)
        </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
        """))
  }

  private func shape(
    _ attributes: String, _ bounds: String = "x=\"1\" y=\"-2.5\" width=\"1e2\" height=\"80\""
  ) -> String {
    "<bpmndi:BPMNShape id=\"sh\" \(attributes)><dc:Bounds \(bounds)/></bpmndi:BPMNShape>"
  }

  @Test func `shapes keep bounds, flags, label and colours`() throws {
    let document = try plane(
      """
      <bpmndi:BPMNShape id="sh" bpmnElement="t" isExpanded="false" isHorizontal="true" isMarkerVisible="1" \
      bioc:fill="#fff" bioc:stroke="red" color:border-color="#123">
        <dc:Bounds x="1" y="-2.5" width="1e2" height="80"/>
        <bpmndi:BPMNLabel color:color="#abc"><dc:Bounds x="0" y="0" width="10" height="10"/></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      """)
    let shape = document.planes[0].shapes[0]
    #expect(shape.bounds == Bounds(x: 1, y: -2.5, width: 100, height: 80))
    #expect(shape.isExpanded == false && shape.isHorizontal == true && shape.isMarkerVisible == true)
    #expect(shape.colors == DiagramColors(fill: "#fff", stroke: "#123"))
    #expect(shape.label == DiagramLabel(bounds: Bounds(x: 0, y: 0, width: 10, height: 10), color: "#abc"))
    #expect(shape.element == .node(document.nodes[0].handle))
    #expect(document.planes[0].diagramName == "Main")
    #expect(document.planes[0].element == .process(document.processes[0].handle))
    #expect(document.warnings.isEmpty)
  }

  @Test func `edges keep waypoints, label and what they show`() throws {
    let document = try plane(
      """
      <bpmndi:BPMNEdge id="e" bpmnElement="t-u" messageVisibleKind="initiating"><di:waypoint x="1" y="2"/>\
      <di:waypoint x="3" y="4"/><bpmndi:BPMNLabel/></bpmndi:BPMNEdge>
      """)
    let edge = document.planes[0].edges[0]
    #expect(edge.waypoints == [Point(x: 1, y: 2), Point(x: 3, y: 4)])
    #expect(edge.element == .flow(document.flows[0].handle))
    #expect(edge.label == DiagramLabel())
    #expect(edge.messageVisibleKind == "initiating")
  }

  @Test(arguments: [
    ("x=\"a\" y=\"1\" width=\"1\" height=\"1\"", ParseWarning.Code.badNumber), ("y=\"1\"", .badNumber),
    ("x=\"nan\" y=\"1\" width=\"1\" height=\"1\"", .badNumber),
    ("x=\"1\" y=\"inf\" width=\"1\" height=\"1\"", .badNumber),
    ("x=\"1\" y=\"1\" width=\"-1\" height=\"1\"", .badGeometry),
    ("x=\"1e300\" y=\"1\" width=\"1\" height=\"1\"", .absurdCoordinate),
  ])
  func `a shape without usable bounds is left out with two warnings`(
    _ bounds: String, _ code: ParseWarning.Code
  ) throws {
    let document = try plane(shape("bpmnElement=\"t\"", bounds))
    #expect(document.planes[0].shapes.isEmpty)
    #expect(document.warnings.map(\.code).contains(code))
    #expect(document.warnings.contains { $0.message == "the BPMNShape of 't' has no usable bounds; it is not drawn" })
  }

  @Test func `an edge with one waypoint is left out with a warning`() throws {
    let document = try plane("<bpmndi:BPMNEdge bpmnElement=\"t-u\"><di:waypoint x=\"1\" y=\"2\"/></bpmndi:BPMNEdge>")
    #expect(document.planes[0].edges.isEmpty)
    #expect(document.warnings.map(\.code) == [.badGeometry])
  }

  @Test func `a shape of nothing and one of an unknown id are kept with warnings`() throws {
    let document = try plane(shape("") + shape("bpmnElement=\"ghost\"").replacing("\"sh\"", with: "\"s2\""))
    #expect(document.planes[0].shapes.map(\.element) == [nil, nil])
    #expect(document.warnings.map(\.code) == [.diagramWithoutElement, .danglingReference])
  }

  @Test(arguments: [nil, "ghost"])
  func `a plane that does not say what it shows, shows the first process`(_ element: String?) throws {
    let document = try plane(shape("bpmnElement=\"t\""), of: element)
    #expect(document.planes[0].element == .process(document.processes[0].handle))
    #expect(document.warnings.count == 1)
  }
}
