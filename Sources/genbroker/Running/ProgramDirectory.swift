import CommandLine
import FileSystem
import Glibc
import WorkerHost

/// Where this program lies, and the others of its family with it.
struct ProgramDirectory: Sendable {
  let path: String

  init() throws {
    path = try FileTree.programDirectory()
  }

  /// - throws: `UserError` when there is no such program.
  func path(of name: String) throws -> String {
    let program = path + "/" + name
    guard access(program, X_OK) == 0 else {
      throw UserError(
        "there is no program '\(program)'", remedy: "install genbroker and genworker in the same directory",
        exitCode: .internalError)
    }
    return program
  }

  /// Where the plugin of a kind is: the one that `genworker` would run.
  ///
  /// - parameter given: what the command line names; then nothing else is looked at.
  /// - throws: `PluginNotFound`.
  func plugin(of kind: String, given: String? = nil, _ context: CommandContext) throws -> String {
    try PluginDiscovery.find(
      kind: kind, given: given, beside: path, path: context.environment["PATH"] ?? "",
      currentDirectory: try FileTree.currentDirectory())
  }
}

extension CommandContext {
  /// The environment of this process with some variables set, for a program that it starts.
  ///
  /// - parameter names: variables that it does not get.
  func childEnvironment(_ changes: [String: String], without names: Set<String> = []) -> [String] {
    environment.filter { !names.contains($0.key) }.merging(changes) { _, change in change }
      .map { "\($0.key)=\($0.value)" }
  }
}
