import HTML
import ProcessFiles

/// The parts that pages are put together from.
extension HTMLWriter {
  /// A section with a heading that can be linked to.
  mutating func section(
    _ id: String, _ title: String, _ attributes: [Attribute] = [], _ body: (inout HTMLWriter) -> Void
  ) {
    element(.section, [.id(id), .aria("labelledby", "\(id)-title")] + attributes) { section in
      section.element(.h2, [.id("\(id)-title")], text: title)
      body(&section)
    }
  }

  /// A table in a box of its own that scrolls sideways when the page is narrow.
  ///
  /// - Parameter label: what the table shows, for those who cannot see the heading above it.
  mutating func table(
    _ label: String, _ columns: [String], classes: String = "", _ rows: (inout HTMLWriter) -> Void
  ) {
    element(
      .div, [.class("scroll"), Attribute("role", "region"), .aria("label", label), Attribute("tabindex", "0")]
    ) { box in
      box.element(.table, classes.isEmpty ? [] : [.class(classes)]) { table in
        table.element(.thead) { head in
          head.element(.tr) { row in
            for column in columns { row.element(.th, [Attribute("scope", "col")], text: column) }
          }
        }
        table.element(.tbody, rows)
      }
    }
  }

  mutating func row(_ cells: [(inout HTMLWriter) -> Void]) {
    element(.tr) { row in
      for cell in cells { row.element(.td, cell) }
    }
  }

  /// Terms and what they are; terms without a value are left out.
  mutating func facts(_ facts: [(term: String, value: ((inout HTMLWriter) -> Void)?)]) {
    element(.dl, [.class("facts")]) { list in
      for fact in facts {
        guard let value = fact.value else { continue }
        list.element(.dt, text: fact.term)
        list.element(.dd, value)
      }
    }
  }

  /// A small mark behind a title or text.
  mutating func badge(_ text: String, _ classes: String = "", title: String? = nil) {
    element(.span, [.class("badge \(classes)")] + (title.map { [Attribute("title", $0)] } ?? []), text: text)
  }

  /// Code from a file in a box of its own.
  mutating func codeBlock(_ label: String, _ code: String) {
    element(.pre, [Attribute("tabindex", "0"), .aria("label", label)]) { block in
      block.element(
        .code,
        text: code.count > Limits.longTextCharactersMax ? shortened(code, to: Limits.longTextCharactersMax) : code)
    }
  }
}

/// A cell that holds text.
func cell(_ text: String) -> (inout HTMLWriter) -> Void {
  { $0.text(text) }
}
