/// Diagram interchange.
extension DocumentBuilder {
  mutating func collectDiagrams() {
    for diagram in tree.elements[0].children
    where tree.elements[diagram].vocabulary == .bpmnDiagram && tree.elements[diagram].name == "BPMNDiagram" {
      noteID(tree.attribute("id", of: diagram) ?? "", line: tree.elements[diagram].line)
      let planes = tree.children("BPMNPlane", of: diagram)
      if planes.isEmpty {
        warn(.badGeometry, tree.elements[diagram].line, "the BPMNDiagram has no BPMNPlane; it shows nothing")
      }
      for plane in planes { addPlane(plane, in: diagram) }
    }
  }

  private mutating func addPlane(_ element: Int, in diagram: Int) {
    let name = tree.rawAttribute("name", of: diagram).map(collapsingWhitespace) ?? ""
    let elementID = elementID(of: element)
    var plane = DiagramPlane(
      diagramID: tree.attribute("id", of: diagram) ?? "", diagramName: name.isEmpty ? nil : name,
      id: tree.attribute("id", of: element) ?? "", elementID: elementID,
      element: shown(elementID, element) ?? firstContainer, line: tree.elements[element].line)
    noteID(plane.id, line: plane.line)
    for child in tree.elements[element].children where tree.isStandard(child) {
      switch tree.elements[child].name {
      case "BPMNShape": plane.shapes += shape(child).map { [$0] } ?? []
      case "BPMNEdge": plane.edges += edge(child).map { [$0] } ?? []
      default: break
      }
    }
    document.planes.append(plane)
  }

  private func elementID(of element: Int) -> String? {
    let id = tree.attribute("bpmnElement", of: element) ?? ""
    return id.isEmpty ? nil : id
  }

  /// What a plane shows that does not say so.
  private var firstContainer: ElementReference? {
    document.collaborations.first.map { .collaboration($0.handle) }
      ?? document.processes.first.map { .process($0.handle) }
  }

  /// The element of that id; warns when there is none. Of several the one that can be drawn.
  private mutating func shown(_ id: String?, _ element: Int) -> ElementReference? {
    let source = tree.elements[element]
    guard let id else {
      warn(.diagramWithoutElement, source.line, "the \(source.name) does not say what it shows (bpmnElement)")
      return nil
    }
    let found = candidates(id)
    if found.isEmpty {
      warn(.danglingReference, source.line, "the \(source.name) shows '\(id)', which is not in the file")
    }
    return found.first
  }

  private mutating func shape(_ element: Int) -> DiagramShape? {
    let id = elementID(of: element)
    let reference = shown(id, element)
    noteID(tree.attribute("id", of: element) ?? "", line: tree.elements[element].line)
    guard let bounds = bounds(in: element) else {
      let line = tree.elements[element].line
      warn(.badGeometry, line, "the BPMNShape of '\(id ?? "")' has no usable bounds; it is not drawn")
      return nil
    }
    return DiagramShape(
      id: tree.attribute("id", of: element) ?? "", elementID: id, element: reference, bounds: bounds,
      isHorizontal: tree.flag("isHorizontal", of: element), isExpanded: tree.flag("isExpanded", of: element),
      isMarkerVisible: tree.flag("isMarkerVisible", of: element), label: label(of: element),
      colors: colors(of: element),
      line: tree.elements[element].line)
  }

  private mutating func edge(_ element: Int) -> DiagramEdge? {
    let id = elementID(of: element)
    let reference = shown(id, element)
    noteID(tree.attribute("id", of: element) ?? "", line: tree.elements[element].line)
    var waypoints: [Point] = []
    for child in tree.children("waypoint", of: element) {
      guard let x = coordinate("x", of: child), let y = coordinate("y", of: child) else { continue }
      waypoints.append(Point(x: x, y: y))
    }
    guard waypoints.count >= 2 else {
      let line = tree.elements[element].line
      warn(.badGeometry, line, "the BPMNEdge of '\(id ?? "")' has fewer than two usable waypoints; it is not drawn")
      return nil
    }
    return DiagramEdge(
      id: tree.attribute("id", of: element) ?? "", elementID: id, element: reference, waypoints: waypoints,
      label: label(of: element), colors: colors(of: element),
      messageVisibleKind: tree.attribute("messageVisibleKind", of: element), line: tree.elements[element].line)
  }

  private mutating func label(of element: Int) -> DiagramLabel? {
    guard let label = tree.child("BPMNLabel", of: element) else { return nil }
    return DiagramLabel(
      bounds: bounds(in: label), color: tree.attribute("color", in: .omgColor, of: label))
  }

  private func colors(of element: Int) -> DiagramColors {
    DiagramColors(
      fill: tree.attribute("background-color", in: .omgColor, of: element)
        ?? tree.attribute("fill", in: .bioColor, of: element),
      stroke: tree.attribute("border-color", in: .omgColor, of: element)
        ?? tree.attribute("stroke", in: .bioColor, of: element))
  }

  /// The `Bounds` child, when all four numbers are usable and no side is negative.
  private mutating func bounds(in element: Int) -> Bounds? {
    guard let child = tree.child("Bounds", of: element) else { return nil }
    guard let x = coordinate("x", of: child), let y = coordinate("y", of: child),
      let width = coordinate("width", of: child), let height = coordinate("height", of: child)
    else { return nil }
    guard width >= 0, height >= 0 else {
      warn(.badGeometry, tree.elements[child].line, "the Bounds have a negative side (\(width) x \(height))")
      return nil
    }
    return Bounds(x: x, y: y, width: width, height: height)
  }

  private mutating func coordinate(_ name: String, of element: Int) -> Double? {
    let source = tree.elements[element]
    let text = tree.attribute(name, of: element) ?? ""
    guard let number = Double(text), number.isFinite else {
      warn(.badNumber, source.line, "the \(name) of <\(source.name)> is not a number: '\(text.prefix(40))'")
      return nil
    }
    guard abs(number) <= Limits.coordinateMagnitudeMax else {
      warn(.absurdCoordinate, source.line, "the \(name) of <\(source.name)> is beyond reason: \(text.prefix(40))")
      return nil
    }
    return number
  }
}
