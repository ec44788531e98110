/// One BPMN file. Every kind of element has an array in document order, and a handle is a place in it; references
/// are resolved once, when the file is read, so that every accessor is cheap.
package struct Document: Sendable, Equatable {
  /// The name that errors and pages show; as given, not opened.
  package internal(set) var fileName: String
  /// Of the `definitions` element.
  package internal(set) var common: ElementCommon
  package internal(set) var targetNamespace: String?
  package internal(set) var exporter: String?
  package internal(set) var exporterVersion: String?
  package internal(set) var expressionLanguage: String?
  package internal(set) var imports: [ImportDeclaration] = []

  package internal(set) var processes: [ProcessDefinition] = []
  package internal(set) var collaborations: [Collaboration] = []
  package internal(set) var participants: [Participant] = []
  package internal(set) var messageFlows: [MessageFlow] = []
  package internal(set) var lanes: [Lane] = []
  package internal(set) var nodes: [FlowNode] = []
  package internal(set) var flows: [SequenceFlow] = []
  package internal(set) var data: [DataItem] = []
  package internal(set) var dataAssociations: [DataAssociation] = []
  package internal(set) var annotations: [TextAnnotation] = []
  package internal(set) var groups: [ArtifactGroup] = []
  package internal(set) var associations: [Association] = []
  package internal(set) var catalogue: [CatalogueEntry] = []
  package internal(set) var globalTasks: [GlobalTask] = []
  package internal(set) var unknownElements: [UnknownElement] = []
  package internal(set) var planes: [DiagramPlane] = []

  /// What was wrong and tolerated, by line.
  package internal(set) var warnings: [ParseWarning] = []

  /// By id, in document order: more than one where the file doubles an id.
  var referencesByID: [String: [ElementReference]] = [:]
  /// Of `nodes`, by index.
  var titles: [Title] = []
}

extension Document {
  package subscript(_ handle: Handle<ProcessDefinition>) -> ProcessDefinition { processes[handle.index] }
  package subscript(_ handle: Handle<Collaboration>) -> Collaboration { collaborations[handle.index] }
  package subscript(_ handle: Handle<Participant>) -> Participant { participants[handle.index] }
  package subscript(_ handle: Handle<MessageFlow>) -> MessageFlow { messageFlows[handle.index] }
  package subscript(_ handle: Handle<Lane>) -> Lane { lanes[handle.index] }
  package subscript(_ handle: Handle<FlowNode>) -> FlowNode { nodes[handle.index] }
  package subscript(_ handle: Handle<SequenceFlow>) -> SequenceFlow { flows[handle.index] }
  package subscript(_ handle: Handle<DataItem>) -> DataItem { data[handle.index] }
  package subscript(_ handle: Handle<DataAssociation>) -> DataAssociation { dataAssociations[handle.index] }
  package subscript(_ handle: Handle<TextAnnotation>) -> TextAnnotation { annotations[handle.index] }
  package subscript(_ handle: Handle<ArtifactGroup>) -> ArtifactGroup { groups[handle.index] }
  package subscript(_ handle: Handle<Association>) -> Association { associations[handle.index] }
  package subscript(_ handle: Handle<CatalogueEntry>) -> CatalogueEntry { catalogue[handle.index] }
  package subscript(_ handle: Handle<GlobalTask>) -> GlobalTask { globalTasks[handle.index] }
  package subscript(_ handle: Handle<UnknownElement>) -> UnknownElement { unknownElements[handle.index] }

  /// The common part (id, key, name, line …) of whatever is referred to.
  package subscript(_ reference: ElementReference) -> ElementCommon {
    switch reference {
    case .process(let handle): self[handle].common
    case .collaboration(let handle): self[handle].common
    case .participant(let handle): self[handle].common
    case .lane(let handle): self[handle].common
    case .node(let handle): self[handle].common
    case .flow(let handle): self[handle].common
    case .messageFlow(let handle): self[handle].common
    case .data(let handle): self[handle].common
    case .dataAssociation(let handle): self[handle].common
    case .association(let handle): self[handle].common
    case .annotation(let handle): self[handle].common
    case .group(let handle): self[handle].common
    case .catalogue(let handle): self[handle].common
    case .globalTask(let handle): self[handle].common
    case .unknown(let handle): self[handle].common
    }
  }

  /// The first element of that id; nil when there is none.
  package func element(id: String) -> ElementReference? {
    referencesByID[id]?.first
  }

  /// All elements of that id, in document order.
  package func elements(id: String) -> [ElementReference] {
    referencesByID[id] ?? []
  }

  /// The first flow node of that id.
  package func node(id: String) -> FlowNode? {
    for case .node(let handle) in elements(id: id) { return self[handle] }
    return nil
  }

  /// What stands directly in a process or sub-process.
  package func contents(of scope: Scope) -> ScopeContents {
    switch scope {
    case .process(let handle): self[handle].contents
    case .subProcess(let handle): self[handle].contents
    }
  }
}
