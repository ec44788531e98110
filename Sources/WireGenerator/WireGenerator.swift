import Foundation
import PackagePlugin

/// Runs `wiregen` over every interface description of a target, before the target is compiled.
@main
struct WireGenerator: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let tool = try context.tool(named: "wiregen")
    let folders = ["Interfaces", "Plugin"].map { target.directoryURL.appending(path: $0) }
    let files = try folders.flatMap {
      try FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)
    }
    let interfaces = files.filter { $0.pathExtension == "varlink" }.sorted { $0.path < $1.path }
    return interfaces.map { interface in
      let name = interface.deletingPathExtension().lastPathComponent
      let output = context.pluginWorkDirectoryURL.appending(path: "\(name).swift")
      return .buildCommand(
        displayName: "Generating the messages of \(name)",
        executable: tool.url,
        arguments: [interface.path, output.path],
        inputFiles: [interface],
        outputFiles: [output])
    }
  }
}
