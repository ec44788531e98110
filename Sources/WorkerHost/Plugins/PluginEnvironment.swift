/// What a plugin sees of its host's environment: only names that are known to hold no secret, and those asked for.
package enum PluginEnvironment {
  /// These are passed on when they are set.
  package static let namesPassed = [
    "PATH", "HOME", "LANG", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME",
    "TZ", "TMPDIR",
  ]
  /// Searched when the host has no `PATH`.
  package static let defaultPath = "/usr/local/bin:/usr/bin:/bin"

  /// The entries, `NAME=value`, sorted.
  ///
  /// - Parameter extra: further names to pass on.
  package static func entries(from environment: [String: String], extra: [String] = []) -> [String] {
    var passed: [String: String] = ["PATH": defaultPath]
    for name in namesPassed + extra {
      if let value = environment[name] { passed[name] = value }
    }
    return passed.map { "\($0.key)=\($0.value)" }.sorted()
  }
}
