/// Gives every vertex its height, so that lines are straight where they can be.
struct RowAssignment {
  private let graph: LayeredGraph
  private let layers: [[Int]]
  /// Line of the flows of each vertex, from the top of its band.
  private(set) var y: [Double]
  private let shift: [[Int: Double]]

  /// - Parameter shifts: for an edge that leaves below the line of the flows, how far below.
  init(_ graph: LayeredGraph, layers: [[Int]], shifts: [Int: Double]) {
    self.graph = graph
    self.layers = layers
    y = Array(repeating: 0, count: graph.vertices.count)
    var shift = Array(repeating: [Int: Double](), count: graph.vertices.count)
    for chain in graph.chains {
      if let amount = shifts[chain.edge] { shift[chain.vertices[1]][chain.vertices[0]] = amount }
    }
    self.shift = shift
    run()
  }

  private mutating func run() {
    let bands = Set(graph.vertices.map(\.lane)).sorted()
    let members = bands.map { band in layers.map { $0.filter { graph.vertices[$0].lane == band } } }
    for columns in members {
      for column in columns { stack(column) }
      for sweep in 0..<6 { self.sweep(columns, forward: sweep.isMultiple(of: 2)) }
      self.sweep(columns, forward: true)
      straighten(columns)
      normalise(columns)
    }
  }

  private mutating func stack(_ column: [Int]) {
    var previous: Int?
    for vertex in column {
      if let before = previous { y[vertex] = y[before] + separation(before, vertex) }
      previous = vertex
    }
  }

  private func separation(_ upper: Int, _ lower: Int) -> Double {
    let (a, b) = (graph.vertices[upper], graph.vertices[lower])
    return a.below + b.above + (a.node == nil || b.node == nil ? Spacing.line : Spacing.row)
  }

  private mutating func sweep(_ columns: [[Int]], forward: Bool) {
    for column in forward ? columns : columns.reversed() where !column.isEmpty {
      let wishes = column.map { wish($0, forward: forward) }
      place(column, wishes: wishes)
    }
  }

  /// The median of the neighbours' lines in the same band, weighted for chains of stand-ins; else where it is.
  private func wish(_ vertex: Int, forward: Bool) -> (y: Double, weight: Double) {
    let neighbours = (forward ? graph.before : graph.after)[vertex].filter {
      graph.vertices[$0].lane == graph.vertices[vertex].lane
    }
    guard !neighbours.isEmpty else { return (y[vertex], 0.05) }
    let lines = neighbours.map { y[$0] + (shift[vertex][$0] ?? 0) }.sorted()
    let middle = (lines[(lines.count - 1) / 2] + lines[lines.count / 2]) / 2
    let passesOn = graph.vertices[vertex].node == nil && neighbours.contains { graph.vertices[$0].node == nil }
    return (middle, passesOn ? 4 : 1)
  }

  /// The heights nearest to the wishes (least squares) that keep the order and the distances: neighbours that would
  /// come too near are pooled and share their mean wish (pool adjacent violators).
  private mutating func place(_ column: [Int], wishes: [(y: Double, weight: Double)]) {
    var offsets = [0.0]
    for (a, b) in zip(column, column.dropFirst()) { offsets.append(offsets[offsets.count - 1] + separation(a, b)) }
    var pools: [(sum: Double, weight: Double, count: Int)] = []
    for (index, wish) in wishes.enumerated() {
      pools.append(((wish.y - offsets[index]) * wish.weight, wish.weight, 1))
      while pools.count > 1 {
        let (lower, upper) = (pools[pools.count - 1], pools[pools.count - 2])
        guard lower.sum / lower.weight < upper.sum / upper.weight else { break }
        pools.removeLast()
        pools[pools.count - 1] = (upper.sum + lower.sum, upper.weight + lower.weight, upper.count + lower.count)
      }
    }
    var index = 0
    for pool in pools {
      for _ in 0..<pool.count {
        y[column[index]] = ((pool.sum / pool.weight + offsets[index]) * 2).rounded() / 2
        index += 1
      }
    }
  }

  /// A step that moves less than this is taken for an accident of the balance, in px.
  private static let smallStep = 24.0

  /// Takes small steps out of chains, from the right: a vertex with a single successor moves to its line where the
  /// neighbours in the column leave room.
  private mutating func straighten(_ columns: [[Int]]) {
    for column in columns.reversed() {
      for (place, vertex) in column.enumerated() {
        let next = graph.after[vertex]
        guard next.count == 1, graph.vertices[next[0]].lane == graph.vertices[vertex].lane,
          shift[next[0]][vertex] == nil, abs(y[next[0]] - y[vertex]) <= Self.smallStep
        else { continue }
        let wanted = y[next[0]]
        let isFreeAbove = place == 0 || wanted - y[column[place - 1]] >= separation(column[place - 1], vertex)
        let isFreeBelow =
          place == column.count - 1 || y[column[place + 1]] - wanted >= separation(vertex, column[place + 1])
        if isFreeAbove, isFreeBelow { y[vertex] = wanted }
      }
    }
  }

  /// Moves the band so that its uppermost box begins at 0.
  private mutating func normalise(_ columns: [[Int]]) {
    let members = columns.joined()
    guard let top = members.map({ y[$0] - graph.vertices[$0].above }).min() else { return }
    for vertex in members { y[vertex] -= top }
  }
}
