import Drawing

/// A node as the layout sees it: a box around the line on which flows arrive and leave.
struct LayoutNode {
  /// Room in the column, name included.
  var width: Double
  /// Half the breadth of the body, where flows touch it.
  var halfBody: Double
  /// Room above and below the line of the flows.
  var above: Double
  var below: Double
  /// Half the height of the body, for flows that leave from a corner.
  var halfHeight: Double
  /// Which band it stands in, from the top.
  var lane = 0
  /// A diamond, whose upper and lower corners take flows too.
  var hasCorners = false
}

/// A flow between two nodes, given by their index.
struct LayoutEdge {
  var source: Int
  var target: Int
  /// Room that its name wants beside the source.
  var nameWidth = 0.0
  /// Of a flow that leaves downwards from the lower border: how far right of the middle it starts, how far below
  /// the line of the flows that is, and how far below it turns to the right.
  var exit: Exit?

  struct Exit {
    var x: Double
    var y: Double
    var turn: Double
  }
}

/// The input of the layout of one level.
struct LayoutGraph {
  var nodes: [LayoutNode] = []
  var edges: [LayoutEdge] = []
  /// How many bands there are; 1 without lanes.
  var laneCount = 1

  /// The nodes that hang together, each group in ascending order, groups by their first node.
  var components: [[Int]] {
    var parent = Array(nodes.indices)
    func root(_ node: Int) -> Int {
      var node = node
      while parent[node] != node {
        parent[node] = parent[parent[node]]
        node = parent[node]
      }
      return node
    }
    for edge in edges {
      let (a, b) = (root(edge.source), root(edge.target))
      parent[max(a, b)] = min(a, b)
    }
    return Dictionary(grouping: nodes.indices, by: root).sorted { $0.key < $1.key }.map(\.value)
  }

  /// The part that consists of some nodes and the edges between them, with the original index of each edge.
  func part(_ members: [Int]) -> (graph: LayoutGraph, edges: [Int]) {
    let place = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
    var part = LayoutGraph(nodes: members.map { nodes[$0] }, laneCount: laneCount)
    var kept: [Int] = []
    for (index, edge) in edges.enumerated() {
      guard let source = place[edge.source], let target = place[edge.target] else { continue }
      part.edges.append(LayoutEdge(source: source, target: target, nameWidth: edge.nameWidth, exit: edge.exit))
      kept.append(index)
    }
    return (part, kept)
  }
}

/// The output of the layout of one level; the upper left corner is 0, 0.
struct LayoutResult {
  /// For each node: the middle of its body across, and the line of its flows.
  var centers: [Point]
  /// For each edge.
  var routes: [[Point]]
  var size: Size
  /// Upper edge and height of each band.
  var lanes: [(top: Double, height: Double)]

  mutating func move(_ dx: Double, _ dy: Double) {
    centers = centers.map { $0.moved(dx, dy) }
    routes = routes.map { $0.map { $0.moved(dx, dy) } }
  }
}

/// Distances of the automatic layout, in px.
enum Spacing {
  /// Between rows of nodes.
  static let row = 30.0
  /// Between a node and a line that passes it.
  static let line = 16.0
  /// Least breadth of the channel between two columns.
  static let channel = 50.0
  /// Between parallel lines in a channel.
  static let track = 12.0
  /// Between the nodes of a lane, or of an opened sub-process, and its border.
  static let padding = 24.0
  /// Least height of a lane.
  static let laneHeight = 110.0
  /// Between pools, and between parts that do not hang together.
  static let gap = 40.0
}
