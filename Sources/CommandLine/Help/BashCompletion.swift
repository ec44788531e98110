/// A bash function that walks the words typed so far down the tree, then offers what fits there.
struct BashCompletion {
  private let tree: CommandTree
  private let function: String

  init(_ tree: CommandTree) {
    self.tree = tree
    function = "_" + tree.name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
  }

  var script: String {
    """
    # bash completion for \(tree.name); made by '\(tree.name) --completions bash'.
    \(function)() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path='' word
      local commands='' options='' values='' files=''
      for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$path/$word" in
    \(steps)
        esac
      done
      case "$path" in
    \(places)
      esac
      case "$path $previous" in
    \(optionValues)
      esac
      if [[ $files == directories ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
      elif [[ -n $values ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
      elif [[ $files == none ]]; then
        COMPREPLY=()
      elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
      elif [[ $files == files ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      else
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
      fi
    }
    complete -o filenames -F \(function) \(tree.name)

    """
  }

  /// From one place of the tree to the next; anything else stays where it is.
  private var steps: String {
    let paths = tree.flattened().dropFirst().map { place($0.path) }
    return
      ((paths.isEmpty ? [] : ["      \(paths.joined(separator: "|"))) path=\"$path/$word\" ;;"])
      + ["      *) ;;"]).joined(separator: "\n")
  }

  private var places: String {
    tree.flattened().map { path, tree in
      let options = tree.completedOptions.flatMap(\.optionNames) + ["-h", "--help"]
      var settings = "options=\(shellQuoted(options.joined(separator: " ")))"
      let commands = tree.visibleCommands.map(\.name) + (tree.isFamily ? ["help"] : [])
      settings += " commands=\(shellQuoted(commands.joined(separator: " ")))"
      if tree.positionals.contains(where: { $0.completion == .files }) { settings += " files=files" }
      return "    \(shellQuoted(place(path)))) \(settings) ;;"
    }.joined(separator: "\n")
  }

  private var optionValues: String {
    var cases = tree.flattened().flatMap { path, tree in
      tree.completedOptions.filter { $0.form == .option }.map { option in
        let patterns = option.optionNames.map { shellQuoted(place(path) + " " + $0) }.joined(separator: "|")
        return "    \(patterns)) \(offer(option.completion)) ;;"
      }
    }
    cases.append("    *) ;;")
    return cases.joined(separator: "\n")
  }

  private func offer(_ completion: Parameter.Completion) -> String {
    switch completion {
    case .nothing: "files=none"
    case .files: "files=files options=''"
    case .directories: "files=directories"
    case .choices(let choices): "values=\(shellQuoted(choices.joined(separator: " ")))"
    }
  }

  private func place(_ path: [String]) -> String {
    path.map { "/" + $0 }.joined()
  }
}
