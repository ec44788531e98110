import PluginKit

/// `genplugin-docs`: process documentation from BPMN files.
@main
enum DocsPlugin {
  static func main() {
    Plugin.run(DocsGenerator())
  }
}
