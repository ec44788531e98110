/// A task, sub-process, call activity, event or gateway.
package struct FlowNode: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<FlowNode>
  package internal(set) var kind: Kind
  package internal(set) var process: Handle<ProcessDefinition>
  /// The sub-process it stands in; nil directly under the process.
  package internal(set) var parent: Handle<FlowNode>?
  /// 0 directly under the process.
  package internal(set) var depth: Int
  /// Sequence flows by their own `sourceRef`/`targetRef`, in document order (what `incoming`/`outgoing` elements say is
  /// only checked: many tools do not write them).
  package internal(set) var incoming: [Handle<SequenceFlow>] = []
  package internal(set) var outgoing: [Handle<SequenceFlow>] = []
  /// The innermost lane that lists it; see `Document.lane(of:)` for the one it stands in.
  package internal(set) var listedLane: Handle<Lane>?
  /// Message flows that end and begin here.
  package internal(set) var messagesIn: [Handle<MessageFlow>] = []
  package internal(set) var messagesOut: [Handle<MessageFlow>] = []
  /// Associations that touch it: to annotations, compensation handlers, data.
  package internal(set) var associations: [Handle<Association>] = []
  /// The text annotations tied to it.
  package internal(set) var annotations: [Handle<TextAnnotation>] = []
  /// The data associations it owns, in document order.
  package internal(set) var dataAssociations: [Handle<DataAssociation>] = []
  /// Its declared inputs and outputs (`ioSpecification`, or of an event).
  package internal(set) var inputsAndOutputs: [Handle<DataItem>] = []
  /// The flow taken when no other condition holds (activities and gateways).
  package internal(set) var defaultFlow: Handle<SequenceFlow>?
  /// What a sub-process holds; empty for every other node.
  package internal(set) var contents = ScopeContents()

  package internal(set) var activity: ActivityDetails?
  package internal(set) var event: EventDetails?
  package internal(set) var gateway: GatewayDetails?

  package var children: [Handle<FlowNode>] { contents.nodes }
  /// What it stands in.
  package var scope: Scope { parent.map(Scope.subProcess) ?? .process(process) }
}

extension FlowNode {
  /// The element names of BPMN for flow nodes.
  package enum Kind: String, Sendable, CaseIterable {
    case startEvent, intermediateCatchEvent, intermediateThrowEvent, boundaryEvent, endEvent, implicitThrowEvent
    case task, userTask, serviceTask, sendTask, receiveTask, manualTask, scriptTask, businessRuleTask
    case subProcess, transaction, adHocSubProcess, callActivity
    case exclusiveGateway, inclusiveGateway, parallelGateway, complexGateway, eventBasedGateway

    package var isEvent: Bool { Self.events.contains(self) }
    package var isGateway: Bool { Self.gateways.contains(self) }
    package var isActivity: Bool { !isEvent && !isGateway }
    /// Can hold other flow nodes.
    package var isSubProcess: Bool { self == .subProcess || self == .transaction || self == .adHocSubProcess }
    package var isTask: Bool { isActivity && !isSubProcess && self != .callActivity }
    /// An event that waits, rather than one that acts.
    package var isCatching: Bool { self == .startEvent || self == .intermediateCatchEvent || self == .boundaryEvent }

    private static let events: Set<Kind> = [
      .startEvent, .intermediateCatchEvent, .intermediateThrowEvent, .boundaryEvent, .endEvent, .implicitThrowEvent,
    ]
    private static let gateways: Set<Kind> = [
      .exclusiveGateway, .inclusiveGateway, .parallelGateway, .complexGateway, .eventBasedGateway,
    ]
  }

  /// A sub-process that an event starts.
  package var isEventSubProcess: Bool { activity?.triggeredByEvent ?? false }
  /// Part of the compensation, outside the normal flow.
  package var isForCompensation: Bool { activity?.isForCompensation ?? false }
}

/// What only gateways have.
package struct GatewayDetails: Sendable, Equatable {
  /// `gatewayDirection` as written.
  package internal(set) var direction: String?
  /// An event-based gateway that starts the process.
  package internal(set) var instantiate = false
  /// An event-based gateway that waits for all of its events.
  package internal(set) var isParallelEventBased = false
  /// Of a complex gateway.
  package internal(set) var activationCondition: FormalExpression?
}

/// A sequence flow.
package struct SequenceFlow: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var handle: Handle<SequenceFlow>
  package internal(set) var process: Handle<ProcessDefinition>
  package internal(set) var scope: Scope
  package internal(set) var sourceID: String
  package internal(set) var targetID: String
  /// Nil when the id names no flow node of the file.
  package internal(set) var source: Handle<FlowNode>?
  package internal(set) var target: Handle<FlowNode>?
  package internal(set) var condition: FormalExpression?
  /// Whether it has a condition, be it one that says nothing: pictures show it all the same.
  package internal(set) var isConditional = false
  /// Whether its source names it as the default.
  package internal(set) var isDefault = false
}
