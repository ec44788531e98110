import PluginKit

/// `genplugin-tests`: tests from BPMN files.
@main
enum TestsPlugin {
  static func main() {
    Plugin.run(TestsGenerator())
  }
}
