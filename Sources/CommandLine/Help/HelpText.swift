/// The help of one command or family, as a pure function of the tree and the width.
struct HelpText {
  private let tree: CommandTree
  private let path: String
  /// Set for the program itself, which has options of its own.
  private let version: String?

  /// - parameter path: The words that lead to the command: `genbroker submit`.
  init(_ tree: CommandTree, path: String, version: String? = nil) {
    self.tree = tree
    self.path = path
    self.version = version
  }

  /// `genbroker submit [OPTION]… [FILE]…`.
  var usage: String {
    if tree.isFamily { return path + (tree.defaultCommand == nil ? " COMMAND" : " [COMMAND]") + " [ARGUMENT]…" }
    var words = [path]
    if tree.visibleOptions.contains(where: { !$0.isRequired }) { words.append("[OPTION]…") }
    words += tree.visibleOptions.filter(\.isRequired).map { $0.typed + ($0.isRepeatable ? "…" : "") }
    words += tree.positionals.map { ($0.isRequired ? $0.name : "[\($0.name)]") + ($0.isRepeatable ? "…" : "") }
    return words.joined(separator: " ")
  }

  func rendered(width: Int, style: Style) -> String {
    let width = min(max(width, widthColumnsMin), widthColumnsMax)
    var blocks = [wrapped(tree.about.abstract, width: width)]
    blocks.append(usageLines(width: width, style: style))
    let sections = self.sections
    let column = descriptionColumn(sections, width: width)
    blocks += sections.map { $0.lines(width: width, column: column, style: style) }
    blocks += exampleBlocks(width: width, style: style)
    blocks += TextBlock.blocks(of: tree.about.discussion).map { $0.lines(width: width) }
    if isProgram { blocks.append(wrapped(Self.exitCodes, width: width)) }
    if tree.isFamily { blocks.append(wrapped("'\(path) help COMMAND' tells more about one of them.", width: width)) }
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private func usageLines(width: Int, style: Style) -> [String] {
    let label = "Usage: "
    var lines = wrapped(usage, width: width - label.count)
    let indent = String(repeating: " ", count: label.count)
    lines = lines.enumerated().map { $0.offset == 0 ? style.bold("Usage:") + " " + $0.element : indent + $0.element }
    return lines
  }

  private var sections: [HelpSection] {
    var sections = tree.sections.map { section in
      HelpSection(
        heading: section.heading,
        rows: section.commands.filter { !$0.about.isHidden }.map { command in
          let isDefault = command.name == tree.defaultCommand
          return (command.name, command.about.abstract + (isDefault ? " This is what '\(path)' alone does." : ""))
        })
    }
    sections.append(HelpSection(heading: "Arguments", rows: tree.positionals.map { ($0.name, $0.described) }))
    var headings: [String] = ["Options"]
    for heading in tree.visibleOptions.compactMap(\.heading) where !headings.contains(heading) {
      headings.append(heading)
    }
    for heading in headings {
      let options = tree.visibleOptions.filter { ($0.heading ?? "Options") == heading }
      let own = heading == "Options" ? ownOptions : []
      sections.append(HelpSection(heading: heading, rows: options.map { ($0.spelling, $0.described) } + own))
    }
    return sections.filter { !$0.rows.isEmpty }
  }

  private var isProgram: Bool { version != nil && path == tree.name }

  /// What scripts need to know, in one sentence.
  private static let exitCodes =
    "Exit codes: " + ExitCode.allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ") + "."

  /// What every command has, and what only the program has.
  private var ownOptions: [(String, String)] {
    let help = [("-h, --help", "Show this help.")]
    guard let version, path == tree.name else { return help }
    return help + [
      ("    --version", "Show the version, \(version)."),
      ("    --completions SHELL", "Print a completion script for bash, zsh or fish."),
      ("    --manual", "Print the manual page."),
    ]
  }

  /// A command line is never broken: it is there to be copied.
  private func exampleBlocks(width: Int, style: Style) -> [[String]] {
    guard !tree.about.examples.isEmpty else { return [] }
    return [
      [style.bold("Examples:")]
        + tree.about.examples.flatMap { example in
          ["  " + example.commandLine] + wrapped(example.meaning, width: width - 6).map { "      " + $0 }
        }
    ]
  }

  /// Where descriptions begin: behind the widest name, but not so far that they get narrow.
  private func descriptionColumn(_ sections: [HelpSection], width: Int) -> Int {
    let widest = sections.flatMap(\.rows).map { displayWidth($0.0) }.max() ?? 0
    return min(widest + 4, max(8, min(width * 2 / 5, nameColumnsMax)))
  }
}

/// A heading and rows of name and description.
private struct HelpSection {
  var heading: String
  var rows: [(String, String)]

  func lines(width: Int, column: Int, style: Style) -> [String] {
    [style.bold(heading + ":")] + rows.flatMap { row(name: $0.0, text: $0.1, width: width, column: column) }
  }

  /// A name that reaches into the descriptions gets a line of its own.
  private func row(name: String, text: String, width: Int, column: Int) -> [String] {
    let indent = String(repeating: " ", count: column)
    var lines = wrapped(text, width: width - column).map { indent + $0 }
    let start = "  " + name
    if displayWidth(start) + 2 <= column, let first = lines.first {
      lines[0] = padded(start, to: column) + first.dropFirst(column)
    } else {
      lines.insert(start, at: 0)
    }
    return lines
  }
}

extension Parameter {
  /// `-k, --kind KIND`, with room for the short form where there is none.
  fileprivate var spelling: String {
    let value = valueName.isEmpty ? "" : " " + valueName
    guard let long else { return name + value }
    return (short.map { "-\($0), " } ?? "    ") + "--" + long + value
  }

  /// The help with what can be said from the declaration.
  var described: String {
    var notes: [String] = []
    if case .choices(let choices) = completion { notes.append("one of: " + choices.joined(separator: ", ")) }
    if let defaultText, !defaultText.isEmpty { notes.append("default: " + defaultText) }
    if let environmentVariable { notes.append("environment: " + environmentVariable) }
    if form == .option, isRepeatable { notes.append("may be repeated") }
    return help + notes.map { " (\($0))" }.joined()
  }
}

/// Narrower, help would be a column of single words.
private let widthColumnsMin = 40
/// Wider, lines are hard to read.
private let widthColumnsMax = 100
private let nameColumnsMax = 30
