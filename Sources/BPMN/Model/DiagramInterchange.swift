/// A point; x to the right, y down, in the file's units (pixels at 100 %).
package struct Point: Hashable, Sendable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// A rectangle; all four numbers are finite.
package struct Bounds: Hashable, Sendable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}

/// One picture of the file: a `BPMNDiagram` and its only plane.
package struct DiagramPlane: Sendable, Equatable {
  package var diagramID: String
  package var diagramName: String?
  package var id: String
  /// The id of what it shows, as written.
  package var elementID: String?
  /// A process, collaboration or sub-process; where the file does not say, the first collaboration or process.
  package var element: ElementReference?
  package var shapes: [DiagramShape]
  package var edges: [DiagramEdge]
  package var line: Int

  package init(
    diagramID: String, diagramName: String? = nil, id: String = "", elementID: String? = nil,
    element: ElementReference? = nil, shapes: [DiagramShape] = [], edges: [DiagramEdge] = [], line: Int = 0
  ) {
    self.diagramID = diagramID
    self.diagramName = diagramName
    self.id = id
    self.elementID = elementID
    self.element = element
    self.shapes = shapes
    self.edges = edges
    self.line = line
  }
}

/// A shape on a plane.
package struct DiagramShape: Sendable, Equatable {
  package var id: String
  /// `bpmnElement` as written; nil when absent.
  package var elementID: String?
  /// What it shows; nil (with a warning of the document) when the id names nothing.
  package var element: ElementReference?
  package var bounds: Bounds
  /// Of pools and lanes; nil when not written.
  package var isHorizontal: Bool?
  /// Of sub-processes and call activities; nil when not written.
  package var isExpanded: Bool?
  /// Of exclusive gateways: whether the X is drawn; nil when not written.
  package var isMarkerVisible: Bool?
  package var label: DiagramLabel?
  package var colors: DiagramColors
  package var line: Int

  package init(
    id: String, elementID: String? = nil, element: ElementReference? = nil, bounds: Bounds, isHorizontal: Bool? = nil,
    isExpanded: Bool? = nil, isMarkerVisible: Bool? = nil, label: DiagramLabel? = nil,
    colors: DiagramColors = DiagramColors(), line: Int = 0
  ) {
    self.id = id
    self.elementID = elementID
    self.element = element
    self.bounds = bounds
    self.isHorizontal = isHorizontal
    self.isExpanded = isExpanded
    self.isMarkerVisible = isMarkerVisible
    self.label = label
    self.colors = colors
    self.line = line
  }
}

/// An edge on a plane.
package struct DiagramEdge: Sendable, Equatable {
  package var id: String
  package var elementID: String?
  package var element: ElementReference?
  /// At least two; an edge with fewer is dropped with a warning.
  package var waypoints: [Point]
  package var label: DiagramLabel?
  package var colors: DiagramColors
  /// `messageVisibleKind` of a message flow: `initiating` or `non_initiating`; nil when not written.
  package var messageVisibleKind: String?
  package var line: Int

  package init(
    id: String, elementID: String? = nil, element: ElementReference? = nil, waypoints: [Point],
    label: DiagramLabel? = nil, colors: DiagramColors = DiagramColors(), messageVisibleKind: String? = nil,
    line: Int = 0
  ) {
    self.id = id
    self.elementID = elementID
    self.element = element
    self.waypoints = waypoints
    self.label = label
    self.colors = colors
    self.messageVisibleKind = messageVisibleKind
    self.line = line
  }
}

/// The label of a shape or edge.
package struct DiagramLabel: Sendable, Equatable {
  /// Nil when the file leaves the place to the tool.
  package var bounds: Bounds?
  package var color: String?

  package init(bounds: Bounds? = nil, color: String? = nil) {
    self.bounds = bounds
    self.color = color
  }
}

/// Colours from "BPMN in Color", else from bpmn.io's `bioc`. Untrusted text: check before it goes into a picture.
package struct DiagramColors: Sendable, Equatable {
  package var fill: String?
  package var stroke: String?

  package init(fill: String? = nil, stroke: String? = nil) {
    self.fill = fill
    self.stroke = stroke
  }
}
