import Spelling

/// Sorts the arguments of one command to its parameters.
///
/// Options and positional arguments may be mixed; `--` ends the options. Long options are `--name value` or
/// `--name=value`, never shortened. Short ones may be clustered (`-wv`), and the last of a cluster may take a value
/// (`-k docs`, `-kdocs`, `-k=docs`).
struct ArgumentBinder {
  private let tree: CommandTree
  private let arguments: [String]
  private let firstPosition: Int
  private var next = 0
  private var bound = BoundArguments()
  private var positionals: [Occurrence] = []

  /// - parameter firstPosition: The place of the first argument on the whole command line, for origins.
  static func bind(
    _ arguments: [String], to tree: CommandTree, firstPosition: Int, environment: [String: String]
  ) throws(UsageError) -> BoundArguments {
    var binder = ArgumentBinder(tree: tree, arguments: arguments, firstPosition: firstPosition)
    try binder.sortArguments()
    try binder.placePositionals()
    binder.fillFromEnvironment(environment)
    return binder.bound
  }

  private init(tree: CommandTree, arguments: [String], firstPosition: Int) {
    self.tree = tree
    self.arguments = arguments
    self.firstPosition = firstPosition
  }

  private mutating func sortArguments() throws(UsageError) {
    while next < arguments.count {
      let position = next
      let argument = arguments[position]
      next += 1
      if argument == "--" {
        for rest in position + 1..<arguments.count { addPositional(at: rest) }
        return
      } else if argument.hasPrefix("--") {
        try readLong(argument, at: position)
      } else if let long = longOption(misspelled: argument) {
        throw UsageError(unknown: "option '\(argument)'", meant: long)
      } else if looksLikeOption(argument) {
        try readCluster(argument, at: position)
      } else {
        addPositional(at: position)
      }
    }
  }

  private mutating func addPositional(at position: Int) {
    positionals.append(occurrence(arguments[position], written: arguments[position], at: position))
  }

  private func occurrence(_ text: String, written: String, at position: Int) -> Occurrence {
    Occurrence(text: text, written: written, origin: .argument(firstPosition + position))
  }
}

// MARK: - Options

extension ArgumentBinder {
  private mutating func readLong(_ argument: String, at position: Int) throws(UsageError) {
    let equals = argument.firstIndex(of: "=")
    let name = String(argument[..<(equals ?? argument.endIndex)])
    guard let parameter = tree.options.first(where: { $0.long.map { "--" + $0 } == name }) else {
      throw .unknownOption(name, among: tree)
    }
    let value = equals.map { String(argument[argument.index(after: $0)...]) }
    if parameter.form == .flag, value != nil {
      throw UsageError("'\(name)' takes no value", hint: "write '\(name)' alone, or leave it out")
    }
    try accept(parameter, spelled: name, attached: value, written: argument, at: position)
  }

  private mutating func readCluster(_ argument: String, at position: Int) throws(UsageError) {
    var rest = argument.dropFirst()
    while let letter = rest.popFirst() {
      let name = "-\(letter)"
      guard let parameter = tree.options.first(where: { $0.short == letter }) else {
        throw .unknownShortOption(name, in: argument)
      }
      guard parameter.form == .option else {
        try accept(parameter, spelled: name, attached: nil, written: argument, at: position)
        continue
      }
      let value = rest.isEmpty ? nil : String(rest.first == "=" ? rest.dropFirst() : rest)
      try accept(parameter, spelled: name, attached: value, written: argument, at: position)
      return
    }
  }

  private mutating func accept(
    _ parameter: Parameter, spelled name: String, attached: String?, written: String, at position: Int
  ) throws(UsageError) {
    var found = occurrence(attached ?? "", written: written, at: position)
    if parameter.form == .option, attached == nil {
      found.text = try takeValue(of: parameter, spelled: name)
      found.written += " " + found.text
    }
    if !parameter.isRepeatable, let earlier = bound.occurrences(of: parameter).first {
      throw UsageError("'\(name)' is given twice", hint: Self.hint(parameter, name, earlier, found))
    }
    bound.add(found, to: parameter)
  }

  private static func hint(
    _ parameter: Parameter, _ name: String, _ earlier: Occurrence, _ found: Occurrence
  ) -> String {
    if earlier.written == found.written { return "write it once" }
    // Its value is a list already.
    let isList = [",...", "…]"].contains { parameter.valueName.hasSuffix($0) }
    if isList { return "write '\(name) \(earlier.text),\(found.text)'" }
    return "keep one of '\(earlier.written)' and '\(found.written)'"
  }

  private mutating func takeValue(of parameter: Parameter, spelled name: String) throws(UsageError) -> String {
    guard next < arguments.count else {
      throw UsageError("'\(name)' needs a value", hint: "write '\(name) \(parameter.valueName)'")
    }
    let value = arguments[next]
    guard value != "--", !looksLikeOption(value) else {
      throw UsageError(
        "'\(name)' needs a value, and '\(value)' looks like an option",
        hint: "write '\(name)=\(value)' if that is the value, or '\(name) \(parameter.valueName)'")
    }
    next += 1
    return value
  }

  /// The option that `-kind`, or `–kind` out of a text with real dashes, was meant to be. Read as a cluster, the first
  /// would be `-k ind`.
  private func longOption(misspelled argument: String) -> String? {
    guard let dash = argument.first, "-–—".contains(dash) else { return nil }
    let name = "--" + argument.dropFirst().prefix { $0 != "=" }
    return tree.visibleOptions.contains { $0.long.map { "--" + $0 } == name } ? name : nil
  }

  /// A lone dash is standard input, and `-5` a number unless the command has an option `-5`.
  private func looksLikeOption(_ argument: String) -> Bool {
    guard argument.hasPrefix("-"), argument.count > 1 else { return false }
    let isNumber = argument.dropFirst().allSatisfy { ("0"..."9").contains($0) || $0 == "." }
    return !isNumber || tree.options.contains { $0.short == argument.dropFirst().first }
  }
}

// MARK: - Positional arguments and the environment

extension ArgumentBinder {
  private mutating func placePositionals() throws(UsageError) {
    var declared = tree.positionals[...]
    for argument in positionals {
      guard let parameter = declared.first else {
        throw UsageError("unexpected argument '\(argument.written)'")
      }
      bound.add(argument, to: parameter)
      if !parameter.isRepeatable { declared.removeFirst() }
    }
  }

  private mutating func fillFromEnvironment(_ environment: [String: String]) {
    for parameter in tree.options where bound.occurrences(of: parameter).isEmpty {
      guard let variable = parameter.environmentVariable, let value = environment[variable], !value.isEmpty else {
        continue
      }
      bound.add(
        Occurrence(text: value, written: "\(variable)=\(value)", origin: .environment(variable)), to: parameter)
    }
  }
}

extension UsageError {
  /// - parameter extra: Option names beyond the command's own that may have been meant.
  static func unknownOption(_ name: String, among tree: CommandTree, or extra: [String] = []) -> UsageError {
    let names = (tree.visibleOptions.compactMap(\.long) + ["help"]).map { "--" + $0 } + extra
    return UsageError(unknown: "option '\(name)'", meant: nearest(to: name, among: names))
  }

  fileprivate static func unknownShortOption(_ name: String, in cluster: String) -> UsageError {
    UsageError(unknown: "option '\(name)'" + (cluster == name ? "" : " in '\(cluster)'"), meant: nil)
  }
}
