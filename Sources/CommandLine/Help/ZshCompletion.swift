/// One zsh function per place of the tree, each built on `_arguments` and `_describe`.
struct ZshCompletion {
  private let tree: CommandTree

  init(_ tree: CommandTree) {
    self.tree = tree
  }

  var script: String {
    let functions = tree.flattened().map { path, tree in
      tree.isFamily ? family(path, tree) : command(path, tree)
    }
    return "#compdef \(tree.name)\n# zsh completion for \(tree.name); made by '\(tree.name) --completions zsh'.\n\n"
      + functions.joined(separator: "\n") + "\n" + entry
  }

  /// Found by name in `fpath`, the script is the function's first call; read by `source`, it only registers.
  private var entry: String {
    """
    if [[ $funcstack[1] == \(function([])) ]]; then
      \(function([])) "$@"
    else
      compdef \(function([])) \(tree.name)
    fi

    """
  }

  private func function(_ path: [String]) -> String {
    "_" + ([tree.name] + path).joined(separator: "_")
  }

  private func command(_ path: [String], _ tree: CommandTree) -> String {
    let specifications =
      tree.visibleOptions.flatMap(specification) + [shellQuoted("(-h --help)-h[Show this help.]")]
      + [shellQuoted("(-h --help)--help[Show this help.]")] + tree.positionals.map(positional)
    return """
      \(function(path))() {
        _arguments -s \\
          \(specifications.joined(separator: " \\\n    "))
      }

      """
  }

  private func family(_ path: [String], _ tree: CommandTree) -> String {
    let entries = tree.visibleCommands.map { "    " + shellQuoted("\($0.name):\(plain($0.about.abstract))") }
    let cases = tree.visibleCommands.map { "      \($0.name)) \(function(path + [$0.name])) ;;" }
    let options = tree.completedOptions.flatMap(specification) + [shellQuoted("--help[Show this help.]")]
    return """
      \(function(path))() {
        local -a commands
        commands=(
      \(entries.joined(separator: "\n"))
        )
        local context state line
        _arguments -C \\
          \(options.joined(separator: " \\\n    ")) \\
          '1: :->command' '*:: :->arguments'
        case $state in
          command) _describe command commands ;;
          arguments)
            case $line[1] in
      \(cases.joined(separator: "\n"))
            esac ;;
        esac
      }

      """
  }

  /// `'(-k --kind)--kind[help]:KIND:action'`, one for each name of the option.
  private func specification(_ option: Parameter) -> [String] {
    let names = option.optionNames
    let exclusion = option.isRepeatable ? "*" : "(\(names.joined(separator: " ")))"
    let value = option.form == .flag ? "" : ":\(plain(option.valueName)):\(action(option.completion))"
    return names.map { shellQuoted("\(exclusion)\($0)[\(plain(option.help))]\(value)") }
  }

  private func positional(_ parameter: Parameter) -> String {
    let marker = parameter.isRepeatable ? "*" : parameter.isRequired ? "" : ":"
    return shellQuoted("\(marker):\(plain(parameter.valueName)):\(action(parameter.completion))")
  }

  private func action(_ completion: Parameter.Completion) -> String {
    switch completion {
    case .nothing: " "
    case .files: "_files"
    case .directories: "_files -/"
    case .choices(let choices): "(\(choices.joined(separator: " ")))"
    }
  }

  /// Without the characters that part the fields of a specification.
  private func plain(_ text: String) -> String {
    text.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}
