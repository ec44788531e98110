/// One command: a struct whose properties declare what it takes, and what it does with them.
///
///     struct Show: Command {
///       static let about = About("show", "Show one job.")
///       @Flag("--json", "Print JSON.") var json
///       @Argument("JOB", "Its id, or @last.") var job: String
///       func run(_ context: Context) async throws -> ExitCode { … }
///     }
package protocol Command<Context>: Decodable, Sendable {
  /// What the executable gives to all its commands.
  associatedtype Context
  static var about: About { get }
  init()
  /// Checks what no single parameter can: which options go together.
  ///
  /// - throws: `UsageError`; the program's name and a pointer to help are added.
  func validate() throws(UsageError)
  func run(_ context: Context) async throws -> ExitCode
}

extension Command {
  package func validate() throws(UsageError) {}
}

/// What help says about a command beside its parameters.
package struct About: Hashable, Sendable {
  /// A command line worth showing, and what it does.
  package struct Example: Hashable, Sendable {
    package var commandLine: String
    package var meaning: String

    package init(_ commandLine: String, _ meaning: String) {
      self.commandLine = commandLine
      self.meaning = meaning
    }
  }

  package var name: String
  /// One sentence.
  package var abstract: String
  /// Paragraphs, parted by an empty line; one whose every line is indented is shown as it stands.
  package var discussion: String
  package var examples: [Example]
  package var isHidden: Bool

  package init(
    _ name: String, _ abstract: String, discussion: String = "", examples: [Example] = [], hidden: Bool = false
  ) {
    self.name = name
    self.abstract = abstract
    self.discussion = discussion
    self.examples = examples
    self.isHidden = hidden
  }
}
