import BPMN
import ProcessFiles

/// What pages and links call things: one line, never empty, of bounded length, not escaped.
struct PageTitles: Sendable {
  private let set: ProcessSet

  init(_ set: ProcessSet) {
    self.set = set
  }

  /// The name of a node, or the title that was made for it.
  func title(of node: NodeReference) -> String {
    shortened(set.documents[node.document].title(of: node.node).text)
  }

  func isMade(_ node: NodeReference) -> Bool {
    set.documents[node.document].title(of: node.node).isMade
  }

  /// The name of a process; without one that of its pool; the only process of a file by the file; else by its id.
  func title(of process: ProcessReference) -> String {
    let model = set.documents[process.document]
    let definition = model[process.process]
    if let name = definition.plainName { return shortened(name) }
    if let pool = definition.participants.lazy.compactMap({ model[$0].plainName }).first { return shortened(pool) }
    if model.processes.count == 1 {
      let words = FileNames.stem(model.fileName).split(whereSeparator: { "_-. ".contains($0) }).joined(separator: " ")
      if !words.isEmpty { return shortened(words.prefix(1).uppercased() + words.dropFirst()) }
    }
    return shortened("Process \(definition.key)")
  }

  func isMade(_ process: ProcessReference) -> Bool {
    set[process].plainName == nil
  }

  /// The name of a file.
  func title(ofFile document: Int) -> String {
    shortened(set.documents[document].fileName)
  }

  /// The title of a page.
  func title(of page: PageID) -> String {
    switch page {
    case .node(let node): title(of: node)
    case .process(let process): title(of: process)
    case .file(let document): title(ofFile: document)
    case .index: "Process documentation"
    case .glossary: "Glossary"
    }
  }
}

/// A title of a length that a link, a table or a heading can hold.
func shortened(_ text: String) -> String { shortened(text, to: Limits.titleCharactersMax) }
