import BPMN
import Testing

struct FlowOrderTests {
  private func order(_ ids: String, _ pairs: String, extra: String = "") throws -> (order: FlowOrder, ids: [String]) {
    let nodes = ids.split(separator: " ").map { id in
      let tag = id.hasPrefix("s") ? "startEvent" : id.hasPrefix("e") ? "endEvent" : "task"
      return "<bpmn:\(tag) id=\"\(id)\"/>"
    }
    let document = try parse(process(nodes.joined() + extra + flows(pairs)))
    let order = document.flowOrder(of: .process(document.processes[0].handle))
    return (order, order.nodes.map { document[$0].id })
  }

  @Test func `what comes before stands before, whatever the order in the file`() throws {
    #expect(try order("e c b a s", "s>a a>b b>c c>e").ids == ["s", "a", "b", "c", "e"])
  }

  @Test func `of several ways the first in the file comes first, and a join behind all of them`() throws {
    #expect(try order("s a b c j e", "s>a a>b a>c b>j c>j j>e").ids == ["s", "a", "b", "c", "j", "e"])
    #expect(try order("s a b c j e", "s>a a>c a>b b>j c>j j>e").ids == ["s", "a", "c", "b", "j", "e"])
  }

  @Test func `a join of two starts stands behind both`() throws {
    #expect(try order("s1 s2 a j e", "s1>j s2>a a>j j>e").ids == ["s1", "s2", "a", "j", "e"])
  }

  @Test func `a loop is entered at its beginning, and its way back is named`() throws {
    let (order, ids) = try order("s a b e", "s>a a>b b>a b>e a>a")
    #expect(ids == ["s", "a", "b", "e"])
    #expect(order.backFlows.count == 2)
    #expect(order.unreachable.isEmpty)
  }

  @Test func `a ring without any start is in the order and unreachable`() throws {
    let (order, ids) = try order("s e a b", "s>e a>b b>a")
    #expect(ids == ["s", "e", "a", "b"])
    #expect(order.unreachable.count == 2)
  }

  @Test func `exceptions stand behind the normal flow, event sub-processes and compensation last`() throws {
    let extra = """
      <bpmn:subProcess id="x" triggeredByEvent="true"/><bpmn:task id="undo" isForCompensation="true"/>
      <bpmn:boundaryEvent id="late" attachedToRef="a"><bpmn:timerEventDefinition/></bpmn:boundaryEvent>
      """
    let (order, ids) = try order("s a b e c", "s>a a>b b>e late>c", extra: extra)
    #expect(ids == ["s", "a", "b", "e", "late", "c", "x", "undo"])
    #expect(order.unreachable.isEmpty)
  }

  @Test func `a link is followed`() throws {
    let extra = """
      <bpmn:intermediateCatchEvent id="in"><bpmn:linkEventDefinition name="L"/></bpmn:intermediateCatchEvent>
      <bpmn:intermediateThrowEvent id="out"><bpmn:linkEventDefinition name="L"/></bpmn:intermediateThrowEvent>
      """
    #expect(try order("s e", "s>out in>e", extra: extra).ids == ["s", "out", "in", "e"])
  }

  @Test func `a chain of 20,000 nodes is walked without recursion`() throws {
    let count = 20_000
    let ids = (0..<count).map { "t\($0)" }
    let pairs = (1..<count).map { "t\($0)>t\($0 - 1)" }.joined(separator: " ")
    let isReversed = try order(ids.joined(separator: " "), pairs).ids == ids.reversed()
    #expect(isReversed)
  }
}
