import CommandLine
import JobModel
import Recipes
import Spelling
import Wire

/// What the plugins that are found here can do with the tasks of recipes. A worker elsewhere may have others, so whatever is wrong is
/// only to be pointed out.
struct RecipePlugins {
  /// What is known of the plugin of a kind.
  enum Plugin: Equatable {
    case ops([String])
    /// It does not answer; the words follow its path.
    case silent(path: String, why: String)
  }

  /// By kind; a plugin is only asked when a recipe names its kind.
  private(set) var plugins: [String: Plugin] = [:]
  /// All kinds that there is a plugin for.
  let kinds: [String]

  /// Asks the plugins of some kinds what they can do.
  ///
  /// - throws: an error where it cannot be told where this program lies.
  static func asked(for kinds: Set<String>, _ context: CommandContext) async throws -> RecipePlugins {
    let installed = installedPlugins(beside: try ProgramDirectory(), context)
    var asked: [String: Plugin] = [:]
    for plugin in installed where kinds.contains(plugin.kind) {
      switch await PluginGreeting(plugin, on: context.loop).result() {
      case .success(let answer): asked[plugin.kind] = .ops(answer.ops)
      case .failure(let problem): asked[plugin.kind] = .silent(path: plugin.path, why: problem.text)
      }
    }
    return RecipePlugins(asked, kinds: installed.map(\.kind))
  }

  init(_ plugins: [String: Plugin], kinds: [String]) {
    (self.plugins, self.kinds) = (plugins, kinds)
  }

  /// What tasks of a recipe ask for that no plugin here can do, a line for each.
  func warnings(on recipe: Recipe) -> [String] {
    recipe.outline.compactMap { task in problem(with: task).map { "task '\(task.name)': \($0)" } }
  }

  private func problem(with task: TaskOutline) -> String? {
    let kind = task.kind.name
    switch plugins[kind] {
    case nil:
      return "no plugin for the kind '\(kind)' is found here; "
        + (nearest(to: kind, among: kinds).map { "did you mean '\($0)'?" }
          ?? "it needs a worker that has one, or '\(kind)' is misspelt")
    case .silent(let path, let why): return "\(path) \(why)"
    case .ops(let ops):
      let op = task.op ?? Self.standardOp
      guard !ops.contains(op) else { return nil }
      return "the plugin for '\(kind)' has no op '\(op)'; "
        + (nearest(to: op, among: ops).map { "did you mean '\($0)'?" } ?? "it has \(ops.joined(separator: ", "))")
    }
  }

  /// That of a task which names none.
  private static let standardOp = "generate"
}
