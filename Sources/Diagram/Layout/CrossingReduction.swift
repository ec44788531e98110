/// Reorders the columns so that few lines cross.
struct CrossingReduction {
  private var graph: LayeredGraph
  /// Place of each vertex in its column.
  private var place: [Int]

  private init(_ graph: LayeredGraph) {
    self.graph = graph
    place = Array(repeating: 0, count: graph.vertices.count)
    for layer in graph.layers { number(layer) }
  }

  /// The columns in the best order met while sweeping to and fro, each vertex set to the mean place of its
  /// neighbours in the column swept last (the barycentre heuristic of Sugiyama); bands stay apart.
  static func reduced(_ graph: LayeredGraph) -> [[Int]] {
    var state = CrossingReduction(graph)
    var best = state.graph.layers
    var fewest = state.crossings
    let sweeps = graph.vertices.count > 2_000 ? 4 : Limits.crossingSweeps
    for sweep in 0..<sweeps where fewest > 0 {
      state.sweep(forward: sweep.isMultiple(of: 2))
      let crossings = state.crossings
      if crossings < fewest {
        fewest = crossings
        best = state.graph.layers
      }
    }
    return best
  }

  private mutating func number(_ layer: [Int]) {
    for (index, vertex) in layer.enumerated() { place[vertex] = index }
  }

  private mutating func sweep(forward: Bool) {
    let order = forward ? Array(graph.layers.indices) : graph.layers.indices.reversed()
    for layer in order {
      let neighbours = forward ? graph.before : graph.after
      var wish: [Int: Double] = [:]
      for vertex in graph.layers[layer] { wish[vertex] = mean(neighbours[vertex]) ?? Double(place[vertex]) }
      graph.layers[layer].sort {
        let first = (graph.vertices[$0].lane, wish[$0] ?? 0, place[$0])
        return first < (graph.vertices[$1].lane, wish[$1] ?? 0, place[$1])
      }
      number(graph.layers[layer])
    }
  }

  private func mean(_ neighbours: [Int]) -> Double? {
    neighbours.isEmpty ? nil : Double(neighbours.reduce(0) { $0 + place[$1] }) / Double(neighbours.count)
  }

  /// Crossings of all neighbouring columns.
  private var crossings: Int { graph.layers.reduce(0) { $0 + crossings(after: $1) } }

  /// Pairs of lines that cross are inversions of the places of their ends; counted in a tree of sums.
  private func crossings(after layer: [Int]) -> Int {
    let ends = layer.flatMap { graph.after[$0].map { place[$0] }.sorted() }
    guard let last = ends.max() else { return 0 }
    var tree = Array(repeating: 0, count: last + 2)
    var result = 0
    for (count, end) in ends.enumerated() {
      var notGreater = 0
      var index = end + 1
      while index > 0 {
        notGreater += tree[index]
        index -= index & -index
      }
      result += count - notGreater
      index = end + 1
      while index < tree.count {
        tree[index] += 1
        index += index & -index
      }
    }
    return result
  }
}
