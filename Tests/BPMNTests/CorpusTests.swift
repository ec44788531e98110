import BPMN
import Foundation
import Testing

/// Other people's files, counted by another parser (`expected.json`).
struct CorpusTests {
  struct Expected: Decodable {
    struct Process: Decodable {
      let id: String
      let name: String?
      let flowNodes: Int
      let topLevel: Int
      let unnamed: Int
    }
    struct Call: Decodable {
      let id: String
      let calledElement: String?
      let definedIn: [String]
    }
    let processes: [Process]
    let calls: [Call]
    let flowNodes, sequenceFlows, lanes, participants, messageFlows, planes, shapes, edges: Int
    let elements: [String: Int]
    let rootNamespace: String
    let duplicateIds: [String]
  }

  private func expectations() throws -> [(name: String, bytes: [UInt8], expected: Expected)] {
    guard let corpusFolder else { return [] }
    let json = try Data(contentsOf: corpusFolder.appendingPathComponent("expected.json"))
    let all = try JSONDecoder().decode([String: Expected].self, from: json)
    return try all.sorted { $0.key < $1.key }.map { name, expected in
      (name, Array(try Data(contentsOf: corpusFolder.appendingPathComponent(name))), expected)
    }
  }

  @Test func `every public file has the counts that another parser found`() throws {
    for (name, bytes, expected) in try expectations() where expected.rootNamespace.contains("BPMN") {
      let document = try Document(parsing: bytes, fileName: name)
      #expect(document.nodes.count == expected.flowNodes, "\(name)")
      #expect(document.flows.count == expected.sequenceFlows, "\(name)")
      #expect(document.lanes.count == expected.lanes, "\(name)")
      #expect(document.participants.count == expected.participants, "\(name)")
      #expect(document.messageFlows.count == expected.messageFlows, "\(name)")
      #expect(document.planes.count == expected.planes, "\(name)")
      #expect(document.planes.map(\.shapes.count).reduce(0, +) == expected.shapes, "\(name)")
      #expect(document.planes.map(\.edges.count).reduce(0, +) == expected.edges, "\(name)")
    }
  }

  @Test func `every process of a public file has its nodes, at their depth, and its names`() throws {
    for (name, bytes, expected) in try expectations() where expected.rootNamespace.contains("BPMN") {
      let document = try Document(parsing: bytes, fileName: name)
      #expect(document.processes.map(\.id) == expected.processes.map(\.id), "\(name)")
      for (process, expected) in zip(document.processes, expected.processes) {
        #expect(process.allNodes.count == expected.flowNodes, "\(name) \(process.id)")
        #expect(process.contents.nodes.count == expected.topLevel, "\(name) \(process.id)")
        let unnamed = process.allNodes.filter { document[$0].name == nil }
        #expect(unnamed.count == expected.unnamed, "\(name) \(process.id)")
      }
    }
  }

  @Test func `every kind of element of the public files is found as often as it is there`() throws {
    for (name, bytes, expected) in try expectations() where expected.rootNamespace.contains("BPMN") {
      let document = try Document(parsing: bytes, fileName: name)
      var found: [String: Int] = [:]
      for element in document.nodes { found[element.tag, default: 0] += 1 }
      for element in document.data { found[element.tag, default: 0] += 1 }
      for element in document.dataAssociations { found[element.tag, default: 0] += 1 }
      for element in document.catalogue { found[element.tag, default: 0] += 1 }
      for definition in document.nodes.flatMap({ $0.event?.definitions ?? [] }) {
        found[definition.tag, default: 0] += 1
      }
      found["textAnnotation"] = document.annotations.count
      found["group"] = document.groups.count
      found["association"] = document.associations.count
      found["globalTask"] = document.globalTasks.count
      found["boundaryEvent"] = document.nodes.filter { $0.event?.host != nil }.count
      found["multiInstanceLoopCharacteristics"] =
        document.nodes.filter { ($0.activity?.loop?.kind ?? .standard) != .standard }.count
      found["standardLoopCharacteristics"] = document.nodes.filter { $0.activity?.loop?.kind == .standard }.count
      // Some condition expressions are empty, which is no condition.
      let conditions = document.flows.filter { $0.condition != nil }.count
      #expect(conditions <= expected.elements["conditionExpression", default: 0], "\(name)")
      for (tag, count) in found { #expect(count == expected.elements[tag, default: 0], "\(name) \(tag)") }
    }
  }

  @Test func `calls between public files are resolved`() throws {
    let files = try expectations().filter { $0.expected.rootNamespace.contains("BPMN") }
    let documents = try files.map { try Document(parsing: $0.bytes, fileName: $0.name) }
    let set = ProcessSet(documents)
    #expect(set.calls.count == files.map(\.expected.calls.count).reduce(0, +))
    for call in set.calls {
      let name = documents[call.caller.document].fileName
      let id = set[call.caller].id
      let expected = try #require(files[call.caller.document].expected.calls.first { $0.id == id })
      #expect(call.written == expected.calledElement, "\(name) \(id)")
      if let process = call.process {
        #expect(expected.definedIn.contains(documents[process.document].fileName), "\(name) \(id)")
      } else {
        #expect(expected.definedIn.isEmpty, "\(name) \(id): \(call.target)")
      }
    }
  }

  @Test func `every node of a public file has a title, stands once in the flow order, without needless warnings`()
    throws
  {
    for (name, bytes, expected) in try expectations() where expected.rootNamespace.contains("BPMN") {
      let document = try Document(parsing: bytes, fileName: name)
      for node in document.nodes {
        let title = document.title(of: node.handle)
        #expect(!title.text.isEmpty && title.isMade == (node.name == nil), "\(name) \(node.key)")
      }
      #expect(Set(document.nodes.map(\.key)).count == document.nodes.count, "\(name)")
      let scopes =
        document.processes.map { Scope.process($0.handle) }
        + document.nodes.filter(\.kind.isSubProcess).map { Scope.subProcess($0.handle) }
      let ordered = scopes.flatMap { document.flowOrder(of: $0).nodes }
      #expect(ordered.sorted() == document.nodes.map(\.handle), "\(name)")
      let duplicates = document.warnings.filter { $0.code == .duplicateID }
      #expect(duplicates.count == expected.duplicateIds.count, "\(name) \(duplicates)")
      // The only good file with a fault has an edge that shows nothing.
      let tolerated: [ParseWarning.Code] = name == "miwg/C.7.0.bpmn" ? [.diagramWithoutElement] : []
      if !name.hasPrefix("malformed/") { #expect(document.warnings.map(\.code) == tolerated, "\(name)") }
    }
  }

  @Test(arguments: [
    ("duplicate-ids.bpmn", ParseWarning.Code.duplicateID), ("undeclared-ns-child.bpmn", .unknownElement),
    ("di-no-bpmn-element.bpmn", .diagramWithoutElement), ("large-numbers.bpmn", .absurdCoordinate),
  ])
  func `a malformed public file is read with a warning`(_ file: String, _ code: ParseWarning.Code) throws {
    guard let corpusFolder else { return }
    let bytes = Array(try Data(contentsOf: corpusFolder.appendingPathComponent("malformed/\(file)")))
    let document = try Document(parsing: bytes, fileName: file)
    #expect(document.warnings.contains { $0.code == code }, "\(document.warnings)")
  }

  @Test func `a public file that is not BPMN is refused with its line and namespace`() throws {
    guard let corpusFolder else { return }
    let bytes = Array(try Data(contentsOf: corpusFolder.appendingPathComponent("malformed/not-bpmn.bpmn")))
    let error = try #require(refusal(of: bytes, fileName: "not-bpmn.bpmn"))
    #expect(error.line == 2)
    #expect(error.problem.contains("'http://not-bpmn'"))
    #expect(error.description.hasPrefix("not-bpmn.bpmn:2:1: "))
  }
}
