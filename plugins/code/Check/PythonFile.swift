/// What is known of a Python file without running it.
struct PythonFile: Hashable, Sendable {
  /// Why it is not Python.
  var fault: Fault?
  var imports: [Import] = []
  /// The names that others can import from it; nil when that is not known.
  var defines: Set<String>?

  /// What is wrong, and in which line.
  struct Fault: Hashable, Sendable {
    var line: Int
    var text: String
  }

  struct Import: Hashable, Sendable {
    /// Such as `app.core.config`; with dots before it when it is relative.
    var module: String
    /// Those that are taken from it; empty when the module is imported as a whole, or they are not known.
    var names: [String] = []
    var line: Int
  }
}
