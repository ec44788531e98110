import BPMN

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
      let words = PageTable.stem(model.fileName).split(whereSeparator: { "_-. ".contains($0) }).joined(separator: " ")
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

/// At most so many characters, with an ellipsis where something was cut. Letters with very many combining marks count
/// as what they take.
func shortened(_ text: String, to charactersMax: Int = Limits.titleCharactersMax) -> String {
  let scalarsMax = charactersMax * 2
  guard text.count > charactersMax || text.unicodeScalars.count > scalarsMax else { return text }
  var result = ""
  var scalars = 0
  for character in text.prefix(charactersMax - 1) {
    scalars += character.unicodeScalars.count
    if scalars > scalarsMax { break }
    result.append(character)
  }
  return result + "…"
}

/// At most so many bytes of UTF-8, whole characters only.
func shortened(_ text: String, toBytes bytesMax: Int) -> String {
  guard text.utf8.count > bytesMax else { return text }
  var result = ""
  for character in text {
    guard result.utf8.count + character.utf8.count <= bytesMax - 3 else { break }
    result.append(character)
  }
  return result + "…"
}
