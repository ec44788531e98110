import PluginKit

/// A file of the project.
struct ProjectFile: Hashable, Sendable {
  var path: String
  var text: String
  var meta: JSONText?

  init(_ path: String, _ text: String, meta: JSONText? = nil) {
    (self.path, self.text, self.meta) = (path, text, meta)
  }

  var mediaType: String {
    switch path {
    case _ where path.hasSuffix(".py"): "text/x-python"
    case _ where path.hasSuffix(".md"): "text/markdown"
    case _ where path.hasSuffix(".toml"): "application/toml"
    default: "text/plain"
    }
  }
}

/// Which files a project has.
enum ProjectFiles {
  static let core = ["config", "database", "errors", "schemas", "security"].map { "app/core/\($0).py" }
  static let support = ["requirements.txt", "Dockerfile", "README.md", ".env.example", "tests/test_app.py"]
  static let main = ["app/main.py", "pyproject.toml"]
  static let entityFolders = ["models", "schemas", "repositories", "routers"]

  static func entity(_ name: String) -> [String] { entityFolders.map { "app/\($0)/\(name).py" } }

  /// All of them, in the order in which they are made.
  static func all(_ entities: [Entity]) -> [String] { core + entities.flatMap { entity($0.name) } + support + main }

  /// Those that are the same for every project.
  static func coreFiles() -> [ProjectFile] {
    let templates = [
      PackageResources.config_py, PackageResources.database_py, PackageResources.errors_py, PackageResources.schemas_py,
      PackageResources.security_py,
    ]
    return zip(core, templates).map { ProjectFile($0, Template($1).filled([:])) }
  }
}
