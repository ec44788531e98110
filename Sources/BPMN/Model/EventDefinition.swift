/// What only events have.
package struct EventDetails: Sendable, Equatable {
  /// In document order; empty for a none event.
  package internal(set) var definitions: [EventDefinition] = []
  /// Of a boundary event (`cancelActivity`) or the start of an event sub-process (`isInterrupting`).
  package internal(set) var isInterrupting = true
  /// All of several definitions have to happen.
  package internal(set) var parallelMultiple = false
  /// Of a boundary event: `attachedToRef` as written, and the activity it names.
  package internal(set) var hostID: String?
  package internal(set) var host: Handle<FlowNode>?

  /// What decides the icon: none, the kind of the only definition, or multiple.
  package var trigger: EventTrigger {
    guard let first = definitions.first else { return .none }
    guard definitions.count == 1 else { return parallelMultiple ? .parallelMultiple : .multiple }
    return .single(first.kind)
  }
}

/// What an event waits for or causes, as its icon shows it.
package enum EventTrigger: Hashable, Sendable {
  case none
  case single(EventDefinition.Kind)
  case multiple
  case parallelMultiple
}

/// One event definition.
package struct EventDefinition: ModelElement, Equatable {
  package internal(set) var common: ElementCommon
  package internal(set) var kind: Kind
  /// The id of the message, error, signal or escalation, of the activity to compensate, as written.
  package internal(set) var referenceID: String?
  /// The message, error, signal or escalation, where declared in this file.
  package internal(set) var declared: Handle<CatalogueEntry>?
  /// Of a compensation: the activity to compensate, when one is named.
  package internal(set) var compensated: Handle<FlowNode>?
  package internal(set) var timer: TimerDefinition?
  package internal(set) var condition: FormalExpression?
  /// Of a link: its name pairs throw and catch.
  package internal(set) var linkName: String?

  package enum Kind: String, Sendable, CaseIterable {
    case message, timer, conditional, error, signal, escalation, link, compensation, cancel, terminate

    /// The name of the element: `messageEventDefinition`, `compensateEventDefinition` …
    var elementName: String { (self == .compensation ? "compensate" : rawValue) + "EventDefinition" }
  }
}

/// When a timer fires.
package struct TimerDefinition: Sendable, Equatable {
  package internal(set) var kind: Kind
  package internal(set) var expression: FormalExpression

  package enum Kind: String, Sendable {
    case date, duration, cycle
  }
}
