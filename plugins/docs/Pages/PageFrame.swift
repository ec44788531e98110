import BPMN
import HTML
import ProcessFiles

/// What all pages have around their content.
struct PageFrame {
  let context: PageContext
  let title: String
  /// The pages above this one, outermost first; the index is added.
  let ancestors: [PageID]

  func html(_ content: (inout HTMLWriter) -> Void) -> String {
    HTMLWriter.document(language: "en") { writer in
      writer.element(.head) { head(&$0) }
      writer.element(.body) { body in
        body.link(Address(path: "", fragment: "content"), [.class("skip")], text: "Skip to content")
        header(&body)
        body.element(.main, [.id("content")], content)
        footer(&body)
      }
    }
  }

  private func head(_ writer: inout HTMLWriter) {
    writer.void(.meta, [Attribute("charset", "utf-8")])
    writer.element(.title, text: title == indexTitle ? title : "\(title) · \(indexTitle)")
    writer.void(.meta, [Attribute("name", "viewport"), Attribute("content", "width=device-width, initial-scale=1")])
    writer.void(.meta, [Attribute("name", "generator"), Attribute("content", "genplugin-docs \(context.version)")])
    if let text = context.generated {
      writer.void(.meta, [Attribute("name", "generated-by"), Attribute("content", text.model)])
      writer.void(.meta, [Attribute("name", "prompt-sha256"), Attribute("content", text.promptHash)])
    }
    writer.void(.meta, [Attribute("name", "color-scheme"), Attribute("content", "light dark")])
    writer.void(.meta, [Attribute("name", "referrer"), Attribute("content", "no-referrer")])
    writer.void(.meta, [Attribute("http-equiv", "Content-Security-Policy"), Attribute("content", Self.policy)])
    writer.void(.link, [Attribute("rel", "icon"), Attribute("href", Self.icon)])
    writer.void(.link, [Attribute("rel", "stylesheet"), .href(context.address(ofPath: PageTable.stylePath))])
    // Not deferred: it sets the theme before anything is drawn.
    writer.element(.script, [Attribute("src", context.address(ofPath: PageTable.scriptPath).text)], text: "")
  }

  private var indexTitle: String { context.title(of: .index) }

  private func header(_ writer: inout HTMLWriter) {
    writer.element(.header, [.class("top")]) { header in
      header.link(context.address(of: .index), [.class("brand")], text: indexTitle)
      if !ancestors.isEmpty { breadcrumbs(&header) }
      header.element(.div, [.class("tools")]) { tools in
        tools.link(context.address(of: .index, fragment: "search"), text: "Search")
        tools.link(context.address(of: .glossary), text: "Glossary")
        tools.element(
          .button, [.class("theme"), Attribute("type", "button"), .flag("hidden")], text: "Theme")
      }
    }
  }

  private func breadcrumbs(_ writer: inout HTMLWriter) {
    writer.element(.nav, [.class("crumbs"), .aria("label", "Where you are")]) { nav in
      nav.element(.ol) { list in
        for page in ancestors {
          list.element(.li) { $0.link(to: page, in: context) }
        }
      }
    }
  }

  private func footer(_ writer: inout HTMLWriter) {
    writer.element(.footer, [.class("bottom")]) { footer in
      footer.element(.p) { text in
        text.text("Written by genplugin-docs \(context.version) from ")
        sources(&text)
        text.text(". ")
        origin(&text)
      }
    }
  }

  private func origin(_ writer: inout HTMLWriter) {
    guard !context.models.isEmpty else {
      return writer.text("No model was used: everything here was read from the file, or follows from its structure.")
    }
    writer.text("What is marked as generated was written by ")
    writer.names(ofModels: context.models)
    writer.text("; everything else was read from the file, or follows from its structure.")
  }

  private func sources(_ writer: inout HTMLWriter) {
    switch context.page {
    case .node(let node): writer.link(to: .file(node.document), in: context)
    case .process(let process): writer.link(to: .file(process.document), in: context)
    case .file(let document): writer.link(to: .file(document), in: context)
    case .index, .glossary: writer.text(counted(context.site.files.count, "BPMN file"))
    }
  }

  /// No script but our own file runs, whatever a BPMN file may have smuggled in.
  private static let policy = "script-src 'self' file:; object-src 'none'; base-uri 'none'; form-action 'none'"

  private static let icon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    + "%3Crect x='2' y='2' width='28' height='28' rx='7' fill='%231f6f78'/%3E"
    + "%3Cpath d='M16 8l8 8-8 8-8-8z' fill='none' stroke='%23fff' stroke-width='2.5' stroke-linejoin='round'/%3E"
    + "%3C/svg%3E"
}

extension HTMLWriter {
  /// "the model a/b", "the models a/b, c/d".
  mutating func names(ofModels models: [String]) {
    text(models.count == 1 ? "the model " : "the models ")
    for (index, model) in models.enumerated() {
      if index > 0 { text(", ") }
      element(.code, text: model)
    }
  }

  /// A link to another page by its title; the title of the page itself without link.
  mutating func link(to page: PageID, in context: PageContext, fragment: String? = nil) {
    let isMade = if case .node(let node) = page { context.site.titles.isMade(node) } else { false }
    let title = context.title(of: page)
    if page == context.page, fragment == nil {
      element(.bdi, [.class("here")], text: title)
      return
    }
    element(.a, [.href(context.address(of: page, fragment: fragment))] + (isMade ? [.class("made")] : [])) { link in
      link.element(.bdi, text: title)
    }
  }

  /// A sentence with links.
  mutating func phrase(_ phrase: Phrase, in context: PageContext) {
    var isEnded = false
    for part in phrase.parts {
      switch part {
      // A title that ends like a sentence, as questions do, ends the sentence in which it stands last.
      case .text(let text): self.text(isEnded && text.hasPrefix(".") ? String(text.dropFirst()) : text)
      case .code(let code): element(.code, text: code)
      case .page(let page): link(to: page, in: context)
      }
      isEnded = if case .page(let page) = part { context.site.titles.endsSentence(page) } else { false }
    }
  }
}
