import BPMN
import HTML
import ProcessFiles

/// The first page: files, processes, and everything to search in.
struct IndexPage {
  private let context: PageContext
  private let site: Site

  init(_ context: PageContext) {
    self.context = context
    site = context.site
  }

  func write() -> WrittenPage {
    let frame = PageFrame(context: context, title: context.title(of: .index), ancestors: [])
    let html = frame.html { main in
      head(&main)
      overview(&main)
      processes(&main)
      search(&main)
      sources(&main)
    }
    return WrittenPage(html: html, summary: summary)
  }

  private var files: [(page: PageID, summary: PageSummary?)] {
    site.children(of: .index).map { ($0, context.summary(of: $0)) }
  }

  private var nodes: Int { site.set.documents.reduce(0) { $0 + $1.nodes.count } }

  private var lead: String {
    let processes = site.set.documents.reduce(0) { $0 + $1.processes.count }
    return "\(counted(processes, "process", "processes")) with \(counted(nodes, "node")) "
      + "from \(counted(site.files.count, "BPMN file"))."
  }

  private var summary: PageSummary {
    PageSummary(
      path: context.path, title: context.title(of: .index), kind: "Index", summary: lead,
      steps: files.reduce(0) { $0 + ($1.summary?.steps ?? 0) }, nodes: nodes,
      findings: files.reduce(0) { $0 + ($1.summary?.findings ?? 0) })
  }

  private func head(_ writer: inout HTMLWriter) {
    writer.element(.div, [.class("head")]) { head in
      head.element(.h1, text: context.title(of: .index))
      head.element(.p, [.class("lead")], text: lead)
      head.element(.p, [.class("note")]) { origin(&$0) }
    }
  }

  private func origin(_ writer: inout HTMLWriter) {
    if context.models.isEmpty {
      writer.text("No model was used.")
    } else {
      writer.text("What is marked as generated was written by ")
      writer.names(ofModels: context.models)
      writer.text("; nobody has checked it.")
    }
    writer.text(
      " What people wrote in the files stands under “Documentation”; what follows from the structure is marked as derived."
    )
  }

  /// What models say about the files.
  private func overview(_ writer: inout HTMLWriter) {
    let said = files.compactMap { file in file.summary?.said.map { (file.page, $0) } }
    guard !said.isEmpty else { return }
    writer.section("overview", "Overview", [.class("generated")]) { section in
      section.element(.p, [.class("note")]) { $0.generatedBadge() }
      for (page, said) in said {
        section.element(.h3) { $0.link(to: page, in: context) }
        section.generated(said.text)
      }
    }
  }

  private func processes(_ writer: inout HTMLWriter) {
    writer.section("processes", "Processes") { section in
      section.element(.div, [.class("cards")]) { cards in
        for (file, summary) in files {
          for page in site.children(of: file) {
            let path = site.pages[page].path
            cards.card(for: page, summary?.children.first { $0.path == path }, in: context, file: file)
          }
        }
      }
    }
  }

  /// A plain list; the script narrows it down while somebody types.
  private func search(_ writer: inout HTMLWriter) {
    writer.section("search", "Find") { section in
      section.element(.form, [.class("search"), Attribute("role", "search"), .flag("hidden")]) { form in
        form.element(.label, [Attribute("for", "query")], text: "Name, type, role, file, id or description")
        form.void(
          .input,
          [
            .id("query"), Attribute("type", "search"), Attribute("autocomplete", "off"),
            Attribute("spellcheck", "false"),
          ])
        form.element(.p, [.id("matches"), .class("note"), Attribute("role", "status")], text: "")
      }
      section.element(.ul, [.class("all"), .id("all")]) { list in
        for (document, model) in site.set.documents.enumerated() { entries(&list, document, model) }
      }
    }
  }

  private func entries(_ writer: inout HTMLWriter, _ document: Int, _ model: Document) {
    for process in model.processes {
      let page = PageID.process(ProcessReference(document: document, process: process.handle))
      entry(&writer, page, "process", "Process", process.common, roles: [], model)
    }
    for node in model.nodes {
      let page = PageID.node(NodeReference(document: document, node: node.handle))
      let roles = node.kind.isActivity ? model.roles(of: node.handle) : []
      entry(&writer, page, node.kind.sign, model.briefKindWords(for: node.handle), node.common, roles: roles, model)
    }
  }

  private func entry(
    _ writer: inout HTMLWriter, _ page: PageID, _ sign: String, _ kind: String, _ element: ElementCommon,
    roles: [String], _ model: Document
  ) {
    // What the script looks at beside what is shown.
    let words = [shortened(element.id)] + roles + [model.writtenSummary(of: element)].compactMap(\.self)
    writer.element(.li, [.data("words", words.joined(separator: " "))]) { item in
      item.element(.span, [.class("sign \(sign)"), .aria("hidden", "true")], text: "")
      item.link(to: page, in: context)
      item.element(.span, [.class("note")], text: " \(kind) · \(shortened(model.fileName, to: 60))")
    }
  }

  private func sources(_ writer: inout HTMLWriter) {
    writer.section("files", "Files") { section in
      let makers = site.set.documents.map(\.madeWith)
      // Files that were written by hand name no tool.
      let withMakers = makers.contains { !$0.isEmpty }
      section.table("Files", ["File", "Holds"] + (withMakers ? ["Made with"] : []) + ["Findings", "SHA-256"]) { rows in
        for (document, file) in site.files.enumerated() {
          let summary = files[document].summary
          rows.row(
            [{ $0.link(to: .file(document), in: context) }, cell(summary?.summary ?? "")]
              + (withMakers ? [cell(makers[document])] : [])
              + [
                cell(summary.map { String($0.findings) } ?? ""),
                { $0.element(.code, [.class("hash")], text: file.sha256) },
              ])
        }
      }
    }
  }
}
