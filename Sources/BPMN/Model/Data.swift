/// A data object, store, input, output or property.
package struct DataItem: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<DataItem>
  package internal(set) var kind: Kind
  /// Where it stands; nil for a data store, which belongs to the file.
  package internal(set) var scope: Scope?
  /// The flow node whose input, output or property it is.
  package internal(set) var owner: Handle<FlowNode>?
  package internal(set) var isCollection = false
  /// The state shown in brackets below the name.
  package internal(set) var state: String?
  /// Of a reference: the object or store it stands for.
  package internal(set) var referent: Handle<DataItem>?
  package internal(set) var itemDefinitionID: String?

  package enum Kind: String, Sendable, CaseIterable {
    case dataObject, dataObjectReference, dataStore, dataStoreReference, dataInput, dataOutput, property
  }
}

/// Data that goes into or out of an activity or event.
package struct DataAssociation: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<DataAssociation>
  package internal(set) var owner: Handle<FlowNode>
  package internal(set) var direction: Direction
  package internal(set) var sourceIDs: [String] = []
  package internal(set) var targetID: String?
  /// What the ids name: data, or the owner itself where its own input or output is meant by some tools.
  package internal(set) var sources: [ElementReference] = []
  package internal(set) var target: ElementReference?
  package internal(set) var transformation: FormalExpression?
  package internal(set) var assignments: [Assignment] = []

  /// As seen from the owner.
  package enum Direction: String, Sendable {
    case input, output
  }

  /// `from` becomes `to`.
  package struct Assignment: Sendable, Equatable {
    package internal(set) var from: String
    package internal(set) var to: String
  }
}
