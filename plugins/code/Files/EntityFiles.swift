/// The four files of an entity.
struct EntityFiles {
  private let entity: Entity
  private let notes: EntityNotes

  init(_ entity: Entity, _ notes: EntityNotes) {
    (self.entity, self.notes) = (entity, notes)
  }

  /// In the order of `ProjectFiles.entity`.
  var files: [ProjectFile] {
    [ModelFile(entity, docstring: notes.summary).file, SchemaFile(entity, notes).file, repository, router]
  }

  private var repository: ProjectFile {
    let references = entity.fields.compactMap { field in field.reference.map { (field.column, $0.className) } }
    let models = Set(
      entity.fields.compactMap(\.reference).map { [$0.entity, $0.className] } + [[entity.name, entity.className]])
    let unique = entity.fields.filter(\.isUnique).map { Python.string($0.column) }
    var attributes: [String] = []
    if !references.isEmpty {
      let members = references.map { "\(Python.string($0.0)): \($0.1)" }
      attributes.append(Python.call("references = ", members, indentation: 4, brackets: ("{", "}")))
    }
    if !unique.isEmpty { attributes.append("unique = \(Python.tuple(unique))") }
    let text = Template(PackageResources.repository_py).filled([
      "plural_title": entity.pluralTitle, "title": entity.title, "class": entity.className,
      "model_imports": models.sorted { $0[0] < $1[0] }.map { "from app.models.\($0[0]) import \($0[1])" }
        .joined(separator: "\n"),
      "attributes": attributes.joined(separator: "\n"),
    ])
    return ProjectFile("app/repositories/\(entity.name).py", text)
  }

  private var router: ProjectFile { RouterFile(entity).file }
}
