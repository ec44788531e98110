import JobModel
import YAML

/// What a placeholder or a `foreach` refers to.
struct Reference: Sendable, Hashable {
  enum Root: Sendable, Hashable {
    /// A variable of a `foreach`.
    case variable(String)
    case input(String)
    /// The JSON that a task has made.
    case output(String)
    /// The place of a variable's value in the list that it goes through, from 1.
    case index(String)
    /// How many values that list has.
    case count(String)
  }

  let root: Root
  /// Members inside each other, the outermost first.
  let path: [String]

  /// `inputs.a.b`, `outputs.plan.entities`, `room`, `room.name`; nil for anything else.
  init?(_ text: String) {
    let names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard names.count <= RecipeLimits.pathNamesMax, names.allSatisfy(Self.isName) else { return nil }
    let isVariable = ![Self.inputs, Self.outputs, Self.index, Self.count].contains(names[0])
    guard isVariable || names.count > 1 else { return nil }
    if [Self.index, Self.count].contains(names[0]), names.count > 2 { return nil }
    root =
      switch names[0] {
      case Self.inputs: .input(names[1])
      case Self.outputs: .output(names[1])
      case Self.index: .index(names[1])
      case Self.count: .count(names[1])
      default: .variable(names[0])
      }
    path = Array(names.dropFirst(isVariable ? 1 : 2))
  }

  /// As it is written.
  var text: String {
    let root =
      switch root {
      case .variable(let name): name
      case .input(let name): "\(Self.inputs).\(name)"
      case .output(let name): "\(Self.outputs).\(name)"
      case .index(let name): "\(Self.index).\(name)"
      case .count(let name): "\(Self.count).\(name)"
      }
    return ([root] + path).joined(separator: ".")
  }

  /// The input that it refers to, or to a member of.
  var input: String? { if case .input(let name) = root { name } else { nil } }

  /// The variable whose place or number of values it is.
  var numbered: String? {
    switch root {
    case .index(let name), .count(let name): name
    case .variable, .input, .output: nil
    }
  }

  static let inputs = "inputs"
  static let outputs = "outputs"
  static let tasks = "tasks"
  static let index = "index"
  static let count = "count"

  /// Words that cannot be the names of variables.
  static let taken = [inputs, outputs, tasks, index, count]

  /// Whether a text can be a name in a reference: letters and digits of ASCII, `_` and `-`.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= RecipeLimits.nameBytesMax && text.unicodeScalars.allSatisfy(isNameScalar)
  }

  static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }
}
