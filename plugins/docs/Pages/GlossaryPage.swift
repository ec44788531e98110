import BPMN
import HTML
import ProcessFiles

/// Roles, messages, errors, signals, escalations and data of all files, with the steps that use them.
struct GlossaryPage {
  private let context: PageContext

  init(_ context: PageContext) {
    self.context = context
  }

  func write() -> WrittenPage {
    let frame = PageFrame(context: context, title: context.title(of: .glossary), ancestors: [])
    let html = frame.html { main in
      main.element(.div, [.class("head")]) { head in
        head.element(.h1, text: context.title(of: .glossary))
        head.element(.p, [.class("lead")], text: "What the files name, and where it is used.")
      }
      let entries = context.site.glossary.entries
      if entries.isEmpty { main.element(.p, text: "The files name no roles, messages, errors, signals or data.") }
      for kind in Glossary.Kind.allCases {
        section(&main, kind, entries.filter { $0.kind == kind })
      }
    }
    let summary = PageSummary(
      path: context.path, title: context.title(of: .glossary), kind: "Glossary",
      summary: counted(context.site.glossary.entries.count, "entry", "entries") + ".")
    return WrittenPage(html: html, summary: summary)
  }

  private func section(_ writer: inout HTMLWriter, _ kind: Glossary.Kind, _ entries: [Glossary.Entry]) {
    guard !entries.isEmpty else { return }
    writer.section(kind.rawValue.lowercased(), kind.rawValue) { section in
      let details = entries.map { ($0.details + $0.documentation.map(collapsingWhitespace)).joined(separator: "; ") }
      let hasDetails = details.contains { !$0.isEmpty }
      section.table(kind.rawValue, ["Name"] + (hasDetails ? ["Details"] : []) + ["Used by"]) { rows in
        for (entry, details) in zip(entries, details) {
          rows.row(
            [{ $0.element(.bdi, text: shortened(entry.name)) }]
              + (hasDetails ? [cell(shortened(details, to: 600))] : []) + [{ users(&$0, entry.users) }])
        }
      }
    }
  }

  private func users(_ writer: inout HTMLWriter, _ users: [NodeReference]) {
    if users.isEmpty { writer.element(.span, [.class("note")], text: "nothing") }
    for (index, user) in users.enumerated() {
      if index > 0 { writer.text(", ") }
      writer.link(to: .node(user), in: context)
    }
  }
}
