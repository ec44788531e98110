/// `app/routers/NAME.py`: an entity over HTTP.
struct RouterFile {
  private let entity: Entity

  init(_ entity: Entity) {
    self.entity = entity
  }

  var file: ProjectFile {
    let (name, type) = (entity.name, entity.className)
    let text = Template(PackageResources.router_py).filled([
      "plural_title": entity.pluralTitle, "path": entity.path, "class": type, "app_imports": imports,
      "make_repository": signature("make_repository", ["session: DatabaseSession"], "\(type)Repository"),
      "create": handler("create_\(name)", ["values: \(type)Create"], "\(type)Read"),
      "list": handler(
        "list_\(entity.plural)", ["params: Annotated[\(type)Filter, Query()]"], "Page[\(type)Read]"),
      "read": handler("read_\(name)", ["identifier: Identifier"], "\(type)Read"),
      "update": handler("update_\(name)", ["identifier: Identifier", "changes: \(type)Update"], "\(type)Read"),
      "delete": handler("delete_\(name)", ["identifier: Identifier"], "None"),
    ])
    return ProjectFile("app/routers/\(name).py", text)
  }

  private var imports: String {
    Python.imports([
      [
        Python.from("app.core.database", ["DatabaseSession"]),
        Python.from("app.core.schemas", ["Identifier", "Page", "merged"]),
        Python.from("app.repositories.\(entity.name)", ["\(entity.className)Repository"]),
        Python.from(
          "app.schemas.\(entity.name)", ["Create", "Filter", "Read", "Update"].map { entity.className + $0 }),
      ]
    ])
  }

  /// Every handler has the repository besides what it is asked.
  private func handler(_ name: String, _ parameters: [String], _ result: String) -> String {
    signature(name, parameters + ["repository: Repository"], result)
  }

  private func signature(_ name: String, _ parameters: [String], _ result: String) -> String {
    Python.call("def \(name)", parameters, " -> \(result):", indentation: 0)
  }
}
