import HTML
import ProcessFiles

/// Who does what, and which data each step reads and writes: from what the steps' pages say of themselves.
struct MatrixSections {
  private let context: PageContext
  private let steps: [(page: PageID, summary: PageSummary)]

  init(_ context: PageContext, _ steps: [(page: PageID, summary: PageSummary)]) {
    self.context = context
    self.steps = steps
  }

  func write(_ writer: inout HTMLWriter) {
    roles(&writer)
    data(&writer)
  }

  private func roles(_ writer: inout HTMLWriter) {
    let rows = steps.filter { !$0.summary.roles.isEmpty }
    matrix(&writer, "roles", "Who does what", "Step", rows, uniqued(rows.flatMap(\.summary.roles))) { summary, role in
      summary.roles.contains(role) ? ("●", "takes part") : nil
    }
  }

  private func data(_ writer: inout HTMLWriter) {
    let rows = steps.filter { !$0.summary.reads.isEmpty || !$0.summary.writes.isEmpty }
    let columns = uniqued(rows.flatMap { $0.summary.reads + $0.summary.writes })
    matrix(&writer, "data-use", "What is read and written", "Step", rows, columns) { summary, name in
      switch (summary.reads.contains(name), summary.writes.contains(name)) {
      case (true, true): ("RW", "reads and writes")
      case (true, false): ("R", "reads")
      case (false, true): ("W", "writes")
      case (false, false): nil
      }
    }
  }

  private func matrix(
    _ writer: inout HTMLWriter, _ id: String, _ title: String, _ corner: String,
    _ rows: [(page: PageID, summary: PageSummary)], _ columns: [String],
    _ mark: (PageSummary, String) -> (sign: String, words: String)?
  ) {
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let shown = Array(columns.prefix(Limits.matrixColumnsMax))
    writer.section(id, title) { section in
      section.table(title, [corner] + shown, classes: "matrix") { body in
        for row in rows {
          body.row(
            [{ $0.link(to: row.page, in: context) }]
              + shown.map { column in
                let mark = mark(row.summary, column)
                return { cell in
                  guard let mark else { return }
                  cell.element(.abbr, [Attribute("title", mark.words)], text: mark.sign)
                }
              })
        }
      }
      if columns.count > shown.count {
        let rest = columns.dropFirst(shown.count).joined(separator: ", ")
        section.element(.p, [.class("note")], text: "Not shown: \(shortened(rest, to: 1_000))")
      }
    }
  }
}
