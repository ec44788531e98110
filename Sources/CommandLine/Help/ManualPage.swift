/// The manual page of the whole program in mdoc, from the same tree as its help.
package struct ManualPage {
  private let tree: CommandTree
  private let version: String

  package init(_ tree: CommandTree, version: String) {
    self.tree = tree
    self.version = version
  }

  /// The page. It bears no date, so equal programs print equal pages.
  package func rendered() -> String {
    let lines =
      head + section("DESCRIPTION", text(tree.about.abstract) + text(tree.about.discussion) + commonOptions)
      + (tree.isFamily ? [] : parameterList(tree.parameters)) + commandSections + environment + exitStatus + examples
    return lines.joined(separator: "\n") + "\n"
  }

  private var head: [String] {
    [
      ".Dd $Mdocdate$", ".Dt \(tree.name.uppercased()) 1", ".Os \(escaped(tree.name)) \(escaped(version))",
      ".Sh NAME", ".Nm \(tree.name)", ".Nd \(escaped(String(tree.about.abstract.prefix { $0 != "." })))",
      ".Sh SYNOPSIS", ".Nm",
    ] + (tree.isFamily ? [".Op Ar command", ".Op Ar argument ..."] : synopsis(tree))
  }

  private var commonOptions: [String] {
    let every = tree.isFamily ? "Every command describes itself with" : "It describes itself with"
    return [
      ".Pp", every, ".Fl h", "or", ".Fl \\-help ;", ".Fl \\-version", "prints the version,",
      ".Fl \\-completions Ar SHELL", "a completion script for bash, zsh or fish, and", ".Fl \\-manual", "this page.",
    ]
  }

  private var environment: [String] {
    var variables: [(name: String, option: String)] = []
    for option in tree.flattened().flatMap(\.tree.visibleOptions) {
      guard let name = option.environmentVariable, !variables.contains(where: { $0.name == name }) else { continue }
      variables.append((name, option.typed))
    }
    guard !variables.isEmpty else { return [] }
    return [".Sh ENVIRONMENT", ".Bl -tag -width Ds"]
      + variables.flatMap { [".It Ev \($0.name)", "Stands in for '\($0.option)' where that is not given."] } + [".El"]
  }

  private func section(_ name: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [".Sh \(name)"] + (lines.first == ".Pp" ? Array(lines.dropFirst()) : lines)
  }

  private var commandSections: [String] {
    tree.sections.flatMap { section in
      let commands = section.commands.filter { !$0.about.isHidden }
      return commands.isEmpty
        ? [] : [".Sh \(escaped(section.heading.uppercased()))"] + commands.flatMap { describe($0, path: []) }
    }
  }

  private func describe(_ command: CommandTree, path: [String]) -> [String] {
    let path = path + [command.name]
    guard !command.isFamily else {
      return command.visibleCommands.flatMap { describe($0, path: path) }
    }
    return [".Ss \(path.map(escaped).joined(separator: " "))"]
      + [".Bd -ragged", ".Nm \(tree.name)", path.map { ".Cm \($0)" }.joined(separator: "\n")] + synopsis(command)
      + [".Ed", ".Pp"] + text(command.about.abstract).dropFirst() + text(command.about.discussion)
      + parameterList(command.parameters)
  }

  private func synopsis(_ command: CommandTree) -> [String] {
    command.visibleOptions.map { option in
      let words = macro(option) + (option.isRepeatable ? " ..." : "")
      return option.isRequired ? ".\(words)" : ".Op \(words)"
    }
      + command.positionals.map { parameter in
        let words = "Ar \(escaped(parameter.name))" + (parameter.isRepeatable ? " ..." : "")
        return parameter.isRequired ? ".\(words)" : ".Op \(words)"
      }
  }

  private func macro(_ option: Parameter) -> String {
    let name = option.long.map { "Fl \\-\(escaped($0))" } ?? option.short.map { "Fl \($0)" } ?? ""
    return option.form == .flag ? name : "\(name) Ar \(escaped(option.valueName))"
  }

  private func parameterList(_ parameters: [Parameter]) -> [String] {
    let shown = parameters.filter { !$0.isHidden }
    guard !shown.isEmpty else { return [] }
    let items = shown.flatMap { parameter in
      let short = parameter.short.flatMap { parameter.long == nil ? nil : "Fl \($0) , " } ?? ""
      let name = parameter.form == .positional ? "Ar \(escaped(parameter.name))" : short + macro(parameter)
      return [".It \(name)"] + text(parameter.described).dropFirst()
    }
    return [".Bl -tag -width Ds"] + items + [".El"]
  }

  private var exitStatus: [String] {
    [".Sh EXIT STATUS", ".Bl -tag -width Ds"]
      + ExitCode.allCases.flatMap { [".It \($0.rawValue)", escaped($0.meaning) + "."] } + [".El"]
  }

  private var examples: [String] {
    let all = tree.flattened().flatMap(\.tree.about.examples)
    guard !all.isEmpty else { return [] }
    let lines = all.flatMap { [".Pp"] + text($0.meaning).dropFirst() + [".Dl \(escaped($0.commandLine))"] }
    return section("EXAMPLES", lines)
  }

  /// Each paragraph with `.Pp` before it.
  private func text(_ text: String) -> [String] {
    TextBlock.blocks(of: text).flatMap { block in
      switch block {
      case .paragraph(let text): [".Pp", escaped(text)]
      case .verbatim(let lines): [".Bd -literal -offset indent"] + lines.map(escaped) + [".Ed"]
      }
    }
  }

  /// A line that troff takes as nothing but text.
  private func escaped(_ text: String) -> String {
    let plain = text.map { $0 == "\\" ? "\\e" : String($0) }.joined()
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
