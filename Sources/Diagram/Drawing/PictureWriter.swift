import BPMN
import Drawing

/// Writes a scene as SVG.
struct PictureWriter {
  private let scene: Scene
  private let style: PictureStyle
  private let labels: LabelPlacement
  private var canvas = Canvas()
  private var usedIDs: Set<String> = []

  init(_ scene: Scene, style: PictureStyle) {
    self.scene = scene
    self.style = style
    labels = LabelPlacement(scene)
  }

  /// The whole picture; the same scene and style give the same bytes.
  static func picture(of scene: Scene, style: PictureStyle) -> Picture {
    var writer = PictureWriter(scene, style: style)
    return writer.write()
  }

  private var scope: String { style.idPrefix + "-drawing" }

  private mutating func write() -> Picture {
    let frame = self.frame
    let title = scene.title.isEmpty ? "Process diagram" : scene.title
    let hasLinks = style.link != nil
    canvas.svg.open(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("id", style.idPrefix), ("class", "bpmn-picture"),
        ("viewBox", "\(frame.x.svg) \(frame.y.svg) \(frame.width.svg) \(frame.height.svg)"),
        ("width", frame.width.svg), ("height", frame.height.svg),
        ("role", hasLinks ? "group" : "img"), ("aria-labelledby", style.idPrefix + "-title"),
        ("font-family", TextMetrics.families),
      ])
    canvas.svg.element("title", [("id", style.idPrefix + "-title")], text: title)
    canvas.svg.style(StyleSheet.rules(scope: scope))
    if let background = style.background.flatMap(Colour.init) {
      canvas.ground(frame, background)
    }
    canvas.svg.open("g", [("id", scope), ("stroke-linecap", "round"), ("stroke-linejoin", "round")])
    drawAll()
    canvas.svg.close()
    canvas.svg.close()
    canvas.svg.lineBreak()
    return Picture(
      svg: canvas.svg.text, title: title, size: Size(width: frame.width, height: frame.height),
      warnings: scene.warnings)
  }

  /// Containers from the outermost, then bodies, events on borders, lines, names.
  private mutating func drawAll() {
    for index in drawingOrder { drawNode(index) }
    for index in scene.edges.indices { drawEdge(index) }
    for index in scene.nodes.indices {
      if let label = labels.nodeLabels[index] {
        drawLabel(label, scene.nodes[index].element, scene.nodes[index].colours)
      }
    }
    for index in scene.edges.indices {
      if let label = labels.edgeLabels[index] {
        drawLabel(label, scene.edges[index].element, scene.edges[index].colours)
      }
    }
  }

  private var drawingOrder: [Int] {
    func rank(_ node: SceneNode) -> Int {
      switch node.figure {
      case .pool: 0
      case .lane: 1
      case .activity(let activity) where activity.isExpanded: 2
      case .event where node.figure.isBoundaryEvent: 4
      default: 3
      }
    }
    return scene.nodes.indices.sorted {
      let (a, b) = (scene.nodes[$0], scene.nodes[$1])
      let (first, second) = (rank(a), rank(b))
      if first != second { return first < second }
      let (large, small) = (a.bounds.width * a.bounds.height, b.bounds.width * b.bounds.height)
      return a.figure.isContainer && large != small ? large > small : $0 < $1
    }
  }

  // MARK: - Parts

  private mutating func drawNode(_ index: Int) {
    let node = scene.nodes[index]
    openGroup(node.element, key: node.key, words: node.kindWords, name: node.name, node.colours)
    if style.highlighted.contains(node.element) { highlight(node) }
    canvas.figure(node.figure, in: node.bounds)
    if let text = InnerText.placed(for: node) {
      canvas.text(text, outside: node.figure == .annotation ? StyleSheet.lightText(node.colours) : nil)
    }
    closeGroup(node.element)
  }

  private mutating func drawEdge(_ index: Int) {
    let edge = scene.edges[index]
    openGroup(edge.element, key: edge.key, words: edge.kindWords, name: edge.name, edge.colours)
    canvas.edge(edge.figure, along: edge.line)
    closeGroup(edge.element)
  }

  private mutating func drawLabel(_ label: PlacedText, _ element: ElementReference, _ colours: RequestedColours) {
    let link = openLink(element)
    var attributes: SVGWriter.Attributes = [("class", colours.isEmpty ? "l" : "l c"), ("aria-hidden", "true")]
    if let properties = StyleSheet.properties(colours) { attributes.append(("style", properties)) }
    canvas.svg.open("g", attributes)
    canvas.text(label, outside: StyleSheet.lightText(colours))
    canvas.svg.close()
    if link { canvas.svg.close() }
    canvas.svg.lineBreak()
  }

  private mutating func openGroup(
    _ element: ElementReference, key: String, words: String, name: String, _ colours: RequestedColours
  ) {
    _ = openLink(element)
    let paints = StyleSheet.lightPaints(colours)
    canvas.paints = paints
    // Each element has a hand of its own, so that a change elsewhere does not draw it anew.
    canvas.pen = style.look == .sketch ? SketchPen(seed: key) : nil
    var attributes: SVGWriter.Attributes = [
      ("id", uniqueID(key)), ("class", colours.isEmpty ? "n" : "n c"), ("data-element", LabelText.cleaned(key)),
      ("fill", paints.fill.hex), ("stroke", paints.stroke.hex), ("stroke-width", "2"),
    ]
    if let properties = StyleSheet.properties(colours) { attributes.append(("style", properties)) }
    canvas.svg.open("g", attributes)
    let spoken = LabelText.cleaned(name).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    canvas.svg.element("title", text: spoken.isEmpty ? words : "\(words): \(spoken)")
  }

  private mutating func closeGroup(_ element: ElementReference) {
    canvas.svg.close()
    if linkTarget(element) != nil { canvas.svg.close() }
    canvas.svg.lineBreak()
  }

  private mutating func openLink(_ element: ElementReference) -> Bool {
    guard let target = linkTarget(element) else { return false }
    canvas.svg.open("a", [("href", target)])
    return true
  }

  /// Where the element leads; nothing that would run as a script.
  private func linkTarget(_ element: ElementReference) -> String? {
    guard let target = style.link?(element), !target.isEmpty else { return nil }
    let scheme = target.prefix { $0 != ":" && $0 != "/" && $0 != "?" && $0 != "#" }
    let isRelative = scheme.count == target.count || !target.dropFirst(scheme.count).hasPrefix(":")
    return isRelative || ["http", "https", "mailto"].contains(scheme.lowercased()) ? target : nil
  }

  /// An id from the picture's prefix and the element's key, with every character outside of letters, digits, dot and
  /// hyphen as its number, so that different keys give different ids.
  private mutating func uniqueID(_ key: String) -> String {
    var id = style.idPrefix + "-"
    for scalar in key.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "-": id.unicodeScalars.append(scalar)
      default: id += "_" + String(scalar.value, radix: 16) + "_"
      }
    }
    var unique = id
    var number = 2
    while !usedIDs.insert(unique).inserted {
      unique = "\(id)_again\(number)_"
      number += 1
    }
    return unique
  }

  private mutating func highlight(_ node: SceneNode) {
    let halo = node.bounds.grown(by: 5)
    var attributes: SVGWriter.Attributes = [
      ("class", "h"), ("fill", "none"), ("stroke", StyleSheet.highlight.hex), ("stroke-width", "3"),
    ]
    switch Outline(node).form {
    case .rectangle:
      attributes += [
        ("x", halo.x.svg), ("y", halo.y.svg), ("width", halo.width.svg), ("height", halo.height.svg), ("rx", "13"),
      ]
      canvas.svg.empty("rect", attributes)
    case .ellipse:
      attributes += [
        ("cx", halo.midX.svg), ("cy", halo.midY.svg), ("rx", (halo.width / 2).svg), ("ry", (halo.height / 2).svg),
      ]
      canvas.svg.empty("ellipse", attributes)
    case .diamond:
      let corners = [
        Point(x: halo.midX, y: halo.minY - 2), Point(x: halo.maxX + 2, y: halo.midY),
        Point(x: halo.midX, y: halo.maxY + 2), Point(x: halo.minX - 2, y: halo.midY),
      ]
      attributes.append(("d", PathData(corners, closed: true).text))
      canvas.svg.empty("path", attributes)
    }
  }

  /// Everything drawn, names included, with room around.
  private var frame: Rect {
    var boxes = scene.nodes.map { $0.bounds.grown(by: 3) }
    boxes += scene.nodes.filter { style.highlighted.contains($0.element) }.map { $0.bounds.grown(by: 9) }
    boxes += scene.nodes.compactMap { InnerText.placed(for: $0)?.covered }
    boxes += scene.edges.compactMap { $0.line.bounds?.grown(by: 6) }
    boxes += labels.nodeLabels.values.map(\.covered) + labels.edgeLabels.values.map(\.covered)
    guard let first = boxes.first else { return Rect(x: 0, y: 0, width: 100, height: 40) }
    let whole = boxes.dropFirst().reduce(first) { $0.union($1) }.grown(by: style.padding)
    let (left, top) = (whole.minX.rounded(.down), whole.minY.rounded(.down))
    return Rect(x: left, y: top, width: whole.maxX.rounded(.up) - left, height: whole.maxY.rounded(.up) - top)
  }
}

extension Canvas {
  /// Draws a node's body.
  mutating func figure(_ figure: Figure, in bounds: Rect) {
    switch figure {
    case .event(let event): self.event(event, in: bounds)
    case .activity(let activity): self.activity(activity, in: bounds)
    case .gateway(let symbol): gateway(symbol, in: bounds)
    case .pool(let container): pool(container, in: bounds)
    case .lane(let container): lane(container, in: bounds)
    case .dataObject(let object): dataObject(object, in: bounds)
    case .dataStore: dataStore(in: bounds)
    case .annotation: annotation(in: bounds)
    case .group: group(in: bounds)
    case .conversation: conversation(in: bounds)
    }
  }
}
