import HTML
import Markdown

/// What a model has written about a page, marked as such.
struct GeneratedSections {
  private let text: GeneratedText

  init(_ text: GeneratedText) {
    self.text = text
  }

  func write(_ writer: inout HTMLWriter) {
    section("summary", "Summary", &writer) { section in
      provenance(&section)
      section.generated(text.summary)
    }
    section("purpose", "Purpose", &writer) { section in
      mark(&section)
      section.generated(text.purpose)
    }
    list("business-rules", "Business rules", text.businessRules, &writer)
    list("acceptance-criteria", "Acceptance criteria", text.acceptanceCriteria, &writer)
  }

  private func list(_ id: String, _ title: String, _ items: [String], _ writer: inout HTMLWriter) {
    guard !items.isEmpty else { return }
    section(id, title, &writer) { section in
      mark(&section)
      section.element(.ul, [.class("rules")]) { list in
        for item in items { list.element(.li) { $0.generated(item) } }
      }
    }
  }

  private func section(
    _ id: String, _ title: String, _ writer: inout HTMLWriter, _ body: (inout HTMLWriter) -> Void
  ) {
    writer.section(id, title, [.class("generated")], body)
  }

  private func mark(_ writer: inout HTMLWriter) {
    writer.element(.p, [.class("note")]) { $0.generatedBadge() }
  }

  private func provenance(_ writer: inout HTMLWriter) {
    writer.element(.p, [.class("note")]) { note in
      note.generatedBadge()
      note.text(" Written by the model ")
      note.element(.code, text: text.model)
      note.text(" from what stands on this page and on those below it; nobody has checked it. Prompt ")
      note.element(.code, [.class("hash")], text: text.promptHash)
    }
  }
}

extension HTMLWriter {
  /// Markdown that a model has written, under a heading of the second level.
  mutating func generated(_ text: String) {
    element(.div, [.class("prose"), Attribute("dir", "auto")]) { $0.markdown(Markdown(text), under: 2) }
  }

  mutating func generatedBadge() { badge("generated", "generated", title: "Written by a model") }
}
