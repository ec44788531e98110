import PluginKit

/// `genplugin-code`: FastAPI projects from a schema of entities.
@main
enum CodePlugin {
  static func main() {
    Plugin.run(CodeGenerator())
  }
}
