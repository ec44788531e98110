import BPMN
import ProcessFiles

/// What the structure says about a node, in sentences. Nothing here is known beyond the file.
struct NodeWords {
  private let site: Site
  private let model: Document
  private let node: FlowNode
  private let reference: NodeReference

  init(_ site: Site, _ reference: NodeReference) {
    self.site = site
    self.reference = reference
    model = site.document(of: reference)
    node = model[reference.node]
  }

  /// One sentence for the top of the page, and for those that link to it.
  var summary: Phrase {
    [place, before, after].compactMap(\.self).reduce(kind) { "\($0)\($1)" } + "."
  }

  /// The paragraphs of the page.
  var paragraphs: [Phrase] {
    let texts: [[Phrase?]] = [
      [opening, trigger, repetition], [arrival] + departure, boundarySentences, [reading, writing],
    ]
    return texts.map { $0.compactMap(\.self) }.filter { !$0.isEmpty }.map { sentences in
      sentences.dropFirst().reduce(sentences[0]) { "\($0) \($1)" }
    }
  }

  // MARK: Parts of the summary

  private var kind: Phrase { "\(model.kindWords(for: node.handle))" }

  private var place: Phrase? {
    guard node.kind.isActivity, let role = model.roles(of: node.handle).first else { return nil }
    return " of \(role)"
  }

  private var before: Phrase? {
    if let host = node.event?.host { return " on \(node: other(host))" }
    let predecessors = model.predecessors(of: node.handle)
    guard !predecessors.isEmpty else { return nil }
    guard predecessors.count <= 2 else { return " joining \(predecessors.count) ways" }
    return " after \(Phrase.list(predecessors.map(link), "or"))"
  }

  private var after: Phrase? {
    let successors = model.successors(of: node.handle)
    guard !successors.isEmpty else { return nil }
    if node.kind == .parallelGateway, successors.count > 1 { return ", starting \(successors.count) ways at once" }
    if node.kind.isGateway, successors.count > 1 { return ", deciding between \(successors.count) ways" }
    guard successors.count <= 2 else { return ", before \(successors.count) next steps" }
    return ", before \(Phrase.list(successors.map(link)))"
  }

  // MARK: Opening

  private var opening: Phrase {
    let kind = withArticle(model.kindWords(for: node.handle))
    return "This is \(kind) in \(around)\(who)."
  }

  private var around: Phrase {
    if let parent = node.parent { return "the sub-process \(node: other(parent))" }
    return "the process \(page: .process(ProcessReference(document: reference.document, process: node.process)))"
  }

  private var who: Phrase {
    guard node.kind.isActivity else { return "" }
    let roles = model.roles(of: node.handle)
    return roles.isEmpty ? "" : ", done by \(Phrase.list(roles.map { "\($0)" }))"
  }

  private var trigger: Phrase? {
    guard let event = node.event, !event.definitions.isEmpty else {
      return node.kind == .startEvent ? "The file does not say what triggers it." : nil
    }
    let words = event.definitions.map { EventWords.phrase(for: $0, of: node, in: model) }
    return "It \(Phrase.list(words, event.parallelMultiple ? "and" : "or"))."
  }

  private var repetition: Phrase? {
    model.loopWords(for: node.handle).map { "It is done \($0)." }
  }

  // MARK: Flow

  private var arrival: Phrase? {
    if let host = node.event?.host {
      let effect = node.event?.isInterrupting == false ? "goes on meanwhile" : "is interrupted"
      return "It can happen while \(node: other(host)) is under way, which then \(effect)."
    }
    let links = model.linkPartners(of: node.handle)
    if node.kind.isCatching, !links.isEmpty {
      return "The flow jumps here from \(Phrase.list(links.map(link), "or"))."
    }
    let predecessors = model.predecessors(of: node.handle)
    guard !predecessors.isEmpty else { return startWords }
    if node.kind == .parallelGateway, predecessors.count > 1 {
      return "It waits until \(Phrase.list(predecessors.map(link))) are all done."
    }
    return "It follows \(Phrase.list(predecessors.map(link), "or"))."
  }

  private var startWords: Phrase? {
    if node.kind == .startEvent {
      return node.parent == nil ? "The process begins here." : "The sub-process begins here."
    }
    if node.isEventSubProcess { return "It is not part of the normal flow: an event starts it." }
    if node.isForCompensation { return "It is done only to compensate, when something has to be undone." }
    return nil
  }

  private var departure: [Phrase] {
    let flows = node.outgoing.map { model[$0] }.filter { $0.target != nil }
    guard !flows.isEmpty else { return [endWords].compactMap(\.self) }
    if flows.count == 1, let target = flows[0].target {
      return ["Then comes \(link(target))\(conditionWords(flows[0]))."]
    }
    return [splitWords(flows.count)] + flows.prefix(8).compactMap(branch)
  }

  private func splitWords(_ count: Int) -> Phrase {
    switch node.kind {
    case .exclusiveGateway: "Exactly one of \(count) ways is taken."
    case .inclusiveGateway: "Each of the \(count) ways whose condition holds is taken."
    case .parallelGateway: "All \(count) ways are taken at the same time."
    case .eventBasedGateway: "What happens first decides between \(count) ways."
    case .complexGateway: "A rule that the model does not tell in words decides between \(count) ways."
    default: "From here \(count) ways go on."
    }
  }

  private func branch(_ flow: SequenceFlow) -> Phrase? {
    guard let target = flow.target else { return nil }
    let words = conditionWords(flow)
    guard !words.parts.isEmpty else { return "One leads to \(link(target))." }
    return "One leads to \(link(target))\(words)."
  }

  private func conditionWords(_ flow: SequenceFlow) -> Phrase {
    let name = flow.plainName.map { shortened($0) }
    if flow.isDefault { return name.map { ", by default (‘\($0)’)" } ?? ", by default" }
    if let condition = flow.condition {
      let code: Phrase = "\(code: shortened(collapsingWhitespace(condition.text)))"
      return name.map { ", for ‘\($0)’ (\(code))" } ?? ", when \(code)"
    }
    guard let name, !name.isEmpty else { return Phrase(parts: []) }
    return ", for ‘\(name)’"
  }

  private var endWords: Phrase? {
    let links = model.linkPartners(of: node.handle)
    if !links.isEmpty { return "From here the flow jumps to \(Phrase.list(links.map(link), "or"))." }
    if node.kind == .endEvent {
      let terminates = node.event?.trigger == EventTrigger.single(.terminate)
      if terminates { return "Everything that is still under way ends with it." }
      return node.parent == nil
        ? "This way through the process ends here." : "This way through the sub-process ends here."
    }
    let isAside = node.isEventSubProcess || node.isForCompensation
    return isAside || node.outgoing.isEmpty == false ? nil : "Nothing follows it in the model."
  }

  private var boundarySentences: [Phrase?] {
    (node.activity?.boundaryEvents ?? []).map { handle in
      let event = model[handle]
      let effect = event.event?.isInterrupting == false ? "without stopping the work" : "which stops the work"
      let next = model.successors(of: handle)
      let way: Phrase = next.isEmpty ? "" : "; then comes \(Phrase.list(next.map(link)))"
      return "While it is under way, \(link(handle)) can happen, \(effect)\(way)."
    }
  }

  // MARK: Data

  private var reading: Phrase? {
    let names = model.dataRead(by: node.handle).map(model.dataName)
    return names.isEmpty ? nil : "It reads \(Phrase.list(names.map { "\($0)" }))."
  }

  private var writing: Phrase? {
    let names = model.dataWritten(by: node.handle).map(model.dataName)
    return names.isEmpty ? nil : "It writes \(Phrase.list(names.map { "\($0)" }))."
  }

  private func other(_ handle: Handle<FlowNode>) -> NodeReference {
    NodeReference(document: reference.document, node: handle)
  }

  private func link(_ handle: Handle<FlowNode>) -> Phrase { "\(node: other(handle))" }
}
