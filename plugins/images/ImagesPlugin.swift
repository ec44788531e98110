import PluginKit

/// `genplugin-images`: diagrams of BPMN files, and drawings from facts.
@main
enum ImagesPlugin {
  static func main() {
    Plugin.run(ImagesGenerator())
  }
}
