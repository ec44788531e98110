/// Gives every node its column.
enum Layering {
  /// The longest way from a node without predecessor decides; a node that nothing leads to stands directly before
  /// its first successor. Edges in `back` are left out.
  static func layers(of graph: LayoutGraph, without back: Set<Int>) -> [Int] {
    var outgoing = Array(repeating: [Int](), count: graph.nodes.count)
    var waiting = Array(repeating: 0, count: graph.nodes.count)
    for (index, edge) in graph.edges.enumerated() where !back.contains(index) {
      outgoing[edge.source].append(edge.target)
      waiting[edge.target] += 1
    }
    let sources = graph.nodes.indices.filter { waiting[$0] == 0 }
    var layers = Array(repeating: 0, count: graph.nodes.count)
    var ready = sources
    var next = 0
    while next < ready.count {
      let node = ready[next]
      next += 1
      for target in outgoing[node] {
        layers[target] = max(layers[target], layers[node] + 1)
        waiting[target] -= 1
        if waiting[target] == 0 { ready.append(target) }
      }
    }
    for source in sources {
      if let first = outgoing[source].map({ layers[$0] }).min() { layers[source] = max(0, first - 1) }
    }
    return layers
  }
}
