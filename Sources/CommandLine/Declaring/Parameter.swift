/// One option, flag or positional argument, as plain data: what parsing, help, completion and the manual page all read.
package struct Parameter: Hashable, Sendable {
  package enum Form: Hashable, Sendable {
    /// `--wait`: present or not.
    case flag
    /// `--kind KIND`: takes one value each time it is given.
    case option
    /// `FILE`: found by its place.
    case positional
  }

  /// What a shell offers for the value.
  package enum Completion: Hashable, Sendable {
    case nothing
    case files
    case directories
    /// The values themselves.
    case choices([String])
  }

  package var form: Form
  /// Without its dashes; nil for positional arguments and for options that have only a short form.
  package var long: String?
  /// Without its dash.
  package var short: Character?
  /// The word that stands for the value: `KIND`; empty for flags.
  package var valueName: String
  package var help: String
  /// The heading under which help lists it; nil for the command's own.
  package var heading: String?
  package var isRequired = false
  /// Whether it may be given more than once.
  package var isRepeatable = false
  package var isHidden = false
  /// What holds when it is not given, as a user would type it.
  package var defaultText: String?
  /// The environment variable that is read when the option is not given.
  package var environmentVariable: String?
  package var completion = Completion.nothing

  /// The name by which a command's parameters are told apart and errors call them: `--kind`, `-k` or `FILE`.
  package var name: String {
    if let long { return "--" + long }
    if let short { return "-" + String(short) }
    return valueName
  }

  /// What a user types: `--kind KIND`, `--wait`, `FILE`.
  package var typed: String {
    form == .option ? "\(name) \(valueName)" : name
  }
}

extension Parameter {
  /// Reads a spelling as help shows it: `-k, --kind KIND`, `--wait`, `FILE`.
  ///
  /// - precondition: The spelling is well formed; it is written in the source, never by a user.
  init(form: Form, spelling: String, help: String) {
    self.init(form: form, valueName: "", help: help)
    for word in spelling.split(separator: " ").map({ $0.hasSuffix(",") ? $0.dropLast() : $0 }) {
      if word.hasPrefix("--") {
        long = String(word.dropFirst(2))
      } else if word.hasPrefix("-"), word.count == 2 {
        short = word.last
      } else {
        precondition(!word.hasPrefix("-") && valueName.isEmpty, "malformed spelling '\(spelling)'")
        valueName = String(word)
      }
    }
    checkSpelling(spelling)
  }

  private init(form: Form, valueName: String, help: String) {
    self.form = form
    self.long = nil
    self.short = nil
    self.valueName = valueName
    self.help = help
    self.heading = nil
  }

  private func checkSpelling(_ spelling: String) {
    let isNamed = long != nil || short != nil
    precondition(isNamed == (form != .positional), "'\(spelling)' does not fit its declaration")
    precondition(valueName.isEmpty == (form == .flag), "'\(spelling)' does not fit its declaration")
    precondition(long.map { !$0.isEmpty && !$0.contains("=") } ?? true, "malformed spelling '\(spelling)'")
  }
}
