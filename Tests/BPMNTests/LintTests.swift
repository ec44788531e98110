import BPMN
import Testing

/// Each rule: a model that breaks it, and the same model put right.
struct LintTests {
  private func rules(_ inside: String) throws -> [String] {
    let document = try parse(process(inside))
    let quiet: Set<Finding.Rule> = [.noBPMNDI]
    return document.findings().filter { !quiet.contains($0.rule) }.map { finding in
      "\(finding.rule.rawValue) \(document[finding.element].id)"
    }
  }

  private let ends = "<bpmn:startEvent id=\"s\" name=\"S\"/><bpmn:endEvent id=\"e\" name=\"E\"/>"

  private func task(_ id: String) -> String { "<bpmn:task id=\"\(id)\" name=\"\(id)\"/>" }

  @Test func `a plain process has no findings`() throws {
    #expect(try rules(ends + task("a") + flows("s>a a>e")) == [])
  }

  @Test func `starts and ends are required, in sub-processes too, but not in ad-hoc ones`() throws {
    #expect(try rules(task("a")) == ["end-event-required p", "start-event-required p", "no-disconnected a"])
    let inner = "<bpmn:subProcess id=\"x\" name=\"X\">\(task("a"))</bpmn:subProcess>" + flows("s>x x>e")
    #expect(try rules(ends + inner) == ["end-event-required x", "no-disconnected a", "start-event-required x"])
    let adHoc = inner.replacing("subProcess", with: "adHocSubProcess")
    #expect(try rules(ends + adHoc) == [])
  }

  @Test func `nodes need names, but joins, parallel gateways and starts of sub-processes do not`() throws {
    #expect(try rules(ends + "<bpmn:task id=\"a\"/>" + flows("s>a a>e")) == ["label-required a"])
    let gateways = """
      <bpmn:parallelGateway id="f"/>\(task("a"))\(task("b"))<bpmn:exclusiveGateway id="j"/>
      """
    #expect(try rules(ends + gateways + flows("s>f f>a f>b a>j b>j j>e")) == [])
  }

  @Test func `nodes need flows, except where BPMN has none`() throws {
    #expect(try rules(ends + task("a") + flows("s>e a>e")) == ["fake-join e", "no-disconnected a"])
    let fine = """
      <bpmn:task id="u" name="Undo" isForCompensation="true"/>
      <bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>
      <bpmn:subProcess id="x" triggeredByEvent="true"/>
      """
    #expect(try rules(ends + task("a") + fine + flows("s>a a>e")) == [])
  }

  @Test func `a split without gateway, and one with only conditional flows, are found`() throws {
    let two = ends + task("a") + task("b") + task("c")
    #expect(
      try rules(two + flows("s>a a>b a>c b>e c>e")) == ["fake-join e", "no-implicit-split a"])
    let condition = "><bpmn:conditionExpression>x</bpmn:conditionExpression></bpmn:sequenceFlow>"
    let conditional = flows("a>b").replacing("/>", with: condition)
    #expect(try rules(ends + task("a") + task("b") + flows("s>a b>e") + conditional) == ["default-flow-missing a"])
  }

  @Test func `an exclusive gateway with conditions needs them everywhere, and a default`() throws {
    let body = ends + task("a") + task("b") + flows("s>g g>a a>e b>e")
    let flow = """
      <bpmn:sequenceFlow id="c" sourceRef="g" targetRef="b"><bpmn:conditionExpression>x</bpmn:conditionExpression>\
      </bpmn:sequenceFlow>
      """
    let gateway = "<bpmn:exclusiveGateway id=\"g\" name=\"G\"/>"
    #expect(
      try rules(body + flow + gateway).filter { $0.hasSuffix(" g") }
        == ["conditional-flows g", "default-flow-missing g"])
    let withDefault = "<bpmn:exclusiveGateway id=\"g\" name=\"G\" default=\"g-a\"/>"
    #expect(try rules(body + flow + withDefault).filter { $0.hasSuffix(" g") } == [])
  }

  @Test func `gateways that do nothing, too much, or that few understand, are found`() throws {
    #expect(
      try rules(ends + "<bpmn:exclusiveGateway id=\"g\"/>" + flows("s>g g>e")) == ["superfluous-gateway g"])
    let both = ends + task("a") + task("b") + "<bpmn:complexGateway id=\"g\" name=\"G\"/>"
    #expect(
      try rules(both + flows("s>g b>g g>a g>b a>e")).filter { $0.hasSuffix(" g") }
        == ["no-complex-gateway g", "no-gateway-join-fork g"])
  }

  @Test func `an event-based gateway leads to at least two events`() throws {
    let gateway = "<bpmn:eventBasedGateway id=\"g\"/>" + task("a")
    #expect(
      try rules(ends + gateway + flows("s>g g>a a>e")).filter { $0.hasSuffix(" g") }
        == ["event-based-gateway g", "event-based-gateway g", "superfluous-gateway g"])
  }

  @Test func `events have one definition, links two ends, and event sub-processes a trigger`() throws {
    let start = """
      <bpmn:startEvent id="s" name="S"><bpmn:messageEventDefinition/><bpmn:timerEventDefinition/></bpmn:startEvent>
      <bpmn:endEvent id="e" name="E"/>
      <bpmn:intermediateThrowEvent id="l" name="L"><bpmn:linkEventDefinition/></bpmn:intermediateThrowEvent>
      <bpmn:subProcess id="x" triggeredByEvent="true"><bpmn:startEvent id="y"/><bpmn:endEvent id="z" name="Z"/>\(flows("y>z"))
      </bpmn:subProcess>
      """
    #expect(
      try rules(start + flows("s>e")) == [
        "single-event-definition s", "link-event l", "event-sub-process-typed-start-event y",
      ])
  }

  @Test func `what no start leads to is unreachable, and doubled flows are found`() throws {
    let ring = ends + task("a") + task("b") + "<bpmn:task id=\"c\" name=\"c\"/>"
    #expect(try rules(ring + flows("s>c c>e a>b b>a")) == ["unreachable a", "unreachable b"])
    let double = flows("s>e") + flows("s>e").replacing("id=\"s-e\"", with: "id=\"again\"")
    #expect(try rules(ends + double).contains("no-duplicate-sequence-flows again"))
  }

  @Test func `a file without diagram is one finding, a node missing from the diagram one of its own`() throws {
    let without = try parse(process(ends + flows("s>e")))
    #expect(without.findings().map(\.rule) == [.noBPMNDI])
    #expect(without.findings()[0].severity == .info)
    let diagram = """
      </bpmn:process><bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p"><bpmndi:BPMNShape bpmnElement="s">
      <dc:Bounds x="1" y="1" width="36" height="36"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
      """
    let partly = process(ends + flows("s>e")).replacing("</bpmn:process>", with: diagram)
    let document = try parse(partly)
    #expect(document.findings().map { document[$0.element].id } == ["e"])
  }
}
