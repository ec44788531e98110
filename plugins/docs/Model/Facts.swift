import JSON
import ProcessFiles

/// What a model is told about something, in the order in which it was added. What is not there is left out.
struct Facts {
  private(set) var members: [JSONTree.Member] = []

  mutating func add(_ name: String, _ text: String?) {
    guard let text, !text.isEmpty else { return }
    members.append(.init(name, .string(text)))
  }

  mutating func add(_ name: String, _ number: Int) {
    members.append(.init(name, .int(Int64(number))))
  }

  mutating func add(_ name: String, _ texts: [String]) {
    let texts = texts.filter { !$0.isEmpty }
    guard !texts.isEmpty else { return }
    members.append(.init(name, .array(texts.map(JSONTree.string))))
  }

  mutating func add(_ name: String, _ list: [Facts]) {
    guard !list.isEmpty else { return }
    members.append(.init(name, .array(list.map(\.tree))))
  }

  /// What holds; nothing when it does not.
  mutating func add(_ name: String, if holds: Bool) {
    if holds { members.append(.init(name, true)) }
  }

  var tree: JSONTree { .object(members) }
}

extension Facts {
  /// The facts in at most `Limits.factsBytesMax` of a prompt. When they take more, texts and lists are cut, in steps,
  /// always in the same way, and a note says so.
  var bounded: JSONTree {
    if fits(tree) { return tree }
    for step in Self.steps {
      let shorter = Self.cut(tree, step)
      guard case .object(let members) = shorter else { break }
      let noted = JSONTree.object([.init("note", .string(Self.note))] + members)
      if fits(noted) { return noted }
    }
    return .object([.init("note", .string(Self.note))])
  }

  private static let note =
    "This is not everything: texts that end with … are longer, and the lists hold more than is shown."

  /// Bytes of a text and elements of a list, ever fewer: long texts go first, then the ends of long lists.
  private static let steps: [(textBytes: Int, elements: Int)] = [
    (2_000, 400), (800, 400), (400, 400), (200, 400), (120, 200), (80, 100), (60, 50), (40, 20), (40, 8), (30, 2),
  ]

  private func fits(_ tree: JSONTree) -> Bool { DataBlock.line(tree).utf8.count <= Limits.factsBytesMax }

  /// Goes as deep as facts are nested, which is a matter of this program.
  private static func cut(_ tree: JSONTree, _ step: (textBytes: Int, elements: Int)) -> JSONTree {
    switch tree {
    case .string(let text): .string(shortened(text, toBytes: step.textBytes))
    case .array(let elements): .array(elements.prefix(step.elements).map { cut($0, step) })
    case .object(let members): .object(members.map { .init($0.key, cut($0.value, step)) })
    case .null, .bool, .int, .double: tree
    }
  }
}
