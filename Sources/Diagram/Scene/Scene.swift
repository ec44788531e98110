import BPMN
import Drawing

/// All that one picture shows, in places; made from the model's own layout or from an automatic one.
struct Scene: Sendable {
  /// Name of the whole, for the picture's title.
  var title: String
  var nodes: [SceneNode] = []
  var edges: [SceneEdge] = []
  /// What could not be drawn, in sentences.
  var warnings: [String] = []

  /// Position of the first node of each element.
  var nodeIndex: [ElementReference: Int] {
    Dictionary(nodes.indices.map { (nodes[$0].element, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

/// A figure at its place.
struct SceneNode: Sendable {
  var element: ElementReference
  /// Identity in the document; several nodes of a scene share it where a file draws an element twice.
  var key: String
  var figure: Figure
  var bounds: Rect
  var name: String
  /// Where the model's own layout wants the name, for names outside of the figure.
  var labelBounds: Rect?
  var colours = RequestedColours()
  /// What the element is, in words: "User task".
  var kindWords: String
  /// Events on its border, for the name inside to keep clear of.
  var coveredBy: [Rect] = []
}

/// A line at its place.
struct SceneEdge: Sendable {
  var element: ElementReference
  var key: String
  var figure: EdgeFigure
  var waypoints: [Point]
  var name: String
  var labelBounds: Rect?
  /// The name stands near the start rather than in the middle.
  var isNamedAtStart = false
  var colours = RequestedColours()
  var kindWords: String
  var source: ElementReference?
  var target: ElementReference?

  var line: Polyline { Polyline(points: waypoints) }
}
