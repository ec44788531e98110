import BPMN
import ProcessFiles

extension PageFacts {
  /// The facts of a flow node, and of a sub-process those about its inside, too.
  func node(_ reference: NodeReference) -> Facts {
    let node = model[reference.node]
    var facts = Facts()
    facts.add("page", node.kind.isSubProcess ? "sub-process" : "step")
    head(node, reference, &facts)
    flow(node, &facts)
    work(node, &facts)
    if node.kind == .callActivity { calls(reference, &facts) }
    facts.add("structure", plain(NodeWords(context.site, reference).paragraphs))
    if node.kind.isSubProcess { inside(.subProcess(node.handle), &facts) }
    facts.add("findings", findings(context.site.findings(about: .node(node.handle), in: document)))
    return facts
  }

  private func head(_ node: FlowNode, _ reference: NodeReference, _ facts: inout Facts) {
    facts.add("title", title(node.handle))
    facts.add("title_describes_the_place", if: context.site.titles.isMade(reference))
    facts.add("kind", model.kindWords(for: node.handle))
    facts.add("id", shortened(node.id))
    facts.add("process", context.title(of: .process(ProcessReference(document: document, process: node.process))))
    facts.add("in_sub_processes", model.ancestors(of: node.handle).map { title($0.handle) })
    facts.add("pool", model.participant(of: node.handle)?.plainName.map { shortened($0) })
    facts.add("lanes", model.lanePath(of: node.handle).compactMap(\.plainName).map { shortened($0) })
    facts.add("roles", node.kind.isActivity ? model.roles(of: node.handle) : [])
    facts.add("documentation", texts(node.documentation, node.annotations))
  }

  // MARK: Flow

  private func flow(_ node: FlowNode, _ facts: inout Facts) {
    facts.add("comes_from", node.incoming.map { flowFacts(model[$0], model[$0].source, "from") })
    facts.add("leads_to", node.outgoing.map { flowFacts(model[$0], model[$0].target, "to") })
    facts.add("messages", messages((node.messagesIn + node.messagesOut).map { model[$0] }))
    facts.add("on", node.event?.host.map(title))
    facts.add("triggers", (node.event?.definitions ?? []).map { EventWords.cell(for: $0, in: model) })
    facts.add("can_happen_meanwhile", (node.activity?.boundaryEvents ?? []).map(exception))
  }

  private func flowFacts(_ flow: SequenceFlow, _ other: Handle<FlowNode>?, _ end: String) -> Facts {
    var facts = Facts()
    facts.add(end, other.map(title))
    facts.add("kind", other.map { model.kindWords(for: $0) })
    facts.add("name", flow.plainName.map { shortened($0) })
    facts.add("condition", flow.condition.map { collapsingWhitespace($0.text) })
    facts.add("default", if: flow.isDefault)
    facts.add("documentation", flow.documentation.map(plainText))
    return facts
  }

  /// Something that interrupts or accompanies normal work.
  func exception(_ handle: Handle<FlowNode>) -> Facts {
    let node = model[handle]
    // Of an event sub-process: what its start says.
    let event = node.event ?? node.children.lazy.map { model[$0] }.first { $0.kind == .startEvent }?.event
    var facts = Facts()
    facts.add("event", title(handle))
    facts.add("during", node.event?.host.map(title))
    facts.add("triggers", (event?.definitions ?? []).map { EventWords.cell(for: $0, in: model) })
    facts.add("stops_the_work", if: event?.isInterrupting ?? true)
    facts.add("leads_to", model.successors(of: handle).map(title))
    return facts
  }

  // MARK: Work

  private func work(_ node: FlowNode, _ facts: inout Facts) {
    facts.add("reads", model.dataRead(by: node.handle).map(model.dataName))
    facts.add("writes", model.dataWritten(by: node.handle).map(model.dataName))
    facts.add("done_by", (node.activity?.performers ?? []).map { "\($0.role): \($0.value)" })
    facts.add("repetition", model.loopWords(for: node.handle))
    facts.add("complete_when", completion(node).map { collapsingWhitespace($0.text) })
    facts.add("message", node.activity?.message.flatMap { model[$0].plainName })
    facts.add("script", node.activity?.script)
    facts.add("properties", properties(node.common))
  }

  private func completion(_ node: FlowNode) -> FormalExpression? {
    node.activity?.loop?.completionCondition ?? node.activity?.completionCondition
  }

  private func calls(_ reference: NodeReference, _ facts: inout Facts) {
    guard let call = context.site.set.call(of: reference) else { return }
    if let process = call.process {
      facts.add("calls", [part(.process(process), kind: "Process")])
    } else {
      facts.add("calls_what_is_in_no_file", call.written)
    }
  }
}
