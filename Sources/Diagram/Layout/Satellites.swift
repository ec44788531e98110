import BPMN
import Drawing

/// Data and annotations that stand above the node they belong to.
struct Satellites {
  struct Item {
    var element: ElementReference
    var size: Size
    /// Room of a name above the figure.
    var label: Size
    /// The line between it and the node, and whether the node writes it.
    var connection: ElementReference
    var isOutput = false

    var width: Double { max(size.width, label.width) }
  }

  private(set) var items: [Handle<FlowNode>: [Item]] = [:]
  /// All that have a node to stand by.
  private(set) var placed: Set<ElementReference> = []

  static let gap = 24.0
  private static let spacing = 14.0

  /// - Parameters:
  ///   - nodes: the nodes of the level, in order; the first that uses a thing gets it.
  ///   - document: the model.
  init(of nodes: [Handle<FlowNode>], in document: Document) {
    let measures = NodeMeasures(document: document)
    for handle in nodes {
      let node = document[handle]
      for association in node.dataAssociations {
        let ends = EdgeLook(document: document).ends(of: document[association])
        guard case .data(let data)? = document[association].direction == .input ? ends.source : ends.target else {
          continue
        }
        let item = document[data]
        guard item.owner == nil, item.kind != .property else { continue }
        add(
          Item(
            element: .data(data), size: measures.body(of: item),
            label: measures.label(item.name ?? item.referent.flatMap { document[$0].name }),
            connection: .dataAssociation(association), isOutput: document[association].direction == .output),
          to: handle)
      }
      for association in node.associations {
        let ends = [document[association].source, document[association].target]
        for case .annotation(let annotation)? in ends {
          add(
            Item(
              element: .annotation(annotation), size: measures.annotation(document[annotation]),
              label: Size(width: 0, height: 0), connection: .association(association)), to: handle)
        }
      }
    }
  }

  private mutating func add(_ item: Item, to node: Handle<FlowNode>) {
    guard placed.insert(item.element).inserted else { return }
    items[node, default: []].append(item)
  }

  /// Room above the body of a node and the breadth of the row.
  func extent(of node: Handle<FlowNode>) -> Size {
    guard let row = items[node] else { return Size(width: 0, height: 0) }
    let width = row.reduce(0) { $0 + $1.width } + Self.spacing * Double(row.count - 1)
    return Size(width: width, height: Self.gap + (row.map { $0.size.height + $0.label.height }.max() ?? 0))
  }

  /// Shapes and lines above a body.
  func place(above body: Rect, of node: Handle<FlowNode>, into level: inout PlacedLevel) {
    guard let row = items[node] else { return }
    var x = body.midX - extent(of: node).width / 2
    for item in row {
      let bounds = Rect(
        x: x + (item.width - item.size.width) / 2, y: body.minY - Self.gap - item.size.height, width: item.size.width,
        height: item.size.height)
      let label = Rect(
        x: x + (item.width - item.label.width) / 2, y: bounds.minY - item.label.height, width: item.label.width,
        height: item.label.height)
      level.addShape(item.element, bounds, label: item.label.height > 0 ? label : nil)
      let foot = Point(x: bounds.midX, y: bounds.maxY)
      let head = Point(x: min(max(bounds.midX, body.minX + 8), body.maxX - 8), y: body.minY)
      level.addEdge(item.connection, item.isOutput ? [head, foot] : [foot, head])
      x += item.width + Self.spacing
    }
  }
}
