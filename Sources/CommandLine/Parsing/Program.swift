/// A whole program: its commands, and what is needed to run one of them.
///
///     let program = Program<Context>(
///       About("genbroker", "…"), version: "1.0", default: "serve",
///       [CommandSection("Jobs", [.command(Submit.self), .command(Show.self)])])
///     let code = await program.run(Array(CommandLine.arguments.dropFirst()), environment: …, context: …, console: …)
package struct Program<Context>: Sendable {
  package let tree: CommandTree
  package let version: String
  private let makers: [[String]: Entry<Context>.Maker]

  /// A program with commands: `genbroker submit …`.
  ///
  /// - parameter defaultCommand: The command that is meant when none is given; it takes no positional arguments.
  /// - precondition: The declarations contradict nowhere; see `CommandTree.checkDeclarations`.
  package init(
    _ about: About, version: String, default defaultCommand: String? = nil, _ sections: [CommandSection<Context>]
  ) {
    self.init(Entry.family(about, default: defaultCommand, sections), version: version)
  }

  /// A program that does one thing: `genworker --kind docs`.
  package init<Only: Command>(only command: Only.Type, version: String) where Only.Context == Context {
    self.init(Entry.command(command), version: version)
  }

  private init(_ entry: Entry<Context>, version: String) {
    tree = entry.tree
    makers = entry.makers
    self.version = version
    tree.checkDeclarations()
  }

  /// Reads a command line.
  ///
  /// - parameters:
  ///   - arguments: Without the program's own name.
  ///   - environment: Where options that name a variable look when they are not given.
  ///   - width: The columns of the terminal, for help.
  package func parse(
    _ arguments: [String], environment: [String: String] = [:], width: Int = helpWidthColumnsDefault,
    style: Style = .plain
  ) -> Invocation<Context> {
    var route = Route(tree)
    do throws(UsageError) {
      if let text = try builtin(arguments) { return .print(text) }
      try route.descend(arguments)
      if let wanted = try route.helpWanted() {
        return .print(HelpText(wanted.tree, path: wanted.path, version: version).rendered(width: width, style: style))
      }
      return .run(try command(at: route, environment), name: route.commandName)
    } catch {
      return .refuse(error.completed(for: route.tree, commandName: route.commandName), name: route.commandName)
    }
  }

  private func command(
    at route: Route, _ environment: [String: String]
  ) throws(UsageError) -> any Command<Context> {
    let bound: BoundArguments
    do throws(UsageError) {
      bound = try ArgumentBinder.bind(
        route.rest, to: route.tree, firstPosition: route.position + 1, environment: environment)
    } catch {
      throw route.lateCommand ?? error
    }
    guard let maker = makers[Array(route.path.dropFirst())] else {
      preconditionFailure("no maker for \(route.path)")
    }
    return try maker(bound)
  }

  /// What the program itself answers, whatever its commands are.
  private func builtin(_ arguments: [String]) throws(UsageError) -> String? {
    switch arguments.first {
    case "--version": return "\(tree.name) \(version)\n"
    case "--manual": return ManualPage(tree, version: version).rendered()
    case "--completions":
      let names = Shell.allCases.map(\.rawValue)
      guard arguments.count == 2, let shell = Shell(rawValue: arguments[1]) else {
        throw UsageError(
          "'--completions' needs the name of a shell", hint: "give one of: \(names.joined(separator: ", "))")
      }
      return shell.completionScript(for: tree)
    default: return nil
    }
  }
}

/// What a command line asks for.
package enum Invocation<Context>: Sendable {
  /// Run this command; the name is for its errors: `genbroker submit`.
  case run(any Command<Context>, name: String)
  /// Print this on standard output and end with `ExitCode.done`.
  case print(String)
  /// Print the error on standard error and end with `ExitCode.usage`.
  case refuse(UserError, name: String)
}

extension UsageError {
  /// The error with its second line, which may need the usage of the command.
  fileprivate func completed(for tree: CommandTree, commandName: String) -> UserError {
    let list = "'\(commandName) --help' lists all"
    let remedy =
      switch (hint, isAboutAName) {
      case (let hint?, true): "\(hint)  (\(list))"
      case (let hint?, false): hint
      case (nil, true): list
      case (nil, false): "usage: \(HelpText(tree, path: commandName).usage)"
      }
    return UserError(message, remedy: remedy, exitCode: .usage)
  }
}
