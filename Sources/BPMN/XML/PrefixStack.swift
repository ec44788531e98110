/// The namespace declarations in force, innermost last.
struct PrefixStack {
  private var declarations: [(prefix: String, namespace: String)] = []
  /// How many declarations were in force before each open element.
  private var marks: [Int] = []
  /// Declarations reported since the last element began; they belong to the next one.
  private var pending: [(prefix: String, namespace: String)] = []

  mutating func declare(_ prefix: String, _ namespace: String) {
    pending.append((prefix, trimmed(namespace)))
  }

  /// An element begins.
  mutating func push() {
    marks.append(declarations.count)
    declarations += pending
    pending = []
  }

  /// The innermost element ends.
  mutating func pop() {
    guard let mark = marks.popLast() else { return }
    declarations.removeSubrange(mark...)
  }

  /// Nil when the prefix is not declared; empty for an undone default namespace.
  func namespace(of prefix: String) -> String? {
    declarations.last { $0.prefix == prefix }?.namespace
  }
}
