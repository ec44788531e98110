import BPMN
import HTML
import ProcessFiles

/// The data that goes into and out of a node.
struct DataSection {
  private let context: PageContext
  private let model: Document
  private let node: FlowNode

  init(_ context: PageContext, _ reference: NodeReference) {
    self.context = context
    model = context.site.document(of: reference)
    node = model[reference.node]
  }

  func write(_ writer: inout HTMLWriter) {
    guard !node.dataAssociations.isEmpty || !node.inputsAndOutputs.isEmpty else { return }
    writer.section("data", "Data") { section in
      associations(&section)
      declared(&section)
    }
  }

  private func associations(_ writer: inout HTMLWriter) {
    let associations = node.dataAssociations.map { model[$0] }
    let rows = associations.compactMap(cells)
    guard !rows.isEmpty else { return }
    let hasHow = rows.contains { $0.last != "" }
    writer.table("Data in and out", ["", "Data", "What"] + (hasHow ? ["How"] : [])) { body in
      for row in rows { body.row((hasHow ? row : row.dropLast()).map(cell)) }
    }
  }

  private func cells(_ association: DataAssociation) -> [String]? {
    let ends = association.direction == .input ? association.sources : [association.target].compactMap(\.self)
    let items: [DataItem] = ends.compactMap { reference in
      guard case .data(let handle) = reference else { return nil }
      return model[handle]
    }
    guard !items.isEmpty || !association.assignments.isEmpty else { return nil }
    return [
      association.direction == .input ? "reads" : "writes", items.map(model.dataName).joined(separator: ", "),
      uniqued(items.map(Self.what)).joined(separator: ", "), how(association),
    ]
  }

  private static func what(_ item: DataItem) -> String {
    [item.kind.words, item.isCollection ? "collection" : nil, item.state.map { "state \(shortened($0))" }]
      .compactMap(\.self).joined(separator: ", ")
  }

  private func how(_ association: DataAssociation) -> String {
    let transformation = association.transformation.map { collapsingWhitespace($0.text) }
    let assignments = association.assignments.map { "\($0.to) = \($0.from)" }
    return shortened(([transformation].compactMap(\.self) + assignments).joined(separator: "; "), to: 600)
  }

  private func declared(_ writer: inout HTMLWriter) {
    let items = node.inputsAndOutputs.map { model[$0] }
    guard !items.isEmpty else { return }
    writer.element(.h3, text: "Declared inputs and outputs")
    writer.table("Declared inputs and outputs", ["Name", "What"]) { rows in
      for item in items { rows.row([cell(model.dataName(item)), cell(Self.what(item))]) }
    }
  }
}
