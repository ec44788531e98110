import BPMN
import ProcessFiles

/// Where every page lies and which task writes it.
struct PageTable: Sendable {
  /// One page.
  struct Entry: Sendable {
    let id: PageID
    /// `order/Task_17.html`
    let path: String
    /// `node/order/Task_17`
    let taskKey: String
  }

  /// In order of file and element: of each file its nodes, its processes and itself; the index last.
  private(set) var entries: [Entry] = []
  private var indices: [PageID: Int] = [:]
  /// The folder of each file.
  private var folders: [String] = []

  static let indexKey = "index"
  static let indexPath = "index.html"
  static let glossaryPath = "glossary.html"
  static let stylePath = "assets/style.css"
  static let scriptPath = "assets/site.js"

  init(_ set: ProcessSet) {
    var folderNames = FileNames(reserved: ["assets", "index", "glossary"])
    for (document, model) in set.documents.enumerated() {
      folders.append(folderNames.name(for: FileNames.stem(model.fileName)))
      addPages(of: document, model)
    }
    add(Entry(id: .index, path: Self.indexPath, taskKey: Self.indexKey))
    add(Entry(id: .glossary, path: Self.glossaryPath, taskKey: Self.indexKey))
  }

  private mutating func addPages(of document: Int, _ model: Document) {
    let folder = folders[document]
    var names = FileNames(reserved: ["index"])
    for node in model.nodes {
      let name = names.name(for: node.key)
      add(
        Entry(
          id: .node(NodeReference(document: document, node: node.handle)), path: "\(folder)/\(name).html",
          taskKey: "node/\(folder)/\(name)"))
    }
    for process in model.processes {
      let name = names.name(for: process.key)
      add(
        Entry(
          id: .process(ProcessReference(document: document, process: process.handle)), path: "\(folder)/\(name).html",
          taskKey: "process/\(folder)/\(name)"))
    }
    add(Entry(id: .file(document), path: "\(folder)/index.html", taskKey: "file/\(folder)"))
  }

  private mutating func add(_ entry: Entry) {
    indices[entry.id] = entries.count
    entries.append(entry)
  }

  /// The page about something that is in the set.
  subscript(_ id: PageID) -> Entry {
    guard let index = indices[id] else { preconditionFailure("no page for \(id)") }
    return entries[index]
  }

  /// The page of that path.
  func entry(path: String) -> Entry? { entries.first { $0.path == path } }

  /// From one page to another: `../order/Task_17.html`. All pages lie in the root or one folder below it.
  func relativePath(from source: String, to target: String) -> String {
    let folder = source.split(separator: "/").dropLast().first
    guard let folder else { return target }
    let prefix = folder + "/"
    return target.hasPrefix(prefix) ? String(target.dropFirst(prefix.count)) : "../" + target
  }
}
