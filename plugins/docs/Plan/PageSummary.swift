import BPMN
import JSON
import PluginKit

/// What the pages above a page say about it. It is stored with the page, so that a parent that is written in another
/// process, or on another day, says the same.
struct PageSummary: Hashable, Sendable {
  var path: String
  var title: String
  /// The title was made, since the file gives no name.
  var isMade = false
  /// "User task", "Process" …
  var kind: String
  var summary: String
  /// Who works in it.
  var roles: [String] = []
  var reads: [String] = []
  var writes: [String] = []
  /// Activities in it, itself included.
  var steps = 0
  var nodes = 0
  /// Errors and warnings.
  var findings = 0
  /// Of a file: its processes. Without their own children.
  var children: [PageSummary] = []
  /// What a model has written about it.
  var said: Said?

  /// A summary by a model.
  struct Said: Hashable, Sendable {
    /// Markdown of unknown content.
    var text: String
    /// `provider/model`.
    var by: String
  }
}

extension PageSummary {
  /// The object that is stored as the page's metadata.
  var json: JSONTree {
    var members: [JSONTree.Member] = [
      .init("path", .string(path)), .init("title", .string(title)), .init("kind", .string(kind)),
      .init("summary", .string(summary)), .init("steps", .int(Int64(steps))), .init("nodes", .int(Int64(nodes))),
      .init("findings", .int(Int64(findings))),
    ]
    if isMade { members.append(.init("made", true)) }
    for (name, list) in [("roles", roles), ("reads", reads), ("writes", writes)] where !list.isEmpty {
      members.append(.init(name, .array(list.map(JSONTree.string))))
    }
    if let said { members.append(.init("said", ["text": .string(said.text), "by": .string(said.by)])) }
    if !children.isEmpty { members.append(.init("children", .array(children.map(\.json)))) }
    return .object(members)
  }

  /// Nil when the object is not what `json` makes.
  init?(_ value: JSONValue) {
    guard let path = value["path"]?.string, let title = value["title"]?.string, let kind = value["kind"]?.string,
      let summary = value["summary"]?.string
    else { return nil }
    self.init(path: path, title: title, kind: kind, summary: summary)
    isMade = value["made"]?.bool ?? false
    roles = Self.strings(value["roles"])
    reads = Self.strings(value["reads"])
    writes = Self.strings(value["writes"])
    steps = Int(value["steps"]?.int ?? 0)
    nodes = Int(value["nodes"]?.int ?? 0)
    findings = Int(value["findings"]?.int ?? 0)
    if let text = value["said"]?["text"]?.string, let by = value["said"]?["by"]?.string {
      said = Said(text: text, by: by)
    }
    children = (value["children"]?.elements ?? []).compactMap(PageSummary.init)
  }

  private static func strings(_ value: JSONValue?) -> [String] {
    (value?.elements ?? []).compactMap(\.string)
  }
}

/// The summaries of the pages that a page needs, by their path.
struct ChildSummaries: Sendable {
  private var byPath: [String: PageSummary] = [:]

  /// No child is written yet: what a page is made from before its children are there.
  static let none = ChildSummaries()

  private init() {}

  /// Takes what the host gives with the results of the needed tasks.
  init(_ readables: [Readable]) {
    for readable in readables where readable.task != nil {
      guard let meta = readable.meta, let summary = PageSummary(meta.raw.value) else { continue }
      byPath[readable.name] = summary
    }
  }

  subscript(path: String) -> PageSummary? { byPath[path] }
}
