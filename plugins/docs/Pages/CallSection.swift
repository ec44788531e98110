import BPMN
import HTML
import ProcessFiles

/// What a call activity calls.
struct CallSection {
  private let context: PageContext
  private let reference: NodeReference

  init(_ context: PageContext, _ reference: NodeReference) {
    self.context = context
    self.reference = reference
  }

  func write(_ writer: inout HTMLWriter) {
    guard let call = context.site.set.call(of: reference) else { return }
    writer.section("calls", "Calls") { section in
      switch call.target {
      case .process(let process): called(&section, process, call)
      case .globalTask(let document, let task): globalTask(&section, document, task)
      case .expression(let text):
        section.sentence("What it calls is decided when it runs, by the expression", code: text)
      case .caseReference(let text): section.sentence("It calls a case model, which is not BPMN:", code: text)
      case .unresolved(let text): section.sentence("It calls something that is in none of the files given:", code: text)
      case .ambiguous(let text, let candidates): ambiguous(&section, text, candidates)
      case .absent: section.element(.p, text: "The file does not say what it calls.")
      }
    }
  }

  private func called(_ writer: inout HTMLWriter, _ process: ProcessReference, _ call: Call) {
    let summary = context.summary(of: .process(process))
    writer.element(.p) { line in
      line.text("The process ")
      line.link(to: .process(process), in: context)
      line.text(" in ")
      line.link(to: .file(process.document), in: context)
      line.text(".")
    }
    if let summary {
      writer.element(.p, [.class("quote")], text: summary.summary)
    }
    if context.site.cutCalls.contains(reference) {
      writer.element(
        .p, [.class("note")],
        text: "The called process leads back to this one. This page is written before that one and therefore goes "
          + "without its summary.")
    }
  }

  private func globalTask(_ writer: inout HTMLWriter, _ document: Int, _ task: Handle<GlobalTask>) {
    let global = context.site.set.documents[document][task]
    let name = shortened(global.plainName ?? global.key)
    writer.element(.p) { line in
      line.text("The \(global.kind.words.lowercased()) ")
      line.link(context.address(of: .file(document), fragment: "global-tasks"), text: name)
      line.text(".")
    }
  }

  private func ambiguous(_ writer: inout HTMLWriter, _ text: String, _ candidates: [ProcessReference]) {
    writer.sentence("More than one process of the files could be meant by", code: text)
    writer.element(.ul) { list in
      for candidate in candidates {
        list.element(.li) { item in
          item.link(to: .process(candidate), in: context)
          item.text(" in ")
          item.link(to: .file(candidate.document), in: context)
        }
      }
    }
  }
}

extension HTMLWriter {
  fileprivate mutating func sentence(_ words: String, code: String) {
    element(.p) { line in
      line.text(words + " ")
      line.element(.code, text: shortened(code, to: 400))
    }
  }
}
