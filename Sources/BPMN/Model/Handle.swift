/// The place of an element in its document: cheap to keep, to compare and to look up, and unlike an id
/// always unique. A handle means something only together with the document it came from.
package struct Handle<Element>: Hashable, Comparable, Sendable {
  /// The position in the document's array of that kind of element, which is in document order.
  package let index: Int

  package init(_ index: Int) {
    self.index = index
  }

  package static func < (left: Self, right: Self) -> Bool {
    left.index < right.index
  }
}

/// A reference to any element of a document that another element, or a shape, can point at.
package enum ElementReference: Hashable, Sendable {
  case process(Handle<ProcessDefinition>)
  case collaboration(Handle<Collaboration>)
  case participant(Handle<Participant>)
  case lane(Handle<Lane>)
  case node(Handle<FlowNode>)
  case flow(Handle<SequenceFlow>)
  case messageFlow(Handle<MessageFlow>)
  case data(Handle<DataItem>)
  case dataAssociation(Handle<DataAssociation>)
  case association(Handle<Association>)
  case annotation(Handle<TextAnnotation>)
  case group(Handle<ArtifactGroup>)
  case catalogue(Handle<CatalogueEntry>)
  case globalTask(Handle<GlobalTask>)
  case unknown(Handle<UnknownElement>)
}

/// What holds flow nodes: a process, or a sub-process.
package enum Scope: Hashable, Sendable {
  case process(Handle<ProcessDefinition>)
  case subProcess(Handle<FlowNode>)
}
