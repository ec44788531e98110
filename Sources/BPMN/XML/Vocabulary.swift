/// The namespaces that the model reads; everything else is a vendor's.
enum Vocabulary: Sendable, Equatable {
  case bpmn, bpmnDiagram, diagramCommon, diagramInterchange, bioColor, omgColor, schemaInstance
  case none
  case foreign

  init(namespace: String) {
    self = namespace.isEmpty ? .none : Self.namespaces[namespace] ?? .foreign
  }

  /// By the prefix that tools always use, for files that forgot to declare it.
  init?(undeclaredPrefix prefix: String) {
    guard let vocabulary = Self.usualPrefixes[prefix] else { return nil }
    self = vocabulary
  }

  static let bpmnNamespace = "http://www.omg.org/spec/BPMN/20100524/MODEL"

  private static let namespaces: [String: Vocabulary] = [
    bpmnNamespace: .bpmn,
    "http://schema.omg.org/spec/BPMN/2.0": .bpmn,
    "http://www.omg.org/spec/BPMN/20100524/DI": .bpmnDiagram,
    "http://www.omg.org/spec/DD/20100524/DC": .diagramCommon,
    "http://www.omg.org/spec/DD/20100524/DI": .diagramInterchange,
    "http://bpmn.io/schema/bpmn/biocolor/1.0": .bioColor,
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0": .omgColor,
    "http://www.w3.org/2001/XMLSchema-instance": .schemaInstance,
  ]

  private static let usualPrefixes: [String: Vocabulary] = [
    "bpmn": .bpmn, "bpmn2": .bpmn, "semantic": .bpmn, "model": .bpmn,
    "bpmndi": .bpmnDiagram,
    "dc": .diagramCommon, "omgdc": .diagramCommon,
    "di": .diagramInterchange, "omgdi": .diagramInterchange,
    "bioc": .bioColor, "color": .omgColor, "xsi": .schemaInstance,
  ]
}
