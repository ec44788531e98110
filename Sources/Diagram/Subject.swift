package import BPMN

extension DiagramRenderer {
  /// What of a file a picture shows.
  package enum Subject: Hashable, Sendable {
    /// One of `planes`, by its place.
    case plane(Int)
    /// A process that no plane shows.
    case process(Handle<ProcessDefinition>)
    /// What a sub-process holds.
    case contents(Handle<FlowNode>)
    /// A node with its neighbours.
    case closeUp(Handle<FlowNode>)
  }

  /// Everything that a file has a picture of, each once: its planes, processes that are on none, the contents of
  /// sub-processes that have no plane of their own, and each node.
  package var subjects: [Subject] {
    let shown = Set(planes.flatMap { plane in plane.shapes.compactMap(\.node) })
    let own = Set(planes.compactMap(\.element))
    let missing = document.processes.filter { process in
      !process.contents.nodes.isEmpty && process.allNodes.allSatisfy { !shown.contains($0) }
    }
    let closed = document.nodes.filter { !$0.children.isEmpty && !own.contains(.node($0.handle)) }
    return planes.indices.map(Subject.plane) + missing.map { .process($0.handle) }
      + closed.map { .contents($0.handle) } + document.nodes.map { .closeUp($0.handle) }
  }

  /// The picture of one of `subjects`.
  package func picture(of subject: Subject, style: PictureStyle = PictureStyle()) -> Picture {
    switch subject {
    case .plane(let index): picture(ofPlane: index, style: style)
    case .process(let handle): picture(of: handle, style: style)
    case .contents(let handle): picture(ofContentsOf: handle, style: style)
    case .closeUp(let handle): closeUp(of: handle, style: style)
    }
  }
}

extension DiagramShape {
  /// The flow node that it shows.
  fileprivate var node: Handle<FlowNode>? {
    if case .node(let handle) = element { handle } else { nil }
  }
}
