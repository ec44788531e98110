import CommandLine
import FileSystem
import Glibc
import Wire

/// The worker, and every plugin that it would find.
func examinePrograms(_ context: CommandContext) async throws -> [Diagnosis] {
  let own = try ProgramDirectory()
  let worker = own.path + "/genworker"
  var diagnoses: [Diagnosis] = [
    access(worker, X_OK) == 0
      ? .ok("worker", worker)
      : .warn("worker", "no genworker in \(own.path)", remedy: "install it beside genbroker; 'genbroker run' needs it")
  ]
  let plugins = installedPlugins(beside: own, context)
  if plugins.isEmpty {
    diagnoses.append(
      .warn("plugins", "none in \(own.path) and PATH", remedy: "install a 'genplugin-KIND', or name one with --plugin"))
  }
  for plugin in plugins { diagnoses.append(await examine(plugin, context)) }
  return diagnoses
}

/// A plugin for a kind.
struct InstalledPlugin: Equatable {
  var kind: String
  var path: String
}

/// The plugins that a worker beside this program would find.
func installedPlugins(beside own: ProgramDirectory, _ context: CommandContext) -> [InstalledPlugin] {
  installedPlugins(in: [own.path] + (context.environment["PATH"] ?? "").split(separator: ":").map(String.init))
}

/// The plugins of some directories, by kind; of several for one kind, the first, as workers choose.
func installedPlugins(in directories: [String]) -> [InstalledPlugin] {
  var found: [String: String] = [:]
  for directory in directories {
    // A directory of PATH that is not there or cannot be read holds no plugins.
    for name in (try? FileTree.list(directory)) ?? [] where name.hasPrefix(pluginPrefix) {
      let (kind, path) = (String(name.dropFirst(pluginPrefix.count)), directory + "/" + name)
      let isProgram = access(path, X_OK) == 0 && ((try? FileTree.status(path)) ?? nil)?.isRegular == true
      if !kind.isEmpty, isProgram, found[kind] == nil { found[kind] = path }
    }
  }
  return found.map { InstalledPlugin(kind: $0.key, path: $0.value) }.sorted { $0.kind < $1.kind }
}

private func examine(_ plugin: InstalledPlugin, _ context: CommandContext) async -> Diagnosis {
  let subject = "plugin \(plugin.kind)"
  switch await PluginGreeting(plugin, on: context.loop).result() {
  case .success(let answer) where answer.kind == plugin.kind:
    return .ok(subject, "\(plugin.path), version \(answer.version): \(answer.ops.joined(separator: ", "))")
  case .success(let answer):
    return .fail(
      subject, "\(plugin.path) says that it makes '\(answer.kind)'", remedy: "rename it to genplugin-\(answer.kind)")
  case .failure(let problem):
    return .fail(subject, "\(plugin.path) \(problem.text)", remedy: "run it by hand: plugins/README.md shows how")
  }
}

private let pluginPrefix = "genplugin-"
