import JSON

/// `tests/test_app.py`: what the tests know of each entity; the tests themselves are the same for all.
struct TestFile {
  private let entities: [(entity: Entity, notes: EntityNotes)]

  init(_ entities: [(entity: Entity, notes: EntityNotes)]) {
    self.entities = entities
  }

  var file: ProjectFile {
    let cases = entities.map { EntityCase($0.entity, $0.notes.rules).code }
    let text = Template(PackageResources.test_app_py).filled(["entities": cases.joined(separator: "\n")])
    return ProjectFile("tests/test_app.py", text)
  }
}

/// One entity in the table of the tests.
private struct EntityCase {
  /// Of a member, with the comma that comes behind it.
  private static let margin = 8 + 1

  private let entity: Entity
  private let rules: [Rule]
  private let samples: SampleCode

  init(_ entity: Entity, _ rules: [Rule]) {
    (self.entity, self.rules) = (entity, rules)
    samples = SampleCode(entity, rules)
  }

  var code: String {
    var members = ["path=\(Python.string("/api/\(entity.path)"))", sample]
    members += [
      tuple("required", columns(\.isRequired)), tuple("minimal", minimal), defaults,
      tuple("unique", columns(\.isUnique)), tuple("filters", filters), references, invalid, broken,
    ].compactMap { $0 }
    let lines = members.map { Python.indented($0, by: 4) + "," }
    return ([Python.string(entity.name) + ": Entity("] + lines + ["),"]).joined(separator: "\n")
  }

  private func columns(_ isWanted: (Field) -> Bool) -> [String] { entity.fields.filter(isWanted).map(\.column) }

  private func tuple(_ name: String, _ columns: [String]) -> String? {
    columns.isEmpty ? nil : Python.call("\(name)=", elements(columns.map(Python.string)), indentation: Self.margin)
  }

  /// A tuple of one element needs its comma.
  private func elements(_ elements: [String]) -> [String] { elements.count == 1 ? [elements[0] + ","] : elements }

  private func object(_ head: String, _ members: [String]) -> String {
    Python.call(head, members, indentation: Self.margin, brackets: ("{", "}"))
  }

  private var sample: String {
    object(
      "sample=lambda n: ",
      entity.fields.compactMap { field in
        samples.valid(field).map { "\(Python.string(field.column)): \($0)" }
      })
  }

  /// What is optional, and yet required by a rule.
  private var minimal: [String] {
    let required = rules.compactMap { rule in if case .required(let field, _, _) = rule { field } else { nil } }
    return columns { required.contains($0.column) }
  }

  private var defaults: String? {
    let fields = entity.fields.filter { !$0.isRequired }
    guard !fields.isEmpty else { return nil }
    return object(
      "defaults=", fields.map { "\(Python.string($0.column)): \(Python.value($0.defaultValue ?? .null))" })
  }

  private var filters: [String] { entity.filters.filter { $0.reference == nil }.map(\.column) }

  private var references: String? {
    let members = entity.fields.compactMap { field in
      field.reference.map { "\(Python.string(field.column)): \(Python.string($0.entity))" }
    }
    return members.isEmpty ? nil : object("references=", members)
  }

  private var invalid: String? {
    let pairs = entity.fields.flatMap { field in
      samples.invalid(field).map { "(\(Python.string(field.column)), \($0))" }
    }
    return Python.call("invalid=", elements(pairs), indentation: Self.margin)
  }

  private var broken: String? {
    guard !rules.isEmpty else { return nil }
    let lambdas = rules.map { "lambda n: \(samples.breaking($0))" }
    return Python.call("breaks_rules=", elements(lambdas), indentation: Self.margin)
  }
}
