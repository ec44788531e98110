/// Several files that may call each other, with their calls resolved.
package struct ProcessSet: Sendable {
  /// In the order given.
  package let documents: [Document]
  /// What every call activity of every file calls, in order of file and element.
  package internal(set) var calls: [Call] = []

  var callsByNode: [NodeReference: Int] = [:]
}

/// A flow node in one of the files.
package struct NodeReference: Hashable, Sendable {
  /// The index in `ProcessSet.documents`.
  package let document: Int
  package let node: Handle<FlowNode>

  package init(document: Int, node: Handle<FlowNode>) {
    self.document = document
    self.node = node
  }
}

/// A process in one of the files.
package struct ProcessReference: Hashable, Sendable {
  /// The index in `ProcessSet.documents`.
  package let document: Int
  package let process: Handle<ProcessDefinition>

  package init(document: Int, process: Handle<ProcessDefinition>) {
    self.document = document
    self.process = process
  }
}

/// A call activity and what it calls.
package struct Call: Sendable, Equatable {
  package let caller: NodeReference
  /// The process that the call activity belongs to.
  package let callerProcess: ProcessReference
  package let written: String?
  package let target: Target
  /// Whether following the calls leads back to the caller's process.
  package internal(set) var recursion: Recursion = .none

  /// What was found.
  package enum Target: Sendable, Equatable {
    case process(ProcessReference)
    case globalTask(document: Int, task: Handle<GlobalTask>)
    /// Only known when the process runs.
    case expression(String)
    /// A case model, which is not BPMN.
    case caseReference(String)
    /// Nothing of that id or name is in the files.
    case unresolved(String)
    /// More than one process of that id or name; none is chosen.
    case ambiguous(String, candidates: [ProcessReference])
    /// The call activity does not say what it calls.
    case absent
  }

  package enum Recursion: Sendable, Equatable {
    case none
    /// The process calls itself.
    case itself
    /// The processes on the way back, the caller's first.
    case cycle([ProcessReference])
  }

  /// The called process, when there is exactly one.
  package var process: ProcessReference? {
    guard case .process(let reference) = target else { return nil }
    return reference
  }
}

extension ProcessSet {
  package subscript(_ reference: NodeReference) -> FlowNode { documents[reference.document][reference.node] }
  package subscript(_ reference: ProcessReference) -> ProcessDefinition {
    documents[reference.document][reference.process]
  }

  /// What a call activity calls; nil for every other node.
  package func call(of node: NodeReference) -> Call? {
    callsByNode[node].map { calls[$0] }
  }

  /// The calls of a process, in document order.
  package func callers(of process: ProcessReference) -> [Call] {
    calls.filter { $0.process == process }
  }

  /// All processes, in order of file and element.
  package var processes: [ProcessReference] {
    documents.indices.flatMap { index in
      documents[index].processes.map { ProcessReference(document: index, process: $0.handle) }
    }
  }
}
