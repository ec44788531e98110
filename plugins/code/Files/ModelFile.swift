/// `app/models/NAME.py`: the table.
struct ModelFile {
  private let entity: Entity
  private let docstring: String

  init(_ entity: Entity, docstring: String) {
    (self.entity, self.docstring) = (entity, docstring)
  }

  var file: ProjectFile {
    let columns = entity.fields.map(column) + entity.fields.compactMap(relationship)
    let text = Template(PackageResources.model_py).filled([
      "plural_title": entity.pluralTitle, "imports": imports, "class": entity.className,
      "docstring": Python.docstring(docstring), "table": entity.plural, "columns": columns.joined(separator: "\n"),
    ])
    return ProjectFile("app/models/\(entity.name).py", text)
  }

  // MARK: Imports

  private var imports: String {
    let references = entity.fields.compactMap(\.reference)
    let others = Set(references.filter { $0.entity != entity.name })
    let cyclic = others.filter(\.isCyclic)
    let types = entity.fields.filter { $0.type != .moment }.map { columnType($0).prefix(while: \.isLetter) }
    let usesMoments = entity.fields.contains { $0.type == .moment }
    return Python.imports([
      [
        entity.fields.contains { $0.type.isTime } ? "import datetime as dt" : "",
        cyclic.isEmpty ? "" : "from typing import TYPE_CHECKING",
      ],
      [
        // An entity of nothing but moments takes no type of SQLAlchemy.
        types.isEmpty ? "" : Python.from("sqlalchemy", types.map(String.init)),
        Python.from("sqlalchemy.orm", ["Mapped", "mapped_column"] + (references.isEmpty ? [] : ["relationship"])),
      ],
      [
        Python.from("app.core.database", ["Base"] + (usesMoments ? ["UTCDateTime"] : [])),
        modelImports(others.subtracting(cyclic)),
      ],
      // Of two modules that need each other neither can be imported first; only type checkers need the name.
      [cyclic.isEmpty ? "" : "if TYPE_CHECKING:\n" + Python.indented(modelImports(cyclic), by: 4)],
    ])
  }

  private func modelImports(_ references: Set<Entity.Reference>) -> String {
    references.sorted { $0.entity < $1.entity }.map { "from app.models.\($0.entity) import \($0.className)" }
      .joined(separator: "\n")
  }

  // MARK: Columns

  private func column(_ field: Field) -> String {
    var arguments = [columnType(field)].filter { !$0.isEmpty }
    if let reference = field.reference { arguments = [foreignKey(field, reference)] }
    if let value = field.defaultValue { arguments.append("default=\(Python.value(value))") }
    if field.isUnique {
      arguments.append("unique=True")
    } else if field.reference != nil {
      arguments.append("index=True")
    }
    let type = pythonType(field) + (field.isNullable ? " | None" : "")
    return Python.call("\(field.column): Mapped[\(type)] = mapped_column", arguments, indentation: 4)
  }

  private func foreignKey(_ field: Field, _ reference: Entity.Reference) -> String {
    let rule = field.isRequired ? "RESTRICT" : "SET NULL"
    // Of two tables that refer to each other neither can be made first: the key comes when both are there.
    let isLater = reference.isCyclic && reference.entity != entity.name
    let name = "fk_\(entity.plural)_\(field.column)_\(reference.table)"
    let later = isLater ? ", use_alter=True, name=\(Python.string(name))" : ""
    return "ForeignKey(\"\(reference.table).id\", ondelete=\"\(rule)\"\(later))"
  }

  private func relationship(_ field: Field) -> String? {
    guard let reference = field.reference else { return nil }
    let name = reference.className
    let type = field.isNullable ? "\(name) | None" : name
    let quoted = reference.isCyclic ? "\"\(type)\"" : type
    var arguments = reference.isCyclic ? ["\"\(name)\""] : []
    arguments.append("foreign_keys=[\(field.column)]")
    if reference.entity == entity.name { arguments.append("remote_side=\"\(name).id\"") }
    return Python.call("\(field.name): Mapped[\(quoted)] = relationship", arguments, indentation: 4)
  }

  private func pythonType(_ field: Field) -> String {
    switch field.type {
    case .text, .longText, .email, .url, .choice: "str"
    case .integer, .reference: "int"
    case .number: "float"
    case .boolean: "bool"
    case .date: "dt.date"
    case .moment: "dt.datetime"
    }
  }

  /// The type in the database, as an argument.
  private func columnType(_ field: Field) -> String {
    switch field.type {
    case .text, .longText:
      if let longest = field.maxLength, longest <= Limits.varcharMax { "String(\(longest))" } else { "Text" }
    case .integer: "BigInteger"
    case .number: "Double"
    case .boolean: "Boolean"
    case .date: "Date"
    case .moment: "UTCDateTime"
    case .email: "String(320)"
    case .url: "String(2083)"
    case .choice(let choices): enumeration(choices, field)
    case .reference: "ForeignKey"
    }
  }

  private func enumeration(_ choices: [String], _ field: Field) -> String {
    let options = ["native_enum=False", "create_constraint=True", "name=\(Python.string(field.column))"]
    return Python.call("Enum", choices.map(Python.string) + options, indentation: 8)
  }
}
