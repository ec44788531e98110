package import BPMN

/// What plugins call the elements of their files: one line, never empty, of bounded length, not escaped.
package struct ElementTitles: Sendable {
  private let set: ProcessSet

  package init(_ set: ProcessSet) {
    self.set = set
  }

  /// The name of a node, or the title that was made for it.
  package func title(of node: NodeReference) -> String {
    shortened(set.documents[node.document].title(of: node.node).text)
  }

  /// Whether the file gives the node no name.
  package func isMade(_ node: NodeReference) -> Bool {
    set.documents[node.document].title(of: node.node).isMade
  }

  /// The name of a process; without one that of its pool; the only process of a file by the file; else by its id.
  package func title(of process: ProcessReference) -> String {
    let model = set.documents[process.document]
    let definition = model[process.process]
    if let name = definition.plainName { return shortened(name) }
    if let pool = definition.participants.lazy.compactMap({ model[$0].plainName }).first { return shortened(pool) }
    if model.processes.count == 1 {
      let words = SourceFile.stem(model.fileName).split(whereSeparator: { "_-. ".contains($0) }).joined(separator: " ")
      if !words.isEmpty { return shortened(words.prefix(1).uppercased() + words.dropFirst()) }
    }
    return shortened("Process \(definition.key)")
  }

  /// Whether the file gives the process no name of its own.
  package func isMade(_ process: ProcessReference) -> Bool {
    set[process].plainName == nil
  }

  /// The name of a file.
  package func title(ofFile document: Int) -> String {
    shortened(set.documents[document].fileName)
  }
}
