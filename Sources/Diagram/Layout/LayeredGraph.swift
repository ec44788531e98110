/// A graph in columns in which every line leads from one column to the next only: where an edge passes columns, a
/// stand-in keeps a place for it in each.
struct LayeredGraph {
  struct Vertex {
    var layer: Int
    var lane: Int
    var above: Double
    var below: Double
    /// The node, or nil for a stand-in.
    var node: Int?
  }

  /// One edge as the chain of what it passes, in its own direction.
  struct Chain {
    var edge: Int
    var vertices: [Int]
    /// Leads back: turns round in the channel right of its source and in the one left of its target.
    var isBack: Bool
  }

  var vertices: [Vertex]
  var chains: [Chain] = []
  /// The vertices of each column, from the top.
  var layers: [[Int]]
  /// Neighbours in the column before and after.
  var before: [[Int]]
  var after: [[Int]]

  /// Nil when the stand-ins would be too many.
  init?(_ graph: LayoutGraph) {
    let back = CycleBreaking.backEdges(of: graph)
    let layerOf = Layering.layers(of: graph, without: back)
    vertices = graph.nodes.indices.map {
      let node = graph.nodes[$0]
      return Vertex(layer: layerOf[$0], lane: node.lane, above: node.above, below: node.below, node: $0)
    }
    let standIns = graph.edges.reduce(0) { $0 + abs(layerOf[$1.source] - layerOf[$1.target]) + 1 }
    guard standIns <= Limits.layeredStandIns else { return nil }
    layers = Array(repeating: [], count: (layerOf.max() ?? -1) + 1)
    before = []
    after = []
    for (index, edge) in graph.edges.enumerated() {
      addChain(index, edge, isBack: back.contains(index))
    }
    connect()
    arrange(graph)
  }

  private mutating func addChain(_ index: Int, _ edge: LayoutEdge, isBack: Bool) {
    let (from, to) = (vertices[edge.source].layer, vertices[edge.target].layer)
    let lane = vertices[isBack ? edge.source : edge.target].lane
    let passed = isBack ? Array((to...max(from, to)).reversed()) : Array((from + 1)..<max(to, from + 1))
    let standIns = passed.map { layer in
      vertices.append(Vertex(layer: layer, lane: lane, above: 0, below: 0))
      return vertices.count - 1
    }
    chains.append(Chain(edge: index, vertices: [edge.source] + standIns + [edge.target], isBack: isBack))
  }

  private mutating func connect() {
    before = Array(repeating: [], count: vertices.count)
    after = Array(repeating: [], count: vertices.count)
    for chain in chains {
      for (a, b) in zip(chain.vertices, chain.vertices.dropFirst()) {
        switch vertices[b].layer - vertices[a].layer {
        case 1:
          after[a].append(b)
          before[b].append(a)
        case -1:
          after[b].append(a)
          before[a].append(b)
        default: break
        }
      }
    }
  }

  /// A first order: depth first along the flows, so that what hangs together starts together; bands apart.
  private mutating func arrange(_ graph: LayoutGraph) {
    var seen = Array(repeating: false, count: vertices.count)
    var order: [Int] = []
    let starts = vertices.indices.sorted { (vertices[$0].layer, $0) < (vertices[$1].layer, $1) }
    for start in starts {
      var stack = [start]
      while let vertex = stack.popLast() {
        guard !seen[vertex] else { continue }
        seen[vertex] = true
        order.append(vertex)
        stack += after[vertex].reversed()
      }
    }
    for vertex in order { layers[vertices[vertex].layer].append(vertex) }
    sortIntoLanes()
  }

  private mutating func sortIntoLanes() {
    for layer in layers.indices {
      let place = Dictionary(uniqueKeysWithValues: layers[layer].enumerated().map { ($1, $0) })
      layers[layer].sort { (vertices[$0].lane, place[$0] ?? 0) < (vertices[$1].lane, place[$1] ?? 0) }
    }
  }
}
