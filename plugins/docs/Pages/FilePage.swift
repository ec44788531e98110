import BPMN
import HTML
import ProcessFiles

/// The page of a file: its collaboration, processes, provenance and what was wrong in it.
struct FilePage {
  private let context: PageContext
  private let document: Int
  private let model: Document

  init(_ context: PageContext, _ document: Int) {
    self.context = context
    self.document = document
    model = context.site.set.documents[document]
  }

  func write() -> WrittenPage {
    let summary = summary
    let frame = PageFrame(context: context, title: summary.title, ancestors: [])
    let html = frame.html { main in
      head.write(&main, context)
      Pictures(context).planes(of: document, &main)
      main.element(.div, [.class("columns")]) { columns in
        columns.element(.div, [.class("content")], content)
        columns.element(.aside, [.aria("label", "Facts")], facts)
      }
    }
    return WrittenPage(html: html, summary: summary)
  }

  private var processes: [PageID] { context.site.children(of: context.page) }
  private var summaries: [PageSummary] { processes.compactMap(context.summary(of:)) }

  private var summary: PageSummary {
    // What models say about the processes stands on their pages, and went into what they say about the file.
    let children = summaries.map { child in
      var child = child
      child.said = nil
      return child
    }
    return PageSummary(
      path: context.path, title: context.title(of: context.page), kind: "File",
      summary: lead.plain(context.site.titles), roles: uniqued(children.flatMap(\.roles)),
      reads: uniqued(children.flatMap(\.reads)), writes: uniqued(children.flatMap(\.writes)),
      steps: children.reduce(0) { $0 + $1.steps }, nodes: children.reduce(0) { $0 + $1.nodes },
      findings: children.reduce(0) { $0 + $1.findings } + model.warnings.count, children: children)
  }

  private var lead: Phrase {
    let pools = model.participants.count
    let parts = [
      counted(model.processes.count, "process", "processes"), pools > 0 ? counted(pools, "pool") : nil,
      counted(model.nodes.count, "node"),
      model.messageFlows.isEmpty ? nil : counted(model.messageFlows.count, "message flow"),
    ].compactMap(\.self)
    return "\(Phrase.list(parts.map { "\($0)" }))."
  }

  private var head: PageHead {
    PageHead(
      kind: model.collaborations.isEmpty ? "BPMN file" : "Collaboration", sign: "file",
      title: context.title(of: context.page), wholeName: model.fileName, lead: lead, isLeadWritten: true)
  }

  private func content(_ writer: inout HTMLWriter) {
    if let text = context.generated { GeneratedSections(text).write(&writer) }
    processList(&writer)
    participants(&writer)
    let texts = model.common.documentation + model.collaborations.flatMap(\.documentation)
    writer.documentation(
      texts, annotations: model.collaborations.flatMap { $0.annotations.map { model[$0] } })
    MessageSection(context, document: document).write(&writer, flows: model.messageFlows)
    globalTasks(&writer)
    warnings(&writer)
    otherElements(&writer)
  }

  private func processList(_ writer: inout HTMLWriter) {
    writer.section("processes", "Processes") { section in
      if processes.isEmpty { section.element(.p, text: "The file holds no process.") }
      section.element(.div, [.class("cards")]) { cards in
        for page in processes { cards.card(for: page, context.summary(of: page), in: context) }
      }
    }
  }

  private func participants(_ writer: inout HTMLWriter) {
    guard !model.participants.isEmpty else { return }
    writer.section("participants", "Participants") { section in
      section.table("Participants", ["Pool", "Process", "Lanes"]) { rows in
        for participant in model.participants {
          rows.row([
            cell(shortened(participant.plainName ?? participant.key)), process(participant), lanes(participant),
          ])
        }
      }
    }
  }

  private func process(_ participant: Participant) -> (inout HTMLWriter) -> Void {
    guard let process = participant.process else { return cell("shown from outside only") }
    return { $0.link(to: .process(ProcessReference(document: document, process: process)), in: context) }
  }

  private func lanes(_ participant: Participant) -> (inout HTMLWriter) -> Void {
    let lanes = participant.process.map { model[$0].lanes.compactMap { model[$0].plainName } } ?? []
    return cell(lanes.map { shortened($0) }.joined(separator: ", "))
  }

  private func globalTasks(_ writer: inout HTMLWriter) {
    guard !model.globalTasks.isEmpty else { return }
    writer.section("global-tasks", "Global tasks") { section in
      section.table("Global tasks", ["Name", "Type", "Who", "Line"]) { rows in
        for task in model.globalTasks {
          rows.row([
            cell(shortened(task.plainName ?? task.key)), cell(task.kind.words),
            cell(task.performers.map { shortened($0.value) }.joined(separator: ", ")), cell(String(task.line)),
          ])
        }
      }
    }
  }

  private func warnings(_ writer: inout HTMLWriter) {
    guard !model.warnings.isEmpty else { return }
    writer.section("warnings", "Warnings about the file") { section in
      section.element(.p, [.class("note")], text: "Tolerated when the file was read.")
      section.element(.ul, [.class("findings")]) { list in
        for warning in model.warnings {
          list.element(.li, [.class("warning")]) { item in
            item.text("\(shortened(warning.message, to: 400)), line \(warning.line). ")
            item.element(.code, [.class("rule")], text: warning.code.rawValue)
          }
        }
      }
    }
  }

  /// What the file holds that these pages do not tell about: it must not vanish without a word.
  private func otherElements(_ writer: inout HTMLWriter) {
    guard !model.unknownElements.isEmpty else { return }
    writer.section("not-shown", "Not documented here") { section in
      section.table("Elements without pages", ["Element", "Name", "Line"]) { rows in
        for element in model.unknownElements.prefix(Limits.propertiesMax) {
          rows.row([
            { $0.element(.code, text: shortened(element.tag)) }, cell(element.plainName.map { shortened($0) } ?? ""),
            cell(String(element.line)),
          ])
        }
      }
    }
  }

  private func facts(_ writer: inout HTMLWriter) {
    writer.facts([
      ("File", { $0.element(.code, text: shortened(model.fileName)) }),
      ("SHA-256", { $0.element(.code, [.class("hash")], text: context.site.files[document].sha256) }),
      ("Made with", model.madeWith.isEmpty ? nil : cell(model.madeWith)),
      ("Namespace", model.targetNamespace.map { name in { $0.element(.code, text: shortened(name)) } }),
      ("Pages by", cell("genplugin-docs \(context.version)")),
      ("Model used", cell(context.generated?.model ?? "none")),
    ])
  }
}

extension HTMLWriter {
  /// A process as a card: title, sentence, counts.
  mutating func card(for page: PageID, _ summary: PageSummary?, in context: PageContext, file: PageID? = nil) {
    element(.article, [.class("card")]) { card in
      card.element(.h3) { $0.link(to: page, in: context) }
      guard let summary else { return }
      card.element(.p, [Attribute("dir", "auto")], text: summary.summary)
      card.element(.p, [.class("note")]) { line in
        if let file {
          line.link(to: file, in: context)
          line.text(" · ")
        }
        line.text("\(counted(summary.nodes, "node")), \(counted(summary.steps, "step"))")
        if !summary.roles.isEmpty { line.text(" · \(shortened(summary.roles.prefix(5).joined(separator: ", ")))") }
        if summary.findings > 0 { line.text(" · \(counted(summary.findings, "finding"))") }
      }
    }
  }
}

extension Document {
  /// The tool that wrote the file, with its version; empty when the file does not tell.
  var madeWith: String {
    shortened([exporter, exporterVersion].compactMap(\.self).joined(separator: " "))
  }
}
