import Glibc

/// There is no plugin for a kind.
package struct PluginNotFound: Error, Equatable {
  package let problem: String
  package let remedy: String
}

/// Where the executable of a plugin is.
package enum PluginDiscovery {
  /// The name of the executable that makes `kind`.
  package static func executableName(of kind: String) -> String { "genplugin-\(kind)" }

  /// - Parameters:
  ///   - given: what the command line names; then nothing else is looked at.
  ///   - beside: the directory of the own executable; looked at first.
  ///   - path: the directories of `PATH`.
  ///   - currentDirectory: what relative paths count from.
  /// - Returns: an absolute path.
  package static func find(
    kind: String, given: String?, beside: String?, path: String, currentDirectory: String
  ) throws(PluginNotFound) -> String {
    func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(currentDirectory)/\(path)" }
    if let given {
      let plugin = absolute(given)
      if let problem = problem(with: plugin) {
        throw PluginNotFound(problem: "the plugin \(plugin) \(problem)", remedy: remedy(problem, plugin))
      }
      return plugin
    }
    let name = executableName(of: kind)
    let directories = [beside].compactMap(\.self) + path.split(separator: ":").map { absolute(String($0)) }
    let candidates = directories.map { "\($0)/\(name)" }
    if let plugin = candidates.first(where: { problem(with: $0) == nil }) { return plugin }
    if let spoilt = candidates.first(where: { access($0, F_OK) == 0 }), let problem = problem(with: spoilt) {
      throw PluginNotFound(
        problem: "no plugin for the kind '\(kind)': \(spoilt) \(problem)", remedy: remedy(problem, spoilt))
    }
    throw PluginNotFound(
      problem: "no plugin for the kind '\(kind)': \(name) is \(beside.map { "neither in \($0) nor" } ?? "not") in PATH",
      remedy: "install \(name) there, or name it with --plugin PATH")
  }

  /// What keeps a file from being run; `nil` when nothing is seen.
  private static func problem(with path: String) -> String? {
    var information = stat()
    guard stat(path, &information) == 0 else { return "does not exist" }
    guard information.st_mode & S_IFMT == S_IFREG else { return "is not a file" }
    return access(path, X_OK) == 0 ? nil : "is not executable"
  }

  private static func remedy(_ problem: String, _ path: String) -> String {
    problem == "is not executable" ? "run: chmod +x \(path)" : "name the file of a program with --plugin"
  }
}
