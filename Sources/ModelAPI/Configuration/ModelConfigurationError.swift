/// What is wrong with the configuration of models, or with what is asked of it; told to people. Never holds a key.
package struct ModelConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, with the file or the name concerned.
  package let problem: String
  /// What the user can do about it.
  package let remedy: String

  package init(problem: String, remedy: String) {
    self.problem = problem
    self.remedy = remedy
  }

  package var description: String { "\(problem)\n\(remedy)" }
}
