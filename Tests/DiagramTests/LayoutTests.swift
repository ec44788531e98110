import BPMN
import Drawing
import TestSupport
import Testing

@testable import Diagram

@Suite struct LayoutTests {
  private func graph(nodes: Int, edges: Int, lanes: Int = 1, seed: UInt64) -> LayoutGraph {
    var random = SeededRandom(seed: seed)
    var graph = LayoutGraph(laneCount: lanes)
    for _ in 0..<nodes {
      let isGateway = Int.random(in: 0..<4, using: &random) == 0
      let half = isGateway ? 25.0 : 40
      graph.nodes.append(
        LayoutNode(
          width: isGateway ? 50 : 100, halfBody: isGateway ? 25 : 50, above: half, below: half, halfHeight: half,
          lane: Int.random(in: 0..<lanes, using: &random), hasCorners: isGateway))
    }
    for _ in 0..<edges {
      let source = Int.random(in: 0..<nodes, using: &random)
      graph.edges.append(LayoutEdge(source: source, target: Int.random(in: 0..<nodes, using: &random)))
    }
    return graph
  }

  private func body(_ graph: LayoutGraph, _ result: LayoutResult, _ node: Int) -> Rect {
    Rect(
      center: result.centers[node], width: graph.nodes[node].halfBody * 2, height: graph.nodes[node].halfHeight * 2)
  }

  private func check(_ graph: LayoutGraph, _ result: LayoutResult, _ what: String) {
    let bodies = graph.nodes.indices.map { body(graph, result, $0) }
    for (a, first) in bodies.enumerated() {
      for (b, second) in bodies.enumerated() where b > a {
        #expect(first.overlap(second) == 0, "\(what): nodes \(a) and \(b) overlap")
      }
    }
    let index = SpatialIndex(bodies.map { $0.inset(by: 1) })
    for (number, route) in result.routes.enumerated() {
      #expect(route.count >= 2)
      for (from, to) in Polyline(points: route).segments {
        #expect(from.x == to.x || from.y == to.y, "\(what): edge \(number) slants")
        #expect(!index.isCrossed(from: from, to: to), "\(what): edge \(number) passes through a node")
      }
      let edge = graph.edges[number]
      let (start, end) = (bodies[edge.source].grown(by: 0.5), bodies[edge.target].grown(by: 0.5))
      #expect(route.first.map(start.contains) == true && route.last.map(end.contains) == true)
    }
  }

  @Test(arguments: 1...30)
  func `no nodes overlap and no line passes through a node, whatever the graph`(_ seed: UInt64) {
    let size = Int(seed % 10) * 3 + 2
    let graph = graph(nodes: size, edges: size + Int(seed), seed: seed)
    check(graph, LevelLayout.result(of: graph), "seed \(seed)")
  }

  @Test(arguments: 1...12)
  func `lanes hold their nodes and do not overlap`(_ seed: UInt64) {
    let graph = graph(nodes: 20, edges: 26, lanes: 3, seed: seed)
    let result = LevelLayout.result(of: graph)
    check(graph, result, "seed \(seed)")
    for node in graph.nodes.indices {
      let lane = result.lanes[graph.nodes[node].lane]
      let body = body(graph, result, node)
      #expect(body.minY >= lane.top && body.maxY <= lane.top + lane.height, "seed \(seed), node \(node)")
    }
    for (upper, lower) in zip(result.lanes, result.lanes.dropFirst()) { #expect(upper.top + upper.height == lower.top) }
  }

  @Test func `the grid for large graphs keeps the same promises`() {
    let graph = graph(nodes: 60, edges: 90, lanes: 2, seed: 3)
    check(graph, GridLayout.result(of: graph), "grid")
  }

  @Test func `a straight process stands in one row, from left to right`() {
    var graph = graph(nodes: 5, edges: 0, seed: 1)
    graph.edges = (0..<4).map { LayoutEdge(source: $0, target: $0 + 1) }
    let result = LevelLayout.result(of: graph)
    #expect(Set(result.centers.map(\.y)).count == 1)
    #expect(result.centers.map(\.x) == result.centers.map(\.x).sorted())
    #expect(result.routes.allSatisfy { $0.count == 2 })
  }

  @Test func `five thousand nodes fall back to the grid and take no time to speak of`() {
    let graph = graph(nodes: 5_000, edges: 8_000, seed: 9)
    let clock = ContinuousClock()
    var result: LayoutResult?
    let elapsed = clock.measure { result = LevelLayout.result(of: graph) }
    #expect(result?.centers.count == 5_000)
    #expect(elapsed < .seconds(10), "\(elapsed)")
  }

  @Test func `a long chain and a deep nest do not exhaust the stack`() throws {
    let chain = (0..<3_000).map { "<task id=\"t\($0)\"/>" }.joined()
    let flows = (0..<2_999).map { "<sequenceFlow id=\"f\($0)\" sourceRef=\"t\($0)\" targetRef=\"t\($0 + 1)\"/>" }
      .joined()
    #expect(
      DiagramRenderer(try document("<process id=\"p\">\(chain)\(flows)</process>")).scenes[0].nodes.count == 3_000)
    let nest = (0..<100).map { "<subProcess id=\"s\($0)\">" }.joined() + String(repeating: "</subProcess>", count: 100)
    let deep = DiagramRenderer(try document("<process id=\"p\">\(nest)</process>"))
    #expect(deep.scenes[0].nodes.count == Limits.nestingLevels + 1)
  }

  @Test func `an event on a border sits there, and its line leaves downwards`() throws {
    let document = try document(
      """
      <process id="p"><task id="a"/><boundaryEvent id="b" attachedToRef="a"><timerEventDefinition/></boundaryEvent>
      <task id="late"/><task id="next"/><sequenceFlow id="f" sourceRef="a" targetRef="next"/>
      <sequenceFlow id="x" sourceRef="b" targetRef="late"/></process>
      """)
    let scene = DiagramRenderer(document).scenes[0]
    let nodes = Dictionary(uniqueKeysWithValues: scene.nodes.map { ($0.key, $0) })
    let (host, event) = try (#require(nodes["a"]), #require(nodes["b"]))
    #expect(event.bounds.midY == host.bounds.maxY)
    #expect(host.bounds.minX < event.bounds.minX && event.bounds.maxX < host.bounds.maxX)
    let line = try #require(scene.edges.first { $0.key == "x" })
    #expect(line.waypoints[0].y == event.bounds.maxY && line.waypoints[1].y > line.waypoints[0].y)
  }

  @Test func `pools with lanes, a black box, and messages between them are laid out`() throws {
    let document = try document(
      """
      <collaboration id="c"><participant id="shop" name="Shop" processRef="p"/><participant id="box" name="Customer"/>
      <messageFlow id="m1" sourceRef="box" targetRef="s"/><messageFlow id="m2" sourceRef="t" targetRef="box"/></collaboration>
      <process id="p"><laneSet id="ls"><lane id="l1"><flowNodeRef>s</flowNodeRef></lane><lane id="l2">
      <flowNodeRef>t</flowNodeRef></lane></laneSet><startEvent id="s"/><task id="t"/>
      <sequenceFlow id="f" sourceRef="s" targetRef="t"/></process>
      """)
    let scene = DiagramRenderer(document).scenes[0]
    let nodes = Dictionary(uniqueKeysWithValues: scene.nodes.map { ($0.key, $0.bounds) })
    let pool = try #require(nodes["shop"])
    for (lane, node) in [("l1", "s"), ("l2", "t")] {
      let bounds = try #require(nodes[lane])
      #expect(try bounds.contains(#require(nodes[node])) && pool.contains(bounds))
    }
    #expect(try pool.overlap(#require(nodes["box"])) == 0)
    #expect(Set(scene.edges.map(\.key)) == ["f", "m1", "m2"])
  }
}
