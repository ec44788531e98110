/// What only activities (tasks, sub-processes, call activities) have.
package struct ActivityDetails: Sendable, Equatable {
  package internal(set) var loop: Loop?
  package internal(set) var isForCompensation = false
  /// The boundary events on it, in document order.
  package internal(set) var boundaryEvents: [Handle<FlowNode>] = []
  package internal(set) var performers: [Performer] = []
  /// Of a sub-process: an event sub-process.
  package internal(set) var triggeredByEvent = false
  /// Of an ad-hoc sub-process: `Parallel` or `Sequential`, and when it is complete.
  package internal(set) var adHocOrdering: String?
  package internal(set) var completionCondition: FormalExpression?
  /// Of a send or receive task.
  package internal(set) var message: Handle<CatalogueEntry>?
  /// Of a receive task that starts the process.
  package internal(set) var instantiate = false
  /// The `implementation` attribute.
  package internal(set) var implementation: String?
  /// The operation of a service, send or receive task: its name where declared, else its id.
  package internal(set) var operation: String?
  package internal(set) var scriptFormat: String?
  package internal(set) var script: String?
  /// Of a call activity.
  package internal(set) var call: CallReference?
}

/// What a call activity says about the thing it calls; `ProcessSet` finds it.
package struct CallReference: Sendable, Equatable {
  /// The target as written; nil when absent.
  package internal(set) var written: String?
  package internal(set) var form: Form
  /// The namespace of the prefix, for `prefix:id`.
  package internal(set) var namespace: String?

  /// How the target is given.
  package enum Form: String, Sendable {
    /// An id of a process or global task, perhaps with prefix.
    case id
    /// The name of a process (apex).
    case name
    /// An expression, only known when the process runs.
    case expression
    /// A case of CMMN.
    case caseReference
    case absent
  }
}

/// Repetition of an activity.
package struct Loop: Sendable, Equatable {
  package internal(set) var kind: Kind
  /// Of a standard loop: go on while this holds.
  package internal(set) var condition: FormalExpression?
  package internal(set) var testBefore = false
  package internal(set) var maximum: Int?
  /// Of a multi-instance: how many, over what, and when it is complete.
  package internal(set) var cardinality: FormalExpression?
  package internal(set) var collection: String?
  package internal(set) var item: String?
  package internal(set) var completionCondition: FormalExpression?

  /// The three markers.
  package enum Kind: String, Sendable {
    case standard, parallelMultiInstance, sequentialMultiInstance
  }
}
