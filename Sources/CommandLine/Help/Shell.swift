/// The shells for which completion scripts are made.
package enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish

  /// A script that completes commands, options and values of the tree.
  package func completionScript(for tree: CommandTree) -> String {
    switch self {
    case .bash: BashCompletion(tree).script
    case .zsh: ZshCompletion(tree).script
    case .fish: FishCompletion(tree).script
    }
  }
}

extension CommandTree {
  /// Every visible command with the words that lead to it, parents first; the tree itself has no words.
  func flattened(below path: [String] = []) -> [(path: [String], tree: CommandTree)] {
    [(path, self)] + commands.filter { !$0.about.isHidden }.flatMap { $0.flattened(below: path + [$0.name]) }
  }

  /// The names of the visible commands.
  var visibleCommands: [CommandTree] { commands.filter { !$0.about.isHidden } }

  /// The options that complete here: those of the default command belong to its family too.
  var completedOptions: [Parameter] {
    visibleOptions + (defaultCommand.flatMap(command(named:))?.visibleOptions ?? [])
  }
}

extension Parameter {
  /// `-k` and `--kind`, as far as they exist.
  var optionNames: [String] {
    (short.map { ["-\($0)"] } ?? []) + (long.map { ["--" + $0] } ?? [])
  }
}

/// Words as a command line that can be given to a shell; only those that need it are quoted.
package func shellLine(_ words: [String]) -> String {
  let plain = { (byte: UInt8) in
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || "-_./:@%+=,".utf8.contains(byte)
  }
  return words.map { !$0.isEmpty && $0.utf8.allSatisfy(plain) ? $0 : shellQuoted($0) }.joined(separator: " ")
}

/// Text in single quotes for bash and zsh.
func shellQuoted(_ text: String) -> String {
  "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
