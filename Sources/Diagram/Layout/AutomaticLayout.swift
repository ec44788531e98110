import BPMN
import Drawing

/// Makes planes for what the model gives no places for.
struct AutomaticLayout {
  let document: Document

  init(_ document: Document) { self.document = document }

  /// Pools below each other, with message flows between them.
  func plane(of collaboration: Handle<Collaboration>) -> DiagramPlane {
    let flows = document[collaboration].messageFlows
    var whole = PlacedLevel()
    var pools: [PlacedLevel] = []
    for participant in document[collaboration].participants {
      guard let process = document[participant].process else {
        var box = PlacedLevel(size: Size(width: 400, height: 60))
        box.addShape(.participant(participant), Rect(x: 0, y: 0, width: 400, height: 60), isHorizontal: true)
        pools.append(box)
        continue
      }
      pools.append(PoolLayout(process, in: document).pool(participant))
    }
    let width = pools.map(\.size.width).max() ?? 0
    let names = flows.contains { document[$0].name != nil } ? 20.0 : 0
    var top = 0.0
    for (index, pool) in pools.enumerated() {
      whole.add(pool.widened(to: width), at: Point(x: 0, y: top))
      top +=
        pool.size.height + Spacing.gap + names
        + MessageRouter.room(for: crossing(flows, above: index + 1, collaboration))
    }
    var router = MessageRouter(whole.shapes, document)
    for flow in flows {
      if let route = router.route(document[flow]) { whole.addEdge(.messageFlow(flow), route) }
    }
    return finished(whole, element: .collaboration(collaboration))
  }

  /// How many message flows cross in the space above a pool: those of which it is the lower end.
  private func crossing(_ flows: [Handle<MessageFlow>], above pool: Int, _ collaboration: Handle<Collaboration>) -> Int
  {
    let participants = document[collaboration].participants
    func place(_ end: ElementReference?) -> Int? {
      switch end {
      case .participant(let handle): participants.firstIndex(of: handle)
      case .node(let node): participants.firstIndex { document[$0].process == document[node].process }
      default: nil
      }
    }
    return flows.count { flow in
      guard let source = place(document[flow].source), let target = place(document[flow].target) else { return false }
      return max(source, target) == pool
    }
  }

  /// One process without a pool.
  func plane(of process: Handle<ProcessDefinition>) -> DiagramPlane {
    finished(PoolLayout(process, in: document).level(), element: .process(process))
  }

  /// The contents of a sub-process.
  func plane(ofContentsOf node: Handle<FlowNode>) -> DiagramPlane {
    finished(LevelBuilder.level(LevelContents(document[node].contents), in: document), element: .node(node))
  }

  /// Some nodes and the flows among them, as if nothing else were there; sub-processes closed.
  func plane(of nodes: [Handle<FlowNode>], flows: [Handle<SequenceFlow>], element: ElementReference) -> DiagramPlane {
    let contents = LevelContents(nodes: nodes, flows: flows)
    return finished(LevelBuilder.level(contents, in: document, depth: Limits.nestingLevels), element: element)
  }

  /// Adds the lines that the levels could not draw, around what is in their way.
  private func finished(_ level: PlacedLevel, element: ElementReference) -> DiagramPlane {
    var plane = DiagramPlane(
      diagramID: "", element: element, shapes: level.withoutRepetition(), edges: level.edges)
    MissingEdges(document).add(to: &plane)
    return plane
  }
}

extension PlacedLevel {
  /// The pool and its lanes led on to the right, up to the common width of all pools.
  fileprivate func widened(to width: Double) -> PlacedLevel {
    var copy = self
    let added = width - size.width
    for index in copy.shapes.indices {
      switch copy.shapes[index].element {
      case .participant, .lane: copy.shapes[index].bounds.width += added
      default: break
      }
    }
    return copy
  }

  /// Data used on several levels keeps its first place.
  fileprivate func withoutRepetition() -> [DiagramShape] {
    var seen: Set<ElementReference> = []
    return shapes.filter { shape in
      guard let element = shape.element else { return true }
      return seen.insert(element).inserted
    }
  }
}
