import BPMN
import Drawing

/// Takes parts out of a scene.
struct SceneCut {
  private let scene: Scene
  private let document: Document

  init(_ scene: Scene, document: Document) {
    self.scene = scene
    self.document = document
  }

  /// The given flow nodes, the data and annotations that lines tie to them, and all lines among what is kept.
  func keeping(_ nodes: Set<Handle<FlowNode>>) -> Scene {
    let core = Set(nodes.map(ElementReference.node))
    var kept = core
    for edge in scene.edges {
      guard let source = edge.source, let target = edge.target else { continue }
      if core.contains(source), Self.isSatellite(target) { kept.insert(target) }
      if core.contains(target), Self.isSatellite(source) { kept.insert(source) }
    }
    return only(kept) { edge in
      guard let source = edge.source, let target = edge.target else { return false }
      return kept.contains(source) && kept.contains(target)
    }
  }

  /// The given elements and the lines that pass the test.
  func only(_ elements: Set<ElementReference>, edges: (SceneEdge) -> Bool) -> Scene {
    var part = scene
    part.nodes = scene.nodes.filter { elements.contains($0.element) }
    part.edges = scene.edges.filter(edges)
    return part
  }

  private static func isSatellite(_ element: ElementReference) -> Bool {
    switch element {
    case .data, .annotation: true
    default: false
    }
  }
}

extension Scene {
  func titled(_ title: String) -> Scene {
    var copy = self
    copy.title = LabelText.cleaned(title)
    return copy
  }
}
