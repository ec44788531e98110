import BPMN

extension Site {
  /// The pages that have to be written before a page, each once; never in a circle.
  func children(of page: PageID) -> [PageID] {
    switch page {
    case .node(let reference): called(by: reference).map { [.process($0)] } ?? children(of: reference)
    case .process(let reference): nodes(set[reference].contents.nodes, in: reference.document)
    case .file(let document):
      set.documents[document].processes.map { .process(ProcessReference(document: document, process: $0.handle)) }
    case .index: set.documents.indices.map(PageID.file)
    case .glossary: []
    }
  }

  /// The process whose page a call activity's page is written after; nil where that would lead in a circle.
  func called(by node: NodeReference) -> ProcessReference? {
    guard !cutCalls.contains(node) else { return nil }
    return set.call(of: node)?.process
  }

  private func children(of node: NodeReference) -> [PageID] {
    nodes(set[node].children, in: node.document)
  }

  private func nodes(_ handles: [Handle<FlowNode>], in document: Int) -> [PageID] {
    handles.map { .node(NodeReference(document: document, node: $0)) }
  }
}
