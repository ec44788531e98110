import BPMN
import ProcessFiles

/// What the files declare once and refer to in many places.
struct Glossary: Sendable {
  /// One declared thing, or several of the same kind and name.
  struct Entry: Sendable {
    let kind: Kind
    let name: String
    /// Error or escalation code, structure.
    var details: [String] = []
    var users: [NodeReference] = []
    var documentation: [String] = []
  }

  enum Kind: String, CaseIterable, Sendable {
    case role = "Roles"
    case message = "Messages"
    case error = "Errors"
    case signal = "Signals"
    case escalation = "Escalations"
    case data = "Data"
  }

  /// By kind, then by name.
  private(set) var entries: [Entry] = []

  init(_ set: ProcessSet) {
    var builder = Builder()
    for (document, model) in set.documents.enumerated() {
      builder.addCatalogue(of: model, document)
      builder.addRoles(of: model, document)
      builder.addData(of: model, document)
    }
    entries = builder.entries.values.sorted { one, other in
      (Kind.order(one.kind), one.name.lowercased(), one.name) < (
        Kind.order(other.kind), other.name.lowercased(), other.name
      )
    }
  }

  private struct Builder {
    var entries: [String: Entry] = [:]

    /// The nodes at the ends of the message flows that carry a message.
    private func flowEnds(of message: CatalogueEntry, in model: Document) -> [Handle<FlowNode>] {
      model.messageFlows.filter { $0.message == message.handle }.flatMap { [$0.source, $0.target] }.compactMap { end in
        if case .node(let node) = end { node } else { nil }
      }
    }

    mutating func addCatalogue(of model: Document, _ document: Int) {
      for item in model.catalogue {
        guard let kind = Kind(item.kind) else { continue }
        let name = item.plainName ?? item.code ?? item.key
        let users = uniqued(item.users + flowEnds(of: item, in: model))
        add(
          kind, name, [item.code.map { "code \($0)" }, item.structure.map { "structure \($0)" }].compactMap(\.self),
          users.map { NodeReference(document: document, node: $0) }, item.documentation.map(\.text))
      }
    }

    mutating func addRoles(of model: Document, _ document: Int) {
      for node in model.nodes where node.kind.isActivity {
        let reference = NodeReference(document: document, node: node.handle)
        for role in model.roles(of: node.handle) { add(.role, role, [], [reference], []) }
      }
    }

    mutating func addData(of model: Document, _ document: Int) {
      for node in model.nodes {
        let reference = NodeReference(document: document, node: node.handle)
        for item in model.dataRead(by: node.handle) + model.dataWritten(by: node.handle) {
          add(.data, model.dataName(item), [item.kind.words.lowercased()], [reference], [])
        }
      }
    }

    mutating func add(
      _ kind: Kind, _ name: String, _ details: [String], _ users: [NodeReference], _ documentation: [String]
    ) {
      var entry = entries["\(kind.rawValue)/\(name)"] ?? Entry(kind: kind, name: name)
      entry.details += details.filter { !entry.details.contains($0) }
      entry.users += users.filter { !entry.users.contains($0) }
      entry.documentation += documentation.filter { !entry.documentation.contains($0) }
      entries["\(kind.rawValue)/\(name)"] = entry
    }
  }
}

extension Glossary.Kind {
  init?(_ kind: CatalogueEntry.Kind) {
    switch kind {
    case .message: self = .message
    case .error: self = .error
    case .signal: self = .signal
    case .escalation: self = .escalation
    case .resource: self = .role
    case .itemDefinition, .interface, .operation: return nil
    }
  }

  fileprivate static func order(_ kind: Self) -> Int { allCases.firstIndex(of: kind) ?? 0 }
}
