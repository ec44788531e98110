import BPMN
import Drawing

/// Lays out one process with its lanes, and the pool around it.
struct PoolLayout {
  private let document: Document
  private let process: ProcessDefinition
  /// The lanes that hold no other, from the top.
  private let leaves: [Handle<Lane>]

  private static let band = Canvas.nameBand

  init(_ process: Handle<ProcessDefinition>, in document: Document) {
    self.document = document
    self.process = document[process]
    leaves = Self.leaves(of: document[process].lanes, document, depth: 0)
  }

  private static func leaves(of lanes: [Handle<Lane>], _ document: Document, depth: Int) -> [Handle<Lane>] {
    lanes.flatMap { lane in
      let children = document[lane].children
      return children.isEmpty || depth >= Limits.nestingLevels
        ? [lane] : leaves(of: children, document, depth: depth + 1)
    }
  }

  /// The process alone: its lanes, where it has some, with what stands in them.
  func level() -> PlacedLevel {
    guard !leaves.isEmpty else { return LevelBuilder.level(LevelContents(process.contents), in: document) }
    let strayBand = process.contents.nodes.contains { leafIndex(of: $0) == nil } ? 1 : 0
    let content = LevelBuilder.level(
      LevelContents(process.contents), in: document, laneCount: leaves.count + strayBand,
      laneOf: { leafIndex(of: $0) ?? leaves.count })
    let indent = Double(laneDepth(process.lanes)) * Self.band
    var level = PlacedLevel(
      size: Size(width: content.size.width + indent + 2 * Spacing.padding, height: content.size.height))
    // With a single lane the level knows no bands: the lane then stands around all with the usual room.
    let isSingle = leaves.count + strayBand == 1
    let inset = isSingle ? Spacing.padding : 0
    level.size.height = max(level.size.height + 2 * inset, isSingle ? Spacing.laneHeight : 0)
    let bands = isSingle ? [(top: 0.0, height: level.size.height)] : content.lanes
    for lane in process.lanes { add(lane, bands, x: 0, width: level.size.width, to: &level, depth: 0) }
    level.add(content, at: Point(x: indent + Spacing.padding, y: (level.size.height - content.size.height) / 2))
    return level
  }

  /// The pool: the process inside, the name band left of it.
  func pool(_ participant: Handle<Participant>) -> PlacedLevel {
    let inner = level()
    let padding = leaves.isEmpty ? Spacing.padding : 0
    let size = Size(
      width: inner.size.width + Self.band + 2 * padding, height: max(inner.size.height + 2 * padding, 120))
    var pool = PlacedLevel(size: size)
    pool.addShape(
      .participant(participant), Rect(x: 0, y: 0, width: size.width, height: size.height), isHorizontal: true)
    pool.add(inner, at: Point(x: Self.band + padding, y: (size.height - inner.size.height) / 2))
    return pool
  }

  private func laneDepth(_ lanes: [Handle<Lane>], level: Int = 1) -> Int {
    guard level < Limits.nestingLevels else { return level }
    return lanes.map { lane in
      let children = document[lane].children
      return children.isEmpty ? level : laneDepth(children, level: level + 1)
    }.max() ?? 0
  }

  private func leafIndex(of node: Handle<FlowNode>) -> Int? {
    guard var lane = document.lane(of: node) else { return nil }
    for _ in 0..<Limits.nestingLevels {
      guard let child = document[lane].children.first else { break }
      lane = child
    }
    return leaves.firstIndex(of: lane)
  }

  private func add(
    _ lane: Handle<Lane>, _ bands: [(top: Double, height: Double)], x: Double, width: Double,
    to level: inout PlacedLevel,
    depth: Int
  ) {
    let own = Self.leaves(of: [lane], document, depth: depth).compactMap { leaves.firstIndex(of: $0) }
    guard let first = own.first, let last = own.last, bands.indices.contains(last) else { return }
    let bottom = bands[last].top + bands[last].height
    level.addShape(
      .lane(lane), Rect(x: x, y: bands[first].top, width: width - x, height: bottom - bands[first].top),
      isHorizontal: true)
    guard depth < Limits.nestingLevels else { return }
    for child in document[lane].children {
      add(child, bands, x: x + Self.band, width: width, to: &level, depth: depth + 1)
    }
  }
}
