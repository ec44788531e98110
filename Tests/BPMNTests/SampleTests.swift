import BPMN
import Testing

/// The sample process set of the quickstart: it has to be beyond reproach.
struct SampleTests {
  private func samples() throws -> ProcessSet {
    let names = ["order.bpmn", "payment.bpmn"]
    return ProcessSet(
      try names.map { name in
        try Document(parsing: sample("contrib/samples/order-fulfilment/\(name)"), fileName: name)
      })
  }

  @Test func `the sample reads without a warning and has at least 25 nodes, some without name`() throws {
    let set = try samples()
    #expect(set.documents.flatMap(\.warnings).isEmpty, "\(set.documents.map(\.warnings))")
    #expect(set.documents.map(\.nodes.count) == [30, 20])
    #expect(set.documents.flatMap(\.nodes).filter { $0.name == nil }.count == 6)
  }

  @Test func `the sample's findings are only those that it shows on purpose`() throws {
    let findings = try samples().findings().map { $0.map { "\($0.rule.rawValue): \($0.message)" } }
    #expect(
      findings == [
        [
          "fake-join: 'Pick items' joins 2 flows without a gateway",
          "no-gateway-join-fork: Event-based gateway after ‘Hand over parcel’ joins and splits at once",
        ],
        ["fake-join: 'Send bank details' joins 3 flows without a gateway"],
      ])
  }

  @Test func `the sample's call leads from the order into the payment`() throws {
    let set = try samples()
    let calls = set.calls
    #expect(calls.map { $0.process.map { set[$0].id } } == ["payment-collection"])
    #expect(calls.map(\.recursion) == [.none])
  }

  @Test func `no two shapes of the sample overlap, except containers and boundary events`() throws {
    for document in try samples().documents {
      let shapes = document.planes[0].shapes.filter { shape in
        guard case .node(let node) = shape.element else { return false }
        return !document[node].kind.isSubProcess && document[node].kind != .boundaryEvent
      }
      for (index, one) in shapes.enumerated() {
        for other in shapes[(index + 1)...] {
          #expect(!overlap(one.bounds, other.bounds), "\(one.elementID ?? "") and \(other.elementID ?? "")")
        }
        for label in document.planes[0].shapes.compactMap(\.label?.bounds) {
          #expect(!overlap(one.bounds, label), "\(one.elementID ?? "") and a label at \(label)")
        }
      }
    }
  }

  @Test func `every element of the sample that can be drawn is drawn once, and every flow ends at its shapes`() throws {
    for document in try samples().documents {
      let plane = document.planes[0]
      let drawn = plane.shapes.compactMap(\.element)
      #expect(Set(drawn).count == drawn.count)
      for node in document.nodes { #expect(drawn.contains(.node(node.handle)), "\(node.id)") }
      for edge in plane.edges {
        guard case .flow(let flow) = edge.element else { continue }
        let source = try #require(document[flow].source)
        let target = try #require(document[flow].target)
        let first = try #require(edge.waypoints.first)
        let last = try #require(edge.waypoints.last)
        #expect(touches(first, plane, source), "\(document[flow].id)")
        #expect(touches(last, plane, target), "\(document[flow].id)")
      }
    }
  }

  private func overlap(_ one: Bounds, _ other: Bounds) -> Bool {
    one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height
      && other.y < one.y + one.height
  }

  private func touches(_ point: Point, _ plane: DiagramPlane, _ node: Handle<FlowNode>) -> Bool {
    guard let bounds = plane.shapes.first(where: { $0.element == .node(node) })?.bounds else { return false }
    let inside =
      (bounds.x...bounds.x + bounds.width).contains(point.x) && (bounds.y...bounds.y + bounds.height).contains(point.y)
    let onBorder =
      point.x == bounds.x || point.x == bounds.x + bounds.width || point.y == bounds.y
      || point.y == bounds.y + bounds.height
    return inside && onBorder
  }
}
