/// What the files that concern all entities are made of.
struct Project {
  var title: String
  /// What it is for, in the words of whoever asked for it; may be empty.
  var about: String
  var entities: [Entity]

  // MARK: Support

  /// In the order of `ProjectFiles.support`.
  func supportFiles(_ notes: [EntityNotes]) -> [ProjectFile] {
    let readme = ReadmeFile(self, notes).text
    let texts = [
      Template(PackageResources.requirements_txt).filled([:]), Template(PackageResources.Dockerfile_txt).filled([:]),
      readme, Template(PackageResources.env_example).filled([:]),
    ]
    let files = zip(ProjectFiles.support, texts).map { ProjectFile($0, $1) }
    return files + [TestFile(Array(zip(entities, notes))).file]
  }

  // MARK: Main

  /// In the order of `ProjectFiles.main`.
  func mainFiles() -> [ProjectFile] {
    let sorted = entities.sorted { $0.name < $1.name }
    let application = Template(PackageResources.main_py).filled([
      "router_imports": sorted.map { "from app.routers.\($0.name) import router as \($0.name)_router" }
        .joined(separator: "\n"),
      "routers": entities.map { "\($0.name)_router," }.joined(separator: "\n"), "about": Python.text(about),
      "title": Python.string(title),
    ])
    let settings = Template(PackageResources.pyproject_toml).filled(["slug": Python.string(slug)])
    return zip(ProjectFiles.main, [application, settings]).map { ProjectFile($0, $1) }
  }

  /// The name of the distribution: letters, digits and hyphens.
  private var slug: String {
    guard let name = try? Identifier.snake(String(title.prefix(Limits.nameBytesMax / 2))) else { return "project" }
    return name.replacing("_", with: "-")
  }
}
