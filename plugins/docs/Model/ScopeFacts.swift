import BPMN
import ProcessFiles

extension PageFacts {
  /// The facts of a process.
  func process(_ reference: ProcessReference) -> Facts {
    let process = model[reference.process]
    let words = ScopeWords(
      context.site, document: document, .process(reference.process), ScopePaths(model, .process(reference.process)))
    var facts = Facts()
    facts.add("page", "process")
    facts.add("title", context.title(of: context.page))
    facts.add("id", shortened(process.id))
    facts.add("file", shortened(model.fileName))
    facts.add("pools", process.participants.compactMap { model[$0].plainName }.map { shortened($0) })
    facts.add("lanes", process.lanes.compactMap { model[$0].plainName }.map { shortened($0) })
    facts.add("documentation", texts(process.documentation, process.contents.annotations))
    facts.add("structure", plain(words.paragraphs))
    facts.add("called_by", context.site.set.callers(of: reference).map { context.title(of: .node($0.caller)) })
    facts.add("messages", messages(messageFlows(of: reference.process)))
    inside(.process(reference.process), &facts)
    facts.add("findings", findings(context.site.findings(about: .process(reference.process), in: document)))
    return facts
  }

  private func messageFlows(of process: Handle<ProcessDefinition>) -> [MessageFlow] {
    let pools = Set(model[process].participants.map(ElementReference.participant))
    return model.messageFlows.filter { flow in
      [flow.source, flow.target].contains { end in
        if case .node(let handle) = end { return model[handle].process == process }
        return end.map(pools.contains) ?? false
      }
    }
  }

  /// What goes on in a process or sub-process: ways, exceptions, parts.
  func inside(_ scope: Scope, _ facts: inout Facts) {
    let paths = ScopePaths(model, scope)
    facts.add("begins_with", paths.order.filter { model[$0].kind == .startEvent }.map(title))
    facts.add("ends_with", paths.order.filter { model[$0].kind == .endEvent }.map(title))
    facts.add("main_way", paths.main.count > 1 ? paths.main.map(title) : [])
    facts.add("other_ways", paths.alternatives.map(way))
    facts.add("loops", paths.loops.map(loop))
    facts.add("never_reached", paths.unreachable.map(title))
    facts.add("exceptions", paths.exceptions.map(exception))
    facts.add("parts", paths.order.map { part(page($0), kind: model.kindWords(for: $0)) })
  }

  private func way(_ way: ScopePaths.Alternative) -> Facts {
    var facts = Facts()
    facts.add("at", way.flow.source.map(title))
    facts.add("when", when(way.flow))
    facts.add("steps", way.steps.map(title))
    facts.add("back_at", way.rejoins.map(title))
    facts.add("ends_at", way.ends.map(title))
    return facts
  }

  private func loop(_ flow: SequenceFlow) -> Facts {
    var facts = Facts()
    facts.add("at", flow.source.map(title))
    facts.add("when", when(flow))
    facts.add("again_from", flow.target.map(title))
    return facts
  }

  private func when(_ flow: SequenceFlow) -> String {
    let words = [
      flow.isDefault ? "by default" : nil, flow.plainName.map { shortened($0) },
      flow.condition.map { collapsingWhitespace($0.text) },
    ]
    return words.compactMap(\.self).joined(separator: "; ")
  }
}
