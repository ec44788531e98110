import BPMN
import HTML
import ProcessFiles

/// The page of a process.
struct ProcessPage {
  private let context: PageContext
  private let reference: ProcessReference
  private let model: Document
  private let process: ProcessDefinition
  private let paths: ScopePaths
  private let words: ScopeWords

  init(_ context: PageContext, _ reference: ProcessReference) {
    self.context = context
    self.reference = reference
    model = context.site.set.documents[reference.document]
    process = model[reference.process]
    paths = ScopePaths(model, .process(reference.process))
    words = ScopeWords(context.site, document: reference.document, .process(reference.process), paths)
  }

  func write() -> WrittenPage {
    let summary = summary
    let frame = PageFrame(context: context, title: summary.title, ancestors: [.file(reference.document)])
    let html = frame.html { main in
      head.write(&main, context)
      Pictures(context).process(reference, &main)
      main.element(.div, [.class("columns")]) { columns in
        columns.element(.div, [.class("content")], content)
        columns.element(.aside, [.aria("label", "Facts")], facts)
      }
    }
    return WrittenPage(html: html, summary: summary)
  }

  private var children: [PageSummary] {
    context.site.children(of: context.page).compactMap(context.summary(of:))
  }

  private var summary: PageSummary {
    let children = children
    let own = findings.count { $0.severity != .info && !isAboutNode($0) }
    return PageSummary(
      path: context.path, title: context.title(of: context.page), isMade: context.site.titles.isMade(reference),
      kind: "Process", summary: shortened(lead.plain(context.site.titles), to: Limits.summaryCharactersMax),
      roles: uniqued(children.flatMap(\.roles)),
      reads: uniqued(children.flatMap(\.reads)), writes: uniqued(children.flatMap(\.writes)),
      steps: children.reduce(0) { $0 + $1.steps }, nodes: children.reduce(0) { $0 + $1.nodes },
      findings: own + children.reduce(0) { $0 + $1.findings })
  }

  /// Those that the pages of the nodes count.
  private func isAboutNode(_ finding: Finding) -> Bool {
    switch finding.element {
    case .node: true
    case .flow(let flow): model[flow].source != nil
    default: false
    }
  }

  private var lead: Phrase {
    model.writtenSummary(of: process.common).map { "\($0)" } ?? words.summary
  }

  private var head: PageHead {
    PageHead(
      kind: "Process", sign: "process", title: context.title(of: context.page), wholeName: process.plainName,
      isMade: context.site.titles.isMade(reference) && process.participants.isEmpty,
      lead: model.hasOnlySummary(process.common) ? words.summary : lead,
      isLeadWritten: !model.hasOnlySummary(process.common) && model.writtenSummary(of: process.common) != nil)
  }

  /// About the process and everything in it.
  private var findings: [Finding] {
    context.site.findings[reference.document].filter { finding in
      switch finding.element {
      case .process(let handle): handle == reference.process
      case .node(let handle): model[handle].process == reference.process
      case .flow(let handle): model[handle].process == reference.process
      default: false
      }
    }
  }

  private func content(_ writer: inout HTMLWriter) {
    writer.documentation(process.documentation, annotations: process.contents.annotations.map { model[$0] })
    if let text = context.generated { GeneratedSections(text).write(&writer) }
    writer.section("structure", context.structureTitle, [.class("derived")]) { section in
      section.element(.p, [.class("note")], text: "Derived from the structure; nobody wrote these sentences.")
      for paragraph in words.paragraphs { section.element(.p) { $0.phrase(paragraph, in: context) } }
    }
    ScopeSections(context, document: reference.document, .process(reference.process), paths).write(&writer)
    MessageSection(context, document: reference.document).write(&writer, flows: messageFlows)
    callers(&writer)
    implementation(&writer)
    writer.findings(findings, in: context, document: reference.document, withPlace: true)
  }

  private var messageFlows: [MessageFlow] {
    let pools = Set(process.participants.map(ElementReference.participant))
    return model.messageFlows.filter { flow in
      [flow.source, flow.target].contains { end in
        if case .node(let handle) = end { return model[handle].process == reference.process }
        return end.map(pools.contains) ?? false
      }
    }
  }

  private func callers(_ writer: inout HTMLWriter) {
    let callers = context.site.set.callers(of: reference)
    guard !callers.isEmpty else { return }
    writer.section("callers", "Called by") { section in
      section.element(.ul) { list in
        for call in callers {
          list.element(.li) { item in
            item.link(to: .node(call.caller), in: context)
            item.text(" in ")
            item.link(to: .process(call.callerProcess), in: context)
          }
        }
      }
    }
  }

  private func implementation(_ writer: inout HTMLWriter) {
    let rows = VendorProperties(process.common).rows
    guard !rows.isEmpty else { return }
    writer.section("implementation", "Implementation") { $0.properties(rows) }
  }

  private func facts(_ writer: inout HTMLWriter) {
    let pools = process.participants.compactMap { model[$0].plainName }.map { shortened($0) }
    let lanes = process.lanes.compactMap { model[$0].plainName }.map { shortened($0) }
    let starts = paths.order.filter { model[$0].kind == .startEvent }
    let ends = paths.order.filter { model[$0].kind == .endEvent }
    writer.facts([
      ("Type", cell("Process" + (process.isExecutable == true ? ", executable" : ""))),
      ("Pool", pools.isEmpty ? nil : cell(pools.joined(separator: ", "))),
      ("Lanes", lanes.isEmpty ? nil : cell(lanes.joined(separator: ", "))),
      ("Nodes", cell(String(process.allNodes.count))),
      ("Begins with", links(starts)),
      ("Ends with", links(ends)),
      ("Id", { $0.element(.code, text: process.id.isEmpty ? "none" : shortened(process.id)) }),
      ("Source", { $0.element(.code, text: "\(shortened(model.fileName)):\(process.line)") }),
    ])
  }

  private func links(_ nodes: [Handle<FlowNode>]) -> ((inout HTMLWriter) -> Void)? {
    guard !nodes.isEmpty else { return nil }
    return { writer in
      for (index, node) in nodes.prefix(12).enumerated() {
        if index > 0 { writer.void(.br) }
        writer.link(to: .node(NodeReference(document: reference.document, node: node)), in: context)
      }
      if nodes.count > 12 { writer.text(" … and \(nodes.count - 12) more") }
    }
  }
}

/// The messages that go between pools.
struct MessageSection {
  private let context: PageContext
  private let document: Int

  init(_ context: PageContext, document: Int) {
    self.context = context
    self.document = document
  }

  func write(_ writer: inout HTMLWriter, flows: [MessageFlow]) {
    guard !flows.isEmpty else { return }
    let model = context.site.set.documents[document]
    writer.section("messages", "Messages") { section in
      section.table("Messages", ["From", "Message", "To"]) { rows in
        for flow in flows {
          rows.row([
            { $0.participantOrNode(flow.source, flow.sourceID, context, document) },
            cell(MessageWords.name(of: flow, in: model)),
            { $0.participantOrNode(flow.target, flow.targetID, context, document) },
          ])
        }
      }
    }
  }
}
