import JSON

/// `README.md`: how to begin, and what the project keeps.
struct ReadmeFile {
  private let project: Project
  private let notes: [EntityNotes]

  init(_ project: Project, _ notes: [EntityNotes]) {
    (self.project, self.notes) = (project, notes)
  }

  var text: String {
    let sections = zip(project.entities, notes).map(section)
    let models = Set(notes.compactMap(\.model)).sorted().map(Self.plain)
    let origin =
      models.isEmpty
      ? "No model was used: all of this follows from the names and types of the entities."
      : "Summaries and rules of the entities are by \(models.joined(separator: ", ")); read them before you rely on them."
    return Template(PackageResources.project_md).filled([
      "title": Self.plain(project.title), "about": Self.plain(project.about),
      "entities": (sections + [origin]).joined(separator: "\n\n"),
      "paths": project.entities.map { "`\($0.path)`" }.joined(separator: ", "),
    ])
  }

  private func section(_ entity: Entity, _ notes: EntityNotes) -> String {
    let rows = entity.fields.map { field in
      let description = notes.descriptions[field.column].map(Self.plain) ?? ""
      return "| `\(field.column)` | \(Self.type(field)) | \(Self.rules(field)) | \(description) |"
    }
    let heading = entity.title.prefix(1).uppercased() + entity.title.dropFirst()
    let rules = notes.rules.map { "- \(Self.plain($0.sentence))." }
    let parts = [
      "### \(heading)", Self.plain(notes.summary),
      (["| field | is | rules | |", "|---|---|---|---|"] + rows).joined(separator: "\n"),
      rules.joined(separator: "\n"), filterSentence(entity),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func filterSentence(_ entity: Entity) -> String {
    guard !entity.filters.isEmpty else { return "" }
    return "Lists can be filtered by \(entity.filters.map { "`\($0.column)`" }.joined(separator: ", "))."
  }

  private static func type(_ field: Field) -> String {
    switch field.type {
    case .reference(let reference): "the `id` of a \(reference.entity.replacing("_", with: " "))"
    case .choice(let choices): choices.map(plain).joined(separator: ", ")
    default: field.type.word
    }
  }

  private static func rules(_ field: Field) -> String {
    var rules = [field.isRequired ? "required" : "optional"]
    if field.isUnique { rules.append("unique") }
    if let value = field.defaultValue { rules.append("default \(plain(String(decoding: value.bytes, as: UTF8.self)))") }
    switch (field.minLength, field.maxLength) {
    case (let least?, let most?): rules.append("\(least) to \(most) characters")
    case (nil, let most?): rules.append("at most \(most) characters")
    default: break
    }
    if let least = field.minimum { rules.append("at least \(Python.value(least))") }
    if let most = field.maximum { rules.append("at most \(Python.value(most))") }
    return rules.joined(separator: ", ")
  }

  /// Text of unknown origin in one line of Markdown, in which nothing of it is markup.
  static func plain(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: result += " "
      case .format, .surrogate, .privateUse, .unassigned: break
      default:
        if "\\`*_{}[]<>#|~&!".unicodeScalars.contains(scalar) { result += "\\" }
        result.unicodeScalars.append(scalar)
      }
    }
    return result.split(separator: " ").joined(separator: " ")
  }
}
