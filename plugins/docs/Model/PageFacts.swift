import BPMN
import ProcessFiles

/// The facts of a page as a model is told them: what stands on the page, without links and pictures, and what was said
/// about its children.
struct PageFacts {
  let context: PageContext
  let document: Int
  let model: Document

  init(_ context: PageContext, document: Int) {
    self.context = context
    self.document = document
    model = context.site.set.documents[document]
  }

  /// The facts of a page; nil for pages that no model is asked about.
  static func of(_ context: PageContext) -> Facts? {
    switch context.page {
    case .node(let node): PageFacts(context, document: node.document).node(node)
    case .process(let process): PageFacts(context, document: process.document).process(process)
    case .file(let document): PageFacts(context, document: document).file()
    case .index, .glossary: nil
    }
  }

  // MARK: Parts that several pages have

  func title(_ handle: Handle<FlowNode>) -> String {
    context.site.titles.title(of: NodeReference(document: document, node: handle))
  }

  func page(_ handle: Handle<FlowNode>) -> PageID { .node(NodeReference(document: document, node: handle)) }

  func texts(_ documentation: [Documentation], _ annotations: [Handle<TextAnnotation>]) -> [String] {
    documentation.map(plainText) + annotations.map { collapsingWhitespace(model[$0].text) }
  }

  func plain(_ phrases: [Phrase]) -> [String] { phrases.map { $0.plain(context.site.titles) } }

  /// What a page says about a child: its title and kind, and what a model, or the structure, says about it.
  func part(_ page: PageID, kind: String) -> Facts {
    let summary = context.summary(of: page)
    var facts = Facts()
    facts.add("title", context.title(of: page))
    facts.add("kind", kind)
    facts.add("roles", summary?.roles ?? [])
    facts.add("summary", summary.map { $0.said?.text ?? $0.summary })
    return facts
  }

  func findings(_ findings: [Finding]) -> [String] {
    findings.filter { $0.severity != .info }.map { shortened($0.message, to: 400) }
  }

  func properties(_ element: ElementCommon) -> [Facts] {
    VendorProperties(element).rows.prefix(Limits.propertiesMax).map { row in
      var facts = Facts()
      facts.add("name", row.name)
      facts.add("value", row.value)
      return facts
    }
  }

  func messages(_ flows: [MessageFlow]) -> [Facts] {
    flows.map { flow in
      var facts = Facts()
      facts.add("message", MessageWords.name(of: flow, in: model))
      facts.add("from", end(flow.source, flow.sourceID))
      facts.add("to", end(flow.target, flow.targetID))
      return facts
    }
  }

  /// An end of a message flow: a node with its pool, or a pool.
  private func end(_ reference: ElementReference?, _ id: String) -> String {
    switch reference {
    case .node(let handle):
      let pool = model.participant(of: handle)?.plainName
      return title(handle) + (pool.map { " in \(shortened($0))" } ?? "")
    case .participant(let handle): return shortened(model[handle].plainName ?? model[handle].key)
    default: return shortened(id)
    }
  }
}
