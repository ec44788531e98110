import BPMN

/// What lines look like and which elements they join.
struct EdgeLook {
  let document: Document

  struct Look {
    var figure: EdgeFigure
    var name: String?
    var words: String
    var source: ElementReference?
    var target: ElementReference?

    var isSequence: Bool { if case .sequence = figure { true } else { false } }
  }

  /// Nil for an element that is not a line.
  func look(of element: ElementReference, _ edge: DiagramEdge) -> Look? {
    switch element {
    case .flow(let handle): return sequence(document[handle])
    case .messageFlow(let handle): return message(document[handle], visible: edge.messageVisibleKind)
    case .association(let handle):
      let association = document[handle]
      let arrow: EdgeFigure.Arrow =
        switch association.direction {
        case .none: .none
        case .one: .one
        case .both: .both
        }
      return Look(
        figure: .association(arrow), name: association.name, words: "Association", source: association.source,
        target: association.target)
    case .dataAssociation(let handle):
      let (source, target) = ends(of: document[handle])
      return Look(
        figure: .data, name: document[handle].name, words: "Data association", source: source, target: target)
    case .unknown where document[element].tag == "conversationLink":
      return Look(figure: .conversationLink, name: document[element].name, words: "Conversation link")
    default: return nil
    }
  }

  private func sequence(_ flow: SequenceFlow) -> Look {
    let fromActivity = flow.source.map { document[$0].kind.isActivity } ?? false
    let figure = EdgeFigure.sequence(
      isDefault: flow.isDefault, isConditional: fromActivity && flow.isConditional && !flow.isDefault)
    return Look(
      figure: figure, name: flow.name, words: "Sequence flow", source: flow.source.map(ElementReference.node),
      target: flow.target.map(ElementReference.node))
  }

  /// The envelope shows where the plane asks for it or the flow names its message, whose name then follows the flow's.
  private func message(_ flow: MessageFlow, visible: String?) -> Look {
    let message = flow.message.map { document[$0] }
    let envelope: EdgeFigure.Envelope =
      switch visible {
      case "non_initiating": .answering
      case nil where message == nil: .none
      default: .initiating
      }
    let names = [flow.name, message?.name].compactMap { $0 }
    let name = names.first == names.last ? names.first : names.joined(separator: "\n")
    return Look(
      figure: .message(envelope), name: name, words: "Message flow", source: flow.source, target: flow.target)
  }

  /// From the data to the owner, or from the owner to the data.
  func ends(of association: DataAssociation) -> (source: ElementReference?, target: ElementReference?) {
    let owner = ElementReference.node(association.owner)
    func isData(_ reference: ElementReference) -> Bool { if case .data = reference { true } else { false } }
    return switch association.direction {
    case .input: (association.sources.first(where: isData), owner)
    case .output: (owner, association.target.flatMap { isData($0) ? $0 : nil })
    }
  }
}
