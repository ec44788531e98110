import BPMN
import Drawing

/// How much room elements take where the model does not say.
struct NodeMeasures {
  let document: Document

  static let event = Size(width: 36, height: 36)
  static let gateway = Size(width: 50, height: 50)
  static let dataObject = Size(width: 36, height: 50)
  static let dataStore = Size(width: 50, height: 50)
  private static let labelSize = 11.0
  private static let labelWidth = 90.0

  /// Body of a node that is drawn closed. A task with a long name is broader.
  func body(of node: FlowNode) -> Size {
    if node.kind.isEvent { return Self.event }
    if node.kind.isGateway { return Self.gateway }
    let name = LabelText.cleaned(node.name ?? "")
    let width = [100.0, 130, 160].first { WrappedText(name, width: $0 - 14, size: 12).height <= 46 } ?? 190
    let height = WrappedText(name, width: width - 14, size: 12).height
    return Size(width: width, height: max(80, min(height + 34, 200)))
  }

  /// Room of a name that stands outside; zero without a name.
  func label(_ name: String?) -> Size {
    guard let name, !name.isEmpty else { return Size(width: 0, height: 0) }
    let text = WrappedText(LabelText.cleaned(name), width: Self.labelWidth, size: Self.labelSize)
    return Size(width: text.width, height: text.height + 6)
  }

  /// Size of an annotation's bracket.
  func annotation(_ annotation: TextAnnotation) -> Size {
    let text = LabelText.cleaned(annotation.text)
    let width = [110.0, 160, 220].first { WrappedText(text, width: $0 - 8, size: 12).height <= 60 } ?? 280
    return Size(width: width, height: WrappedText(text, width: width - 8, size: 12).height + 8)
  }

  func body(of item: DataItem) -> Size {
    item.kind == .dataStore || item.kind == .dataStoreReference ? Self.dataStore : Self.dataObject
  }
}
