import BPMN
import ProcessFiles

/// What an event definition means, as the end of a sentence that begins with "It".
enum EventWords {
  static func phrase(for definition: EventDefinition, of node: FlowNode, in model: Document) -> Phrase {
    let isCatching = node.kind.isCatching
    let name = name(of: definition, in: model)
    let quoted = name.map { " ‘\($0)’" } ?? ""
    switch definition.kind {
    case .message: return isCatching ? "waits for the message\(quoted)" : "sends the message\(quoted)"
    case .signal: return isCatching ? "waits for the signal\(quoted)" : "broadcasts the signal\(quoted)"
    case .error: return isCatching ? "catches the error\(quoted)" : "raises the error\(quoted)"
    case .escalation: return isCatching ? "catches the escalation\(quoted)" : "raises the escalation\(quoted)"
    case .timer: return definition.timer.map { "fires \($0.words)" } ?? "fires at a time that the file does not say"
    case .conditional:
      return definition.condition.map { "happens as soon as \(code: shortened(collapsingWhitespace($0.text)))" }
        ?? "happens when a condition holds that the file does not say"
    case .link: return isCatching ? "is the other end of the link\(quoted)" : "jumps over the link\(quoted)"
    case .compensation: return isCatching ? "starts the compensation" : "asks for compensation"
    case .cancel: return isCatching ? "catches the cancellation of the transaction" : "cancels the transaction"
    case .terminate: return "ends everything at once"
    }
  }

  /// The name of what it is about, with its code.
  static func name(of definition: EventDefinition, in model: Document) -> String? {
    guard let declared = definition.declared.map({ model[$0] }) else {
      return (definition.linkName ?? definition.referenceID).map { shortened($0) }
    }
    let name = declared.plainName ?? declared.code ?? declared.key
    guard let code = declared.code, code != name else { return shortened(name) }
    return shortened("\(name) (\(code))")
  }

  /// For tables: "Message ‘Order’", "Timer: after 2 days (PT48H)".
  static func cell(for definition: EventDefinition, in model: Document) -> String {
    let kind = EventTrigger.single(definition.kind).words
    if let timer = definition.timer { return "\(kind): \(timer.words)" }
    if let condition = definition.condition { return "\(kind): \(collapsingWhitespace(condition.text))" }
    return name(of: definition, in: model).map { "\(kind) ‘\($0)’" } ?? kind
  }
}
