/// A tree that is drawn again and again while its jobs run. A frame is a pure function of the nodes, the size of the
/// terminal and the time.
package struct LiveTree: Hashable, Sendable {
  package var nodes: [LiveNode]
  /// A line below all nodes, which stays where there is room for two lines.
  package var footer: StyledText?

  package init(_ nodes: [LiveNode], footer: StyledText? = nil) {
    self.nodes = nodes
    self.footer = footer
  }

  /// The lines of one frame: at most `height` of them, none wider than `width`.
  ///
  /// Where there is no room for all nodes, what runs or failed is kept, and a last line counts the rest.
  ///
  /// - parameter time: Milliseconds of any clock; it only turns the spinners.
  package func frame(width: Int, height: Int, time: Int64, glyphs: Glyphs = .unicode) -> [StyledText] {
    guard let footer, height > 1 else { return body(width: width, height: height, time: time, glyphs: glyphs) }
    return body(width: width, height: height - 1, time: time, glyphs: glyphs) + [footer.truncated(to: width)]
  }

  private func body(width: Int, height: Int, time: Int64, glyphs: Glyphs) -> [StyledText] {
    let all = flattened()
    let kept = selection(all, height: height)
    let rows = kept.map { all[$0].row }
    let layout = LiveLayout(rows, width: width, glyphs: glyphs)
    let lines = rows.map { layout.line($0, time: time) }
    let hidden = Set(all.indices).subtracting(kept).sorted().map { all[$0].row.node.state }
    return height > 0 && !hidden.isEmpty ? lines + [remark(on: hidden, glyphs).truncated(to: width)] : lines
  }

  private struct Place {
    var row: LiveRow
    /// The best rank in the subtree: a parent is shown whenever one of its children is.
    var rank: Int
  }

  private func flattened() -> [Place] {
    var places: [Place] = []
    func visit(_ nodes: [LiveNode], depth: Int) -> Int {
      var best = Int.max
      for node in nodes {
        let index = places.count
        places.append(Place(row: LiveRow(node: node, depth: depth), rank: node.state.rank))
        places[index].rank = min(places[index].rank, visit(node.children, depth: depth + 1))
        best = min(best, places[index].rank)
      }
      return best
    }
    _ = visit(nodes, depth: 0)
    return places
  }

  /// The places to show, in the order of the tree.
  private func selection(_ places: [Place], height: Int) -> [Int] {
    guard places.count > height else { return Array(places.indices) }
    // Sorting by rank and place puts every parent before its children.
    let order = places.indices.sorted { (places[$0].rank, $0) < (places[$1].rank, $1) }
    return order.prefix(max(0, height - 1)).sorted()
  }

  private func remark(on hidden: [LiveNode.State], _ glyphs: Glyphs) -> StyledText {
    let counts = LiveNode.State.allCases.compactMap { state in
      let count = hidden.count { $0 == state }
      return count == 0 ? nil : "\(count) \(state.word)"
    }
    return StyledText("\(glyphs.ellipsis) \(hidden.count) more: \(counts.joined(separator: ", "))", .dim)
  }
}

/// A node and how deep it stands.
struct LiveRow: Hashable, Sendable {
  var node: LiveNode
  var depth: Int
}
