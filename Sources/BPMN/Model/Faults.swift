/// Why a file cannot be read. One error for a file: what is wrong, where, and what to do.
package struct ParseError: Error, Sendable, Equatable, CustomStringConvertible {
  package let file: String
  /// From 1; nil when the fault has no place (an empty file).
  package let line: Int?
  package let column: Int?
  package let problem: String
  package let remedy: String

  /// `order.bpmn:12:7: what is wrong. What to do.`
  package var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
    return "\(place): \(problem). \(remedy)."
  }
}

/// Something wrong in a file that was tolerated.
package struct ParseWarning: Sendable, Equatable, CustomStringConvertible {
  package let code: Code
  package let line: Int
  package let message: String

  /// `line 12: what is wrong (code)`
  package var description: String { "line \(line): \(message) (\(code.rawValue))" }

  package enum Code: String, Sendable, CaseIterable {
    case duplicateID = "duplicate-id"
    case danglingReference = "dangling-reference"
    case undeclaredPrefix = "undeclared-prefix"
    case oddNamespace = "odd-namespace"
    case unknownElement = "unknown-element"
    case misplacedElement = "misplaced-element"
    case diagramWithoutElement = "di-without-element"
    case badNumber = "bad-number"
    case absurdCoordinate = "absurd-coordinate"
    case badGeometry = "bad-geometry"
    case emptyModel = "empty-model"
    case moreWarnings = "more-warnings"
  }
}

/// Something in a readable model that its author may want to look at.
package struct Finding: Sendable, Equatable {
  package let rule: Rule
  package let severity: Severity
  /// Whole sentence without full stop, with the element's title.
  package let message: String
  /// The node, flow or process meant.
  package let element: ElementReference
  package let line: Int

  package enum Severity: String, Sendable, Comparable {
    case error, warning, info

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int { self == .error ? 0 : self == .warning ? 1 : 2 }
  }

  /// The words of bpmnlint where it has one, ours in its manner else.
  package enum Rule: String, Sendable, CaseIterable {
    case callUnresolved = "call-unresolved"
    case conditionalFlows = "conditional-flows"
    case defaultFlowMissing = "default-flow-missing"
    case endEventRequired = "end-event-required"
    case eventBasedGateway = "event-based-gateway"
    case eventSubProcessTypedStartEvent = "event-sub-process-typed-start-event"
    case fakeJoin = "fake-join"
    case labelRequired = "label-required"
    case linkEvent = "link-event"
    case noBPMNDI = "no-bpmndi"
    case noComplexGateway = "no-complex-gateway"
    case noDisconnected = "no-disconnected"
    case noDuplicateSequenceFlows = "no-duplicate-sequence-flows"
    case noGatewayJoinFork = "no-gateway-join-fork"
    case noImplicitSplit = "no-implicit-split"
    case singleBlankStartEvent = "single-blank-start-event"
    case singleEventDefinition = "single-event-definition"
    case startEventRequired = "start-event-required"
    case subProcessBlankStartEvent = "sub-process-blank-start-event"
    case superfluousGateway = "superfluous-gateway"
    case unreachable = "unreachable"
  }
}
