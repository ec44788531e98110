/// One `complete` line per command, option and value.
struct FishCompletion {
  private let tree: CommandTree

  init(_ tree: CommandTree) {
    self.tree = tree
  }

  var script: String {
    let header = "# fish completion for \(tree.name); made by '\(tree.name) --completions fish'."
    let lines = tree.flattened().flatMap { path, tree in
      commands(path, tree) + tree.completedOptions.map { option($0, path, tree) } + [help(path, tree)]
        + (tree.positionals.contains { $0.completion == .files } ? [line(path, tree, "-F")] : [])
    }
    return ([header, "complete -c \(tree.name) -f"] + lines).joined(separator: "\n") + "\n"
  }

  private func commands(_ path: [String], _ tree: CommandTree) -> [String] {
    tree.visibleCommands.map { line(path, tree, "-a \($0.name) -d \(quoted($0.about.abstract))") }
  }

  private func option(_ option: Parameter, _ path: [String], _ tree: CommandTree) -> String {
    var words = option.short.map { ["-s \($0)"] } ?? []
    if let long = option.long { words.append("-l \(long)") }
    if option.form == .option { words.append(offer(option.completion)) }
    return line(path, tree, words.joined(separator: " ") + " -d " + quoted(option.help))
  }

  private func help(_ path: [String], _ tree: CommandTree) -> String {
    line(path, tree, "-s h -l help -d 'Show this help.'")
  }

  private func offer(_ completion: Parameter.Completion) -> String {
    switch completion {
    case .nothing: "-x"
    case .files: "-r -F"
    case .directories: "-x -a '(__fish_complete_directories)'"
    case .choices(let choices): "-x -a " + quoted(choices.joined(separator: " "))
    }
  }

  /// A completion that holds when the words of `path` were typed and none of the commands below them.
  private func line(_ path: [String], _ tree: CommandTree, _ what: String) -> String {
    var conditions = path.map { "__fish_seen_subcommand_from \($0)" }
    let below = tree.visibleCommands.map(\.name)
    if !below.isEmpty { conditions.append("not __fish_seen_subcommand_from \(below.joined(separator: " "))") }
    let condition = conditions.isEmpty ? "" : " -n " + quoted(conditions.joined(separator: "; and "))
    return "complete -c \(self.tree.name)\(condition) \(what)"
  }

  private func quoted(_ text: String) -> String {
    "'" + text.map { "\\'".contains($0) ? "\\\($0)" : String($0) }.joined() + "'"
  }
}
