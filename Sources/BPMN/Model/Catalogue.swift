/// Something declared once for the whole file and referred to by id.
package struct CatalogueEntry: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<CatalogueEntry>
  package internal(set) var kind: Kind
  /// `errorCode` or `escalationCode`.
  package internal(set) var code: String?
  /// The item definition (of messages, errors, signals), or its `structureRef` for an item definition.
  package internal(set) var structure: String?
  /// The flow nodes that refer to it, in document order.
  package internal(set) var users: [Handle<FlowNode>] = []

  package enum Kind: String, Sendable, CaseIterable {
    case message, error, signal, escalation, itemDefinition, resource, interface, operation
  }
}

/// A task defined for reuse, for call activities to call.
package struct GlobalTask: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<GlobalTask>
  package internal(set) var kind: Kind
  package internal(set) var performers: [Performer] = []
  package internal(set) var scriptFormat: String?
  package internal(set) var script: String?

  package enum Kind: String, Sendable, CaseIterable {
    case globalTask, globalUserTask, globalManualTask, globalScriptTask, globalBusinessRuleTask
  }
}

/// An `import` of the file.
package struct ImportDeclaration: Sendable, Equatable {
  package internal(set) var namespace: String
  package internal(set) var location: String
  package internal(set) var importType: String
  package internal(set) var line: Int
}
