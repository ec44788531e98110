/// `app/schemas/NAME.py`: what is sent and got, and the rules for it.
struct SchemaFile {
  private let entity: Entity
  private let notes: EntityNotes

  init(_ entity: Entity, _ notes: EntityNotes) {
    (self.entity, self.notes) = (entity, notes)
  }

  var file: ProjectFile {
    let text = Template(PackageResources.schema_py).filled([
      "plural_title": entity.pluralTitle, "title": entity.title, "imports": imports, "class": entity.className,
      "docstring": Python.docstring(notes.summary), "create_fields": lines(entity.fields.map(createField)),
      "rules": RuleCode(notes.rules).method, "update_fields": lines(entity.fields.map(updateField)),
      "read_fields": lines(entity.fields.map(readField)), "filter_fields": lines(entity.filters.map(filterField)),
    ])
    return ProjectFile("app/schemas/\(entity.name).py", text, meta: notes.meta)
  }

  private func lines(_ lines: [String]) -> String { lines.joined(separator: "\n") }

  // MARK: Imports

  private var imports: String {
    let isConstrained = entity.fields.contains { !constraints($0).isEmpty }
    let hasRules = !notes.rules.isEmpty
    let names = [
      isConstrained ? "Annotated" : nil, entity.fields.contains { !$0.choices.isEmpty } ? "Literal" : nil,
      hasRules ? "Self" : nil,
    ].compactMap { $0 }
    let pydantic = [isConstrained ? "Field" : nil, hasRules ? "model_validator" : nil].compactMap { $0 }
    let core = entity.fields.map(plainType).filter { $0.first?.isUppercase == true && !$0.hasPrefix("Literal") }
    return Python.imports([
      [
        entity.fields.contains { $0.type.isTime } ? "import datetime as dt" : "",
        names.isEmpty ? "" : Python.from("typing", names),
      ],
      [pydantic.isEmpty ? "" : Python.from("pydantic", pydantic)],
      [Python.from("app.core.schemas", ["InputSchema", "OutputSchema", "PageParams"] + core)],
    ])
  }

  // MARK: Fields

  private func createField(_ field: Field) -> String {
    let tail = field.defaultValue.map { " = \(Python.value($0))" } ?? (field.isRequired ? "" : " = None")
    return typed(field, optional: field.isNullable, tail)
  }

  private func updateField(_ field: Field) -> String { typed(field, optional: true, " = None") }

  private func typed(_ field: Field, optional: Bool, _ tail: String) -> String {
    let end = (optional ? " | None" : "") + tail
    let constraints = constraints(field)
    guard !constraints.isEmpty else { return "\(field.column): \(plainType(field))\(end)" }
    let inner = Python.call("Field", constraints, indentation: 8)
    return Python.call(
      "\(field.column): Annotated", [plainType(field), inner], end, indentation: 4, brackets: ("[", "]"))
  }

  private func constraints(_ field: Field) -> [String] {
    var constraints: [String] = []
    if let least = field.minLength, least > 0 { constraints.append("min_length=\(least)") }
    if let most = field.maxLength { constraints.append("max_length=\(most)") }
    if let least = field.minimum { constraints.append("ge=\(Python.value(least))") }
    if let most = field.maximum { constraints.append("le=\(Python.value(most))") }
    if let description = notes.descriptions[field.column] {
      constraints.append("description=\(Python.string(description))")
    }
    return constraints
  }

  private func plainType(_ field: Field) -> String {
    switch field.type {
    case .text, .longText: "PlainText"
    case .integer: "Int64"
    case .number: "Number"
    case .boolean: "bool"
    case .date: "dt.date"
    case .moment: "Moment"
    case .email: "Email"
    case .url: "Url"
    case .choice(let choices): literal(choices)
    case .reference: "Identifier"
    }
  }

  private func literal(_ choices: [String]) -> String {
    Python.call("Literal", choices.map(Python.string), indentation: 30, brackets: ("[", "]"))
  }

  private func readField(_ field: Field) -> String {
    let type =
      switch field.type {
      case .text, .longText, .email, .url: "str"
      case .integer, .reference: "int"
      case .number: "float"
      case .moment: "dt.datetime"
      case .boolean, .date, .choice: plainType(field)
      }
    return "\(field.column): \(type)\(field.isNullable ? " | None" : "")"
  }

  // MARK: Filters

  private func filterField(_ field: Field) -> String { "\(field.column): \(plainType(field)) | None = None" }
}

extension Entity {
  /// The fields by which a list can be filtered; `limit` and `offset` of a page have the first right to their names.
  var filters: [Field] {
    fields.filter { field in
      switch field.type {
      case .reference, .choice, .boolean: !["limit", "offset"].contains(field.column)
      default: false
      }
    }
  }
}
