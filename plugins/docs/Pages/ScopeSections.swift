import BPMN
import HTML
import ProcessFiles

/// What stands on the page of a process or sub-process about its inside.
struct ScopeSections {
  private let context: PageContext
  private let document: Int
  private let model: Document
  private let paths: ScopePaths

  init(_ context: PageContext, document: Int, _ scope: Scope, _ paths: ScopePaths) {
    self.context = context
    self.document = document
    self.paths = paths
    model = context.site.set.documents[document]
  }

  func write(_ writer: inout HTMLWriter) {
    guard !paths.order.isEmpty else { return }
    mainWay(&writer)
    otherWays(&writer)
    exceptions(&writer)
    MatrixSections(context, summaries).write(&writer)
    steps(&writer)
  }

  private func page(_ handle: Handle<FlowNode>) -> PageID {
    .node(NodeReference(document: document, node: handle))
  }

  private func link(_ handle: Handle<FlowNode>) -> Phrase { "\(page: page(handle))" }

  /// Of the nodes in flow order, as far as their pages are written.
  private var summaries: [(page: PageID, summary: PageSummary)] {
    paths.order.compactMap { handle in context.summary(of: page(handle)).map { (page(handle), $0) } }
  }

  // MARK: Ways

  private func mainWay(_ writer: inout HTMLWriter) {
    guard paths.main.count > 1 else { return }
    writer.section("main-way", "Main way", [.class("derived")]) { section in
      section.element(
        .p, [.class("note")],
        text: "Derived: where ways part, the one with the most steps that ends normally; of parallel ways all.")
      section.element(.ol, [.class("way")]) { list in
        for handle in paths.main { wayStep(&list, handle) }
      }
    }
  }

  private func wayStep(_ writer: inout HTMLWriter, _ handle: Handle<FlowNode>) {
    let node = model[handle]
    writer.element(.li, [.class(node.kind.sign)]) { item in
      item.link(to: page(handle), in: context)
      if let place = model.place(of: handle), node.kind.isActivity {
        item.element(.span, [.class("note")], text: " \(place)")
      }
    }
  }

  private func otherWays(_ writer: inout HTMLWriter) {
    guard !paths.alternatives.isEmpty || !paths.loops.isEmpty || !paths.unreachable.isEmpty else { return }
    writer.section("other-ways", "Other ways", [.class("derived")]) { section in
      section.table("Other ways", ["At", "When", "What happens", "Then"]) { rows in
        for alternative in paths.alternatives { rows.row(cells(alternative)) }
        for loop in paths.loops { rows.row(cells(loop)) }
      }
      if !paths.unreachable.isEmpty { unreachable(&section) }
    }
  }

  private func cells(_ way: ScopePaths.Alternative) -> [(inout HTMLWriter) -> Void] {
    let ends = Phrase.list(way.ends.map(link), "or")
    let rejoins = Phrase.list(way.rejoins.map(link), "or")
    let steps = way.steps.filter { !way.ends.contains($0) }
    return [
      phrase(way.flow.source.map(link) ?? ""), when(way.flow),
      phrase(steps.isEmpty ? "nothing" : Phrase.list(steps.prefix(12).map(link)) + more(steps.count - 12)),
      phrase(
        way.rejoins.isEmpty
          ? "ends at \(ends)" : way.ends.isEmpty ? "back at \(rejoins)" : "back at \(rejoins), or ends at \(ends)"),
    ]
  }

  private func more(_ count: Int) -> Phrase { count > 0 ? " … and \(count) more" : Phrase(parts: []) }

  private func cells(_ loop: SequenceFlow) -> [(inout HTMLWriter) -> Void] {
    [
      phrase(loop.source.map(link) ?? ""), when(loop), cell("loop"),
      phrase(loop.target.map { "again from \(link($0))" } ?? ""),
    ]
  }

  private func phrase(_ phrase: Phrase) -> (inout HTMLWriter) -> Void {
    { $0.phrase(phrase, in: context) }
  }

  private func when(_ flow: SequenceFlow) -> (inout HTMLWriter) -> Void {
    { writer in
      if flow.isDefault { writer.badge("default", "default") }
      if let name = flow.plainName { writer.text(" \(shortened(name)) ") }
      if let condition = flow.condition { writer.element(.code, text: shortened(collapsingWhitespace(condition.text))) }
    }
  }

  private func unreachable(_ writer: inout HTMLWriter) {
    writer.element(.p) { line in
      line.text("No start leads to ")
      line.phrase(Phrase.list(paths.unreachable.prefix(30).map(link)), in: context)
      line.text(paths.unreachable.count > 30 ? " and more." : ".")
    }
  }

  private func exceptions(_ writer: inout HTMLWriter) {
    guard !paths.exceptions.isEmpty else { return }
    writer.section("exceptions", "Exceptions") { section in
      section.table("Exceptions", ["During", "Event", "Trigger", "Effect", "Leads to"]) { rows in
        for handle in paths.exceptions {
          let during = phrase(model[handle].event?.host.map(link) ?? "any step")
          rows.row([during] + ExceptionCells(context, document, handle).cells)
        }
      }
    }
  }

  // MARK: Steps

  private func steps(_ writer: inout HTMLWriter) {
    writer.section("steps", "All steps") { section in
      section.element(.p, [.class("note")], text: "\(counted(paths.order.count, "node")), in flow order\(innerWords).")
      section.element(.ol, [.class("steps")]) { list in
        for handle in paths.order { step(&list, handle) }
      }
    }
  }

  /// Where the rest of the nodes is that the page counts.
  private var innerWords: String {
    let inner = model.allContents(of: paths.order).count - paths.order.count
    return inner == 0 ? "" : "; \(inner) more in sub-processes, on the pages of those"
  }

  private func step(_ writer: inout HTMLWriter, _ handle: Handle<FlowNode>) {
    writer.element(.li) { item in
      item.element(.span, [.class("sign \(model[handle].kind.sign)"), .aria("hidden", "true")], text: "")
      item.element(.div) { box in
        box.element(.p, [.class("name")]) { $0.link(to: page(handle), in: context) }
        let summary = context.summary(of: page(handle))
        box.element(
          .p, [.class("note"), Attribute("dir", "auto")], text: summary?.summary ?? model.kindWords(for: handle))
      }
    }
  }
}
