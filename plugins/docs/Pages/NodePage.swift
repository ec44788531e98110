import BPMN
import HTML
import ProcessFiles

/// The page of a flow node.
struct NodePage {
  private let context: PageContext
  private let reference: NodeReference
  private let model: Document
  private let node: FlowNode
  private let words: NodeWords

  init(_ context: PageContext, _ reference: NodeReference) {
    self.context = context
    self.reference = reference
    model = context.site.document(of: reference)
    node = model[reference.node]
    words = NodeWords(context.site, reference)
  }

  func write() -> WrittenPage {
    let summary = summary
    let frame = PageFrame(context: context, title: summary.title, ancestors: ancestors)
    let html = frame.html { main in
      head.write(&main, context)
      if node.kind.isSubProcess { pictures.inside(of: reference, &main) }
      main.element(.div, [.class("columns")]) { columns in
        columns.element(.div, [.class("content")], content)
        columns.element(.aside, [.aria("label", "Facts")], facts)
      }
      neighbours(&main)
    }
    return WrittenPage(html: html, summary: summary)
  }

  // MARK: Summary

  private var summary: PageSummary {
    let inside = context.site.children(of: context.page).filter { if case .node = $0 { true } else { false } }
      .compactMap(context.summary(of:))
    let own = model.roles(of: node.handle)
    return PageSummary(
      path: context.path, title: context.title(of: context.page), isMade: context.site.titles.isMade(reference),
      kind: model.kindWords(for: node.handle),
      summary: shortened(lead.plain(context.site.titles), to: Limits.summaryCharactersMax),
      roles: node.kind.isActivity ? uniqued((inside.isEmpty ? own : []) + inside.flatMap(\.roles)) : [],
      reads: uniqued(model.dataRead(by: node.handle).map(model.dataName) + inside.flatMap(\.reads)),
      writes: uniqued(model.dataWritten(by: node.handle).map(model.dataName) + inside.flatMap(\.writes)),
      steps: (node.kind.isActivity ? 1 : 0) + inside.reduce(0) { $0 + $1.steps },
      nodes: 1 + inside.reduce(0) { $0 + $1.nodes },
      findings: findings.count { $0.severity != .info } + inside.reduce(0) { $0 + $1.findings })
  }

  private var lead: Phrase {
    model.writtenSummary(of: node.common).map { "\($0)" } ?? derivedLead
  }

  private var derivedLead: Phrase {
    guard node.kind.isSubProcess else { return words.summary }
    return ScopeWords(context.site, document: reference.document, .subProcess(node.handle), paths).summary
  }

  /// The first sentence is all that is written: it stands under "Documentation" and need not stand twice.
  private var isWholeTextShort: Bool { model.hasOnlySummary(node.common) }

  private var paths: ScopePaths { ScopePaths(model, .subProcess(node.handle)) }

  private var findings: [Finding] {
    let flows = node.outgoing.flatMap { context.site.findings(about: .flow($0), in: reference.document) }
    return context.site.findings(about: .node(node.handle), in: reference.document) + flows
  }

  // MARK: Parts

  private var pictures: Pictures { Pictures(context) }

  private var head: PageHead {
    PageHead(
      kind: model.kindWords(for: node.handle), sign: node.kind.sign, title: context.title(of: context.page),
      wholeName: node.plainName, isMade: context.site.titles.isMade(reference),
      lead: isWholeTextShort ? derivedLead : lead,
      isLeadWritten: !isWholeTextShort && model.writtenSummary(of: node.common) != nil)
  }

  private var process: PageID {
    .process(ProcessReference(document: reference.document, process: node.process))
  }

  private var ancestors: [PageID] {
    [.file(reference.document), process] + model.ancestors(of: node.handle).map { page(of: $0.handle) }
  }

  private func page(of handle: Handle<FlowNode>) -> PageID {
    .node(NodeReference(document: reference.document, node: handle))
  }

  private func content(_ writer: inout HTMLWriter) {
    pictures.closeUp(of: reference, &writer)
    writer.documentation(node.documentation, annotations: node.annotations.map { model[$0] })
    if let text = context.generated { GeneratedSections(text).write(&writer) }
    derived(&writer)
    if node.kind == .callActivity { CallSection(context, reference).write(&writer) }
    if node.kind.isSubProcess {
      ScopeSections(context, document: reference.document, .subProcess(node.handle), paths).write(&writer)
    }
    FlowSections(context, reference).write(&writer)
    DataSection(context, reference).write(&writer)
    DetailSections(context, reference).write(&writer)
    writer.findings(findings, in: context, document: reference.document)
  }

  private func derived(_ writer: inout HTMLWriter) {
    let paragraphs = words.paragraphs
    guard !paragraphs.isEmpty else { return }
    writer.section("structure", context.structureTitle, [.class("derived")]) { section in
      section.element(.p, [.class("note")], text: "Derived from the structure; nobody wrote these sentences.")
      for paragraph in paragraphs {
        section.element(.p) { $0.phrase(paragraph, in: context) }
      }
    }
  }

  private func facts(_ writer: inout HTMLWriter) {
    let lanes = model.lanePath(of: node.handle).compactMap(\.plainName).map { shortened($0) }
    let pool = model.participant(of: node.handle)?.plainName.map { shortened($0) }
    let performers = node.activity?.performers ?? []
    writer.facts([
      ("Type", cell(model.kindWords(for: node.handle))),
      ("Who", performers.isEmpty ? nil : cell(uniqued(performers.map { shortened($0.value) }).joined(separator: ", "))),
      (lanes.count > 1 ? "Lanes" : "Lane", lanes.isEmpty ? nil : cell(lanes.joined(separator: " › "))),
      ("Pool", pool.map(cell)),
      ("Part of", { $0.link(to: ancestors.last ?? process, in: context) }),
      ("Id", { $0.element(.code, text: node.id.isEmpty ? "none" : shortened(node.id)) }),
      ("Source", { $0.element(.code, text: "\(shortened(model.fileName)):\(node.line)") }),
    ])
  }

  // MARK: Neighbours in flow order

  private func neighbours(_ writer: inout HTMLWriter) {
    let order = model.flowOrder(of: node.scope).nodes
    guard let place = order.firstIndex(of: node.handle) else { return }
    let previous = place > 0 ? order[place - 1] : nil
    let next = place + 1 < order.count ? order[place + 1] : nil
    writer.element(.nav, [.class("neighbours"), .aria("label", "In flow order")]) { nav in
      neighbour(&nav, "Previous", "previous", previous.map(page))
      neighbour(&nav, "Up", "up", ancestors.last)
      neighbour(&nav, "Next", "next", next.map(page))
    }
  }

  private func neighbour(_ writer: inout HTMLWriter, _ word: String, _ name: String, _ page: PageID?) {
    writer.element(.div, [.class(name)]) { box in
      guard let page else { return }
      box.element(.span, [.class("note")], text: word)
      box.link(to: page, in: context)
    }
  }
}
