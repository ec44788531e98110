import BPMN
import HTML
import ProcessFiles

/// Where a node's flow comes from and goes to: sequence flows, messages, boundary events, links, compensation.
struct FlowSections {
  private let context: PageContext
  private let document: Int
  private let model: Document
  private let node: FlowNode

  init(_ context: PageContext, _ reference: NodeReference) {
    self.context = context
    document = reference.document
    model = context.site.document(of: reference)
    node = model[reference.node]
  }

  func write(_ writer: inout HTMLWriter) {
    sequenceFlows(&writer)
    messages(&writer)
    boundaryEvents(&writer)
    ties(&writer)
  }

  private func page(_ handle: Handle<FlowNode>) -> PageID {
    .node(NodeReference(document: document, node: handle))
  }

  private func sequenceFlows(_ writer: inout HTMLWriter) {
    let flows =
      node.incoming.map { (flow: model[$0], isIncoming: true) }
      + node.outgoing.map { (flow: model[$0], isIncoming: false) }
    guard !flows.isEmpty else { return }
    let hasNames = flows.contains { $0.flow.plainName != nil }
    let hasConditions = flows.contains { $0.flow.condition != nil || $0.flow.isDefault }
    writer.section("flow", "Flow") { section in
      let columns = ["", "Node", "Type"] + (hasNames ? ["Flow"] : []) + (hasConditions ? ["Condition"] : [])
      section.table("Sequence flows", columns, classes: "flows") { rows in
        for (flow, isIncoming) in flows {
          rows.row(
            [cell(isIncoming ? "from" : "to")] + ends(isIncoming ? flow.source : flow.target, flow, isIncoming)
              + (hasNames ? [cell(flow.plainName.map { shortened($0) } ?? "")] : [])
              + (hasConditions ? [condition(flow)] : []))
        }
      }
      for text in flows.flatMap(\.flow.documentation) where !text.text.isEmpty {
        section.element(.p, [.class("note"), Attribute("dir", "auto")], text: shortened(plainText(text), to: 600))
      }
    }
  }

  private func ends(
    _ handle: Handle<FlowNode>?, _ flow: SequenceFlow, _ isIncoming: Bool
  ) -> [(inout HTMLWriter) -> Void] {
    guard let handle else {
      return [cell("unknown: \(shortened(isIncoming ? flow.sourceID : flow.targetID))"), cell("")]
    }
    return [{ $0.link(to: page(handle), in: context) }, cell(model.kindWords(for: handle))]
  }

  private func condition(_ flow: SequenceFlow) -> (inout HTMLWriter) -> Void {
    { writer in
      if flow.isDefault { writer.badge("default", "default", title: "Taken when no other condition holds") }
      if let condition = flow.condition {
        writer.element(.code, text: shortened(collapsingWhitespace(condition.text), to: 1_000))
      }
    }
  }

  // MARK: Messages

  private func messages(_ writer: inout HTMLWriter) {
    let flows = node.messagesIn.map { ($0, true) } + node.messagesOut.map { ($0, false) }
    guard !flows.isEmpty else { return }
    writer.section("messages", "Messages") { section in
      section.table("Message flows", ["Direction", "Message", "Other side"]) { rows in
        for (handle, isIncoming) in flows {
          let flow = model[handle]
          rows.row([
            cell(isIncoming ? "received" : "sent"), cell(MessageWords.name(of: flow, in: model)),
            other(isIncoming ? flow.source : flow.target, isIncoming ? flow.sourceID : flow.targetID),
          ])
        }
      }
    }
  }

  private func other(_ reference: ElementReference?, _ id: String) -> (inout HTMLWriter) -> Void {
    { $0.participantOrNode(reference, id, context, document) }
  }

  // MARK: Boundary events and other ties

  private func boundaryEvents(_ writer: inout HTMLWriter) {
    let events = node.activity?.boundaryEvents ?? []
    guard !events.isEmpty else { return }
    writer.section("boundary", "What can happen meanwhile") { section in
      section.table("Boundary events", ["Event", "Trigger", "Effect", "Leads to"]) { rows in
        for handle in events { rows.row(ExceptionCells(context, document, handle).cells) }
      }
    }
  }

  private func ties(_ writer: inout HTMLWriter) {
    let links = model.linkPartners(of: node.handle)
    let handlers = compensationPartners
    guard !links.isEmpty || !handlers.isEmpty else { return }
    writer.section("ties", "Tied to") { section in
      section.element(.ul) { list in
        for handle in links { tie(&list, "Link:", handle) }
        for handle in handlers { tie(&list, "Compensation:", handle) }
      }
    }
  }

  private func tie(_ writer: inout HTMLWriter, _ word: String, _ handle: Handle<FlowNode>) {
    writer.element(.li) { item in
      item.text(word + " ")
      item.link(to: page(handle), in: context)
    }
  }

  /// Nodes at the other end of an association: a compensation event and its handler.
  private var compensationPartners: [Handle<FlowNode>] {
    let own = ElementReference.node(node.handle)
    let associated: [Handle<FlowNode>] = node.associations.compactMap { handle in
      let association = model[handle]
      let other = association.source == own ? association.target : association.source
      guard case .node(let partner) = other else { return nil }
      return partner
    }
    let named = (node.event?.definitions ?? []).compactMap(\.compensated)
    return uniqued(associated + named)
  }
}

/// The name of what a message flow carries.
enum MessageWords {
  static func name(of flow: MessageFlow, in model: Document) -> String {
    let declared = flow.message.flatMap { model[$0].plainName }
    return (flow.plainName ?? declared).map { shortened($0) } ?? "unnamed"
  }
}

extension HTMLWriter {
  /// An end of a message flow: a node with its page, or a pool.
  mutating func participantOrNode(_ reference: ElementReference?, _ id: String, _ context: PageContext, _ document: Int)
  {
    let model = context.site.set.documents[document]
    switch reference {
    case .node(let handle):
      link(to: .node(NodeReference(document: document, node: handle)), in: context)
      if let pool = model.participant(of: handle)?.plainName {
        element(.span, [.class("note")], text: " in \(shortened(pool))")
      }
    case .participant(let handle):
      let participant = model[handle]
      let title = shortened(participant.plainName ?? participant.key)
      guard let process = participant.process else { return element(.bdi, text: title) }
      element(.a, [.href(context.address(of: .process(ProcessReference(document: document, process: process))))]) {
        $0.element(.bdi, text: title)
      }
    default: text("unknown: \(shortened(id))")
    }
  }
}

/// The cells of a row about something that interrupts or accompanies normal work.
struct ExceptionCells {
  private let context: PageContext
  private let document: Int
  private let model: Document
  private let node: FlowNode

  init(_ context: PageContext, _ document: Int, _ handle: Handle<FlowNode>) {
    self.context = context
    self.document = document
    model = context.site.set.documents[document]
    node = model[handle]
  }

  /// Event, trigger, effect, what follows.
  var cells: [(inout HTMLWriter) -> Void] {
    [
      { $0.link(to: page(node.handle), in: context) },
      cell(definitions.map { shortened(EventWords.cell(for: $0, in: model)) }.joined(separator: "; ")),
      cell(isInterrupting ? "interrupts" : "goes on beside"),
      { writer in
        for (index, next) in model.successors(of: node.handle).enumerated() {
          if index > 0 { writer.text(", ") }
          writer.link(to: page(next), in: context)
        }
      },
    ]
  }

  /// Of an event sub-process: what its start says.
  private var event: EventDetails? {
    node.event ?? node.children.lazy.map { model[$0] }.first { $0.kind == .startEvent }?.event
  }
  private var definitions: [EventDefinition] { event?.definitions ?? [] }
  private var isInterrupting: Bool { event?.isInterrupting ?? true }

  private func page(_ handle: Handle<FlowNode>) -> PageID {
    .node(NodeReference(document: document, node: handle))
  }
}
