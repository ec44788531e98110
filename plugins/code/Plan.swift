import JSON
import PluginKit

/// The entities of a project, and what it is for.
struct Plan {
  let project: Project
  /// For the log.
  let notes: [String]

  /// From what is known, from lines of the idea, and with a model from the rest of it.
  ///
  /// - Throws: `PluginFailure` of class `bad_input` that says what to give.
  static func make(_ payload: Payload, _ task: GenerationTask, _ host: any Host) throws -> Plan {
    let idea = try payload.text("prompt")
    if trimmed(idea[...]).isEmpty, payload.value("known").map(isNothing) ?? true { throw try noIdea(host) }
    let (known, prose) = try refusingBadInput { () throws(SchemaProblem) in
      let text = try SchemaText(idea)
      let given = try payload.value("known").map { value throws(SchemaProblem) in try RawEntity.list(value) } ?? []
      return (given + text.entities, text.prose)
    }
    if task.hasModel { return try PlanQuestion(prose, known).ask(host) }
    return try refusingBadInput { () throws(SchemaProblem) in
      guard !known.isEmpty else { throw nothingFound }
      return try Plan(known, prose: prose)
    }
  }

  /// What is wrong with a schema is wrong with the input, and stays so.
  private static func refusingBadInput<Value>(_ body: () throws(SchemaProblem) -> Value) throws -> Value {
    do throws(SchemaProblem) {
      return try body()
    } catch {
      throw PluginFailure("bad_input", error.description)
    }
  }

  private static func isNothing(_ known: JSONValue) -> Bool { known.isNull || known.elements?.isEmpty == true }

  /// Who has submitted the idea as a file of the job has left out the recipe.
  private static func noIdea(_ host: any Host) throws -> PluginFailure {
    let file = try host.inputs().first { $0.task == nil }.map { shown($0.name) }
    let unread = file.map { "; '\($0)' is an input of the job, which no op reads" } ?? ""
    return PluginFailure(
      "bad_input",
      "there is no idea to plan from\(unread)\n"
        + "use the recipe: genbroker recipe run contrib/recipes/phased-project.yaml --input idea=@\(file ?? "FILE")")
  }

  private static let nothingFound = SchemaProblem(
    "no entities are known, and without a model none can be found in the idea",
    remedy: "give them as 'known', or in lines of the idea such as 'entity Post: title, text, author: User'")

  /// - Throws: what makes no project of the entities.
  init(_ raws: [RawEntity], title: String? = nil, prose: String) throws(SchemaProblem) {
    var builder = EntityBuilder()
    let entities = try builder.entities(raws)
    let about = String(prose.prefix(Limits.aboutCharactersMax))
    project = Project(title: Self.title(title ?? about), about: about, entities: entities)
    notes = builder.notes
  }

  /// The first line, or what can be said of nothing.
  private static func title(_ text: String) -> String {
    let line = trimmed(text.split(whereSeparator: \.isNewline).first ?? "")
    let title = line.hasSuffix(".") ? String(line.dropLast()) : line
    guard !title.isEmpty else { return "Project" }
    return title.count > Limits.titleCharactersMax ? title.prefix(Limits.titleCharactersMax - 1) + "…" : title
  }

  /// `plan.json`: a line for each entity, so that people can compare two of them.
  var text: String {
    let entities = project.entities.map { "    " + String(decoding: $0.json.bytes, as: UTF8.self) }
    let (title, about) = (JSONTree.string(project.title), JSONTree.string(project.about))
    return """
      {
        "title": \(String(decoding: title.bytes, as: UTF8.self)),
        "about": \(String(decoding: about.bytes, as: UTF8.self)),
        "entities": [
      \(entities.joined(separator: ",\n"))
        ]
      }

      """
  }
}
