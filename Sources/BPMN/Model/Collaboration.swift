/// A `collaboration` (a `choreography` or `conversation` is an `UnknownElement`).
package struct Collaboration: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<Collaboration>
  package internal(set) var participants: [Handle<Participant>] = []
  package internal(set) var messageFlows: [Handle<MessageFlow>] = []
  package internal(set) var annotations: [Handle<TextAnnotation>] = []
  package internal(set) var groups: [Handle<ArtifactGroup>] = []
  package internal(set) var associations: [Handle<Association>] = []
}

/// A pool.
package struct Participant: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<Participant>
  package internal(set) var collaboration: Handle<Collaboration>
  /// The `processRef` as written.
  package internal(set) var processID: String?
  /// The process it shows; nil for a black box, and where `processID` names nothing in this file.
  package internal(set) var process: Handle<ProcessDefinition>?
  package internal(set) var multiplicity: Multiplicity?

  /// Whether the pool shows no process.
  package var isBlackBox: Bool { process == nil }
}

/// How many such participants take part.
package struct Multiplicity: Sendable, Equatable {
  package internal(set) var minimum: Int
  /// Nil when unbounded or not given.
  package internal(set) var maximum: Int?
}

/// A message that goes from one participant to another.
package struct MessageFlow: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<MessageFlow>
  package internal(set) var collaboration: Handle<Collaboration>
  package internal(set) var sourceID: String
  package internal(set) var targetID: String
  /// A participant or a flow node; nil when the id names nothing.
  package internal(set) var source: ElementReference?
  package internal(set) var target: ElementReference?
  /// The message it carries, when declared.
  package internal(set) var message: Handle<CatalogueEntry>?
}
