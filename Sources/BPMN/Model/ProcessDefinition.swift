/// A `process`: its own flow nodes, and those of its sub-processes, are in the document's arrays.
package struct ProcessDefinition: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<ProcessDefinition>
  /// Nil when the file does not say.
  package internal(set) var isExecutable: Bool?
  package internal(set) var isClosed = false
  package internal(set) var processType: String?
  /// The participants (pools) that show this process; usually one or none.
  package internal(set) var participants: [Handle<Participant>] = []
  package internal(set) var contents = ScopeContents()
  /// The lanes of the outermost lane sets.
  package internal(set) var lanes: [Handle<Lane>] = []
  /// All flow nodes at any depth, in document order.
  package internal(set) var allNodes: [Handle<FlowNode>] = []
  package internal(set) var performers: [Performer] = []
}

/// What stands directly in a process or a sub-process, in document order.
package struct ScopeContents: Sendable, Equatable {
  package internal(set) var nodes: [Handle<FlowNode>] = []
  package internal(set) var flows: [Handle<SequenceFlow>] = []
  package internal(set) var data: [Handle<DataItem>] = []
  package internal(set) var annotations: [Handle<TextAnnotation>] = []
  package internal(set) var groups: [Handle<ArtifactGroup>] = []
  package internal(set) var associations: [Handle<Association>] = []
}

/// A lane, in its lane set.
package struct Lane: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<Lane>
  package internal(set) var process: Handle<ProcessDefinition>
  /// The lane that this one divides.
  package internal(set) var parent: Handle<Lane>?
  package internal(set) var children: [Handle<Lane>] = []
  /// The name of the lane set, when it has one.
  package internal(set) var laneSetName: String?
  /// The flow nodes that this lane itself lists; those of its children are in the children.
  package internal(set) var nodes: [Handle<FlowNode>] = []
  /// `flowNodeRef`s that name nothing in the file.
  package internal(set) var danglingNodeIDs: [String] = []
}

/// Who performs an activity, from a BPMN resource role or a vendor's attribute.
package struct Performer: Sendable, Equatable {
  /// What the file calls the role: `potentialOwner`, `humanPerformer`, `assignee`, `candidateGroups` …
  package internal(set) var role: String
  /// The person, group or expression as written.
  package internal(set) var value: String
  /// `bpmn`, or the vendor: `camunda`, `zeebe`, `flowable` …
  package internal(set) var source: String
}
