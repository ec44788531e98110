import Spelling

/// The way from the program's name down to the command that a command line means.
struct Route {
  private(set) var tree: CommandTree
  private(set) var path: [String]
  /// The arguments after the command's name.
  private(set) var rest: [String] = []
  /// How many arguments came before `rest`.
  private(set) var position = 0
  private var wantsHelp = false
  /// The commands of which none was named, so that the default one is meant.
  private var unnamed: CommandTree?

  init(_ root: CommandTree) {
    tree = root
    path = [root.name]
  }

  /// `genbroker submit`.
  var commandName: String { path.joined(separator: " ") }

  mutating func descend(_ arguments: [String]) throws(UsageError) {
    rest = arguments
    while tree.isFamily, !wantsHelp {
      try step()
    }
  }

  /// What is wrong when the words behind the options of the default command name another command.
  var lateCommand: UsageError? {
    guard let unnamed, let option = rest.first, let word = rest.first(where: { unnamed.command(named: $0) != nil })
    else { return nil }
    let place = "\(path.dropLast().joined(separator: " ")) \(word) \(option)"
    return UsageError("unexpected argument '\(word)'", hint: "give the command before its options, as in '\(place)'")
  }

  /// Whose help is asked for, if any is.
  func helpWanted() throws(UsageError) -> (tree: CommandTree, path: String)? {
    let options = rest.prefix { $0 != "--" }
    guard wantsHelp || options.contains("--help") || options.contains("-h") else { return nil }
    return (tree, commandName)
  }

  private mutating func step() throws(UsageError) {
    guard let word = rest.first else {
      guard takeDefault() else { throw missingCommand }
      return
    }
    switch word {
    case "help":
      advance()
      try takeHelpPath()
    case "--help", "-h":
      wantsHelp = true
    case _ where word.hasPrefix("-"):
      try takeDefault(forOption: word)
    default:
      guard let command = tree.command(named: word) else { throw unknownCommand(word) }
      advance()
      enter(command)
    }
  }

  /// `help submit`, `help collection add`.
  private mutating func takeHelpPath() throws(UsageError) {
    wantsHelp = true
    while let word = rest.first, !word.hasPrefix("-") {
      guard tree.isFamily else { throw UsageError("'\(commandName)' has no command '\(word)'") }
      guard let command = tree.command(named: word) else { throw unknownCommand(word) }
      advance()
      enter(command)
    }
  }

  /// An option before any command belongs to the default command.
  private mutating func takeDefault(forOption option: String) throws(UsageError) {
    let name = String(option.prefix { $0 != "=" })
    let command = tree.defaultCommand.flatMap(tree.command(named:))
    let isKnown = command?.options.contains { $0.optionNames.contains(name) } ?? false
    guard let command, isKnown || !name.hasPrefix("--") || name == "--" else {
      throw misplaced(name) ?? .unknownOption(name, among: command ?? tree, or: programOptions)
    }
    unnamed = tree
    enter(command)
  }

  /// The option exists, but belongs to a command that was not named before it.
  private func misplaced(_ option: String) -> UsageError? {
    let owner = tree.flattened().first { $0.tree.visibleOptions.contains { $0.optionNames.contains(option) } }
    guard let owner else { return nil }
    let place = (path + owner.path).joined(separator: " ")
    return UsageError(
      "unknown option '\(option)'", hint: "give the command before its options, as in '\(place) \(option)'")
  }

  private mutating func takeDefault() -> Bool {
    guard let command = tree.defaultCommand.flatMap(tree.command(named:)) else { return false }
    enter(command)
    return true
  }

  private mutating func enter(_ command: CommandTree) {
    tree = command
    path.append(command.name)
  }

  private mutating func advance() {
    rest.removeFirst()
    position += 1
  }

  private var programOptions: [String] {
    path.count == 1 ? ["--version", "--completions", "--manual"] : []
  }

  private var missingCommand: UsageError {
    var error = UsageError("missing command")
    error.isAboutAName = true
    return error
  }

  private func unknownCommand(_ word: String) -> UsageError {
    let names = tree.commands.filter { !$0.about.isHidden }.map(\.name) + ["help"]
    return UsageError(unknown: "command '\(word)'", meant: nearest(to: word, among: names))
  }
}
