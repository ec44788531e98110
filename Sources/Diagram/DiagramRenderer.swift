package import BPMN

/// Draws the pictures of one BPMN file, from the file's own layout where it has one, else from an automatic layout.
package struct DiagramRenderer: Sendable {
  package let document: Document
  /// One picture's worth each: the file's planes that show something; for a file without any, its collaboration, or each
  /// process.
  package let planes: [DiagramPlane]
  /// Whether `planes` come from the automatic layout.
  package let isLaidOut: Bool
  /// What each of `planes` shows.
  let scenes: [Scene]

  /// Prepares the pictures of a file; the automatic layout, where needed, is done here.
  ///
  /// - Parameters:
  ///   - document: the file.
  ///   - usesFileLayout: false lays out anew even what the file gives places for.
  package init(_ document: Document, usesFileLayout: Bool = true) {
    self.document = document
    let own = document.planes.filter { plane in usesFileLayout && plane.shapes.contains { $0.element != nil } }
    isLaidOut = own.isEmpty
    planes = own.isEmpty ? Self.laidOut(document) : own
    let isLaidOut = isLaidOut
    scenes = planes.map { Self.scene(of: $0, in: document, isLaidOut: isLaidOut) }
  }

  private static func laidOut(_ document: Document) -> [DiagramPlane] {
    let layout = AutomaticLayout(document)
    let collaborations = document.collaborations.filter { !$0.participants.isEmpty }
    let shown = Set(collaborations.flatMap(\.participants).compactMap { document[$0].process })
    let processes = document.processes.filter { !shown.contains($0.handle) && !$0.contents.nodes.isEmpty }
    return collaborations.map { layout.plane(of: $0.handle) } + processes.map { layout.plane(of: $0.handle) }
  }

  /// The whole of one plane, by its place in `planes`.
  package func picture(ofPlane index: Int, style: PictureStyle = PictureStyle()) -> Picture {
    PictureWriter.picture(of: scenes[index], style: style)
  }

  /// The picture that shows a process: the plane with most of its nodes, else an automatic layout of the process.
  package func picture(of process: Handle<ProcessDefinition>, style: PictureStyle = PictureStyle()) -> Picture {
    let members = Set(document[process].allNodes)
    let counts = planes.map { plane in plane.shapes.count { $0.shows(oneOf: members) } }
    if let most = counts.max(), most > 0, let index = counts.firstIndex(of: most) {
      return picture(ofPlane: index, style: style)
    }
    return laidOutPicture(of: AutomaticLayout(document).plane(of: process), style)
  }

  /// The contents of a sub-process: its own plane, else the part of the plane that shows them, else an automatic layout.
  /// For a node without contents, its close-up.
  package func picture(ofContentsOf node: Handle<FlowNode>, style: PictureStyle = PictureStyle()) -> Picture {
    if let own = planes.firstIndex(where: { $0.element == .node(node) }) { return picture(ofPlane: own, style: style) }
    guard !document[node].children.isEmpty else { return closeUp(of: node, style: style) }
    let inside = Set(document[document[node].process].allNodes.filter { isInside($0, node) })
    let children = Set(document[node].children)
    if let plane = planes.first(where: { plane in plane.shapes.count { $0.shows(oneOf: children) } >= children.count })
    {
      return PictureWriter.picture(of: cut(of: plane, to: inside, node), style: style)
    }
    return laidOutPicture(of: AutomaticLayout(document).plane(ofContentsOf: node), style)
  }

  private func laidOutPicture(of plane: DiagramPlane, _ style: PictureStyle) -> Picture {
    PictureWriter.picture(of: Self.scene(of: plane, in: document, isLaidOut: true), style: style)
  }

  /// A node, highlighted, with its neighbours and the flows between.
  package func closeUp(of node: Handle<FlowNode>, style: PictureStyle = PictureStyle()) -> Picture {
    var style = style
    style.highlighted.insert(.node(node))
    return PictureWriter.picture(of: CloseUp(node, in: self).scene(), style: style)
  }

  // MARK: - Scenes

  /// The scene of a plane, completed by what the plane leaves out.
  private static func scene(of plane: DiagramPlane, in document: Document, isLaidOut: Bool) -> Scene {
    var plane = plane
    var warnings: [String] = []
    if !isLaidOut {
      warnings = MissingNodes(document).add(to: &plane)
      MissingEdges(document).add(to: &plane)
    }
    var scene = SceneBuilder.scene(of: plane, in: document, title: title(of: plane, in: document), isLaidOut: isLaidOut)
    scene.warnings += warnings
    return scene
  }

  private static func title(of plane: DiagramPlane, in document: Document) -> String {
    let name: String? =
      switch plane.element {
      case .node(let handle): document.title(of: handle).text
      case .some(let element): document[element].name ?? plane.diagramName
      case nil: plane.diagramName
      }
    return collapsingWhitespace(name ?? "")
  }

  private func isInside(_ inner: Handle<FlowNode>, _ outer: Handle<FlowNode>) -> Bool {
    document.ancestors(of: inner).contains { $0.handle == outer }
  }

  /// The part of a plane that shows some nodes, with the data and notes tied to them.
  private func cut(of plane: DiagramPlane, to inside: Set<Handle<FlowNode>>, _ node: Handle<FlowNode>) -> Scene {
    // The sub-process itself may be closed on the plane; its contents are what is wanted here.
    var open = plane
    for index in open.shapes.indices where open.shapes[index].element == .node(node) {
      open.shapes[index].isExpanded = true
    }
    let whole = Self.scene(of: open, in: document, isLaidOut: isLaidOut)
    let scene = SceneCut(whole, document: document).keeping(inside)
    return scene.titled(document.title(of: node).text)
  }
}

extension DiagramShape {
  func shows(oneOf members: Set<Handle<FlowNode>>) -> Bool {
    if case .node(let handle) = element { members.contains(handle) } else { false }
  }
}
