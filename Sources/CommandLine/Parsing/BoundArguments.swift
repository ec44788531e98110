/// A value and where it came from, so that an error can point at it.
package struct Occurrence: Hashable, Sendable {
  package enum Origin: Hashable, Sendable {
    /// The place on the command line, counted from 1 after the program's name.
    case argument(Int)
    case environment(String)
  }

  package var text: String
  /// The argument as the user wrote it: `--kind docs`, `--kind=docs`, `-kdocs`, `order.bpmn`, `NAME=value`.
  package var written: String
  package var origin: Origin
}

/// The arguments of one command, each with the parameter to which it belongs.
struct BoundArguments: Hashable, Sendable {
  private var found: [String: [Occurrence]] = [:]

  func occurrences(of parameter: Parameter) -> [Occurrence] {
    found[parameter.name] ?? []
  }

  mutating func add(_ occurrence: Occurrence, to parameter: Parameter) {
    found[parameter.name, default: []].append(occurrence)
  }
}
