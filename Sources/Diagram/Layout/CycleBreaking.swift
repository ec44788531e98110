/// Finds the edges that lead back, so that the rest has no cycle.
enum CycleBreaking {
  /// Indices of the edges that a depth-first walk, begun at the nodes without predecessor in their order, meets on
  /// its own path; loops on one node included. The walk keeps its own stack: depth is bounded by memory only.
  static func backEdges(of graph: LayoutGraph) -> Set<Int> {
    var outgoing = Array(repeating: [Int](), count: graph.nodes.count)
    var entered = Array(repeating: 0, count: graph.nodes.count)
    for (index, edge) in graph.edges.enumerated() {
      outgoing[edge.source].append(index)
      if edge.source != edge.target { entered[edge.target] += 1 }
    }
    let starts = graph.nodes.indices.filter { entered[$0] == 0 } + graph.nodes.indices.filter { entered[$0] > 0 }
    var walk = Walk(count: graph.nodes.count)
    for start in starts { walk.visit(from: start, outgoing: outgoing, edges: graph.edges) }
    return walk.back
  }

  private struct Walk {
    enum Mark { case new, open, done }

    var marks: [Mark]
    var back: Set<Int> = []

    init(count: Int) { marks = Array(repeating: .new, count: count) }

    mutating func visit(from start: Int, outgoing: [[Int]], edges: [LayoutEdge]) {
      guard marks[start] == .new else { return }
      var stack: [(node: Int, next: Int)] = [(start, 0)]
      marks[start] = .open
      while let (node, next) = stack.last {
        guard next < outgoing[node].count else {
          marks[node] = .done
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let edge = outgoing[node][next]
        let target = edges[edge].target
        switch marks[target] {
        case .new:
          marks[target] = .open
          stack.append((target, 0))
        case .open: back.insert(edge)
        case .done: break
        }
      }
    }
  }
}
