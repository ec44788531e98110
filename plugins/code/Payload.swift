import JSON
import PluginKit

/// Reads payloads of tasks. The recipe `phased-project` writes them.
struct Payload {
  private let value: JSONValue
  private let op: String

  /// - Throws: when the payload has a member that the op does not know: it would be ignored.
  init(_ task: GenerationTask, allows members: [String]) throws {
    value = task.payload.raw.value
    op = task.op
    if let unknown = (value.members ?? []).first(where: { !members.contains($0.key) }) {
      throw PluginFailure(
        "bad_payload",
        "the op '\(op)' has no member '\(shown(unknown.key))'\ngive it \(members.isEmpty ? "none" : members.joined(separator: ", "))"
      )
    }
  }

  /// A text, or an empty one.
  func text(_ member: String) throws -> String {
    guard let found = value[member], !found.isNull else { return "" }
    guard let text = found.string else { throw failure(member, "is no text", "give a text") }
    return text
  }

  func value(_ member: String) -> JSONValue? { value[member] }

  /// The entity that the plan has made.
  func entity() throws -> Entity {
    guard let entity = value["entity"].flatMap(Entity.init) else { throw failure("entity", "is none of a plan") }
    return entity
  }

  /// The entities that the plan has made.
  func entities() throws -> [Entity] {
    let elements = value["entities"]?.elements ?? []
    let entities = elements.compactMap(Entity.init)
    guard !entities.isEmpty, entities.count == elements.count else { throw failure("entities", "are none of a plan") }
    return entities
  }

  /// The project that the plan has made.
  func project() throws -> Project {
    Project(title: try text("title"), about: try text("about"), entities: try entities())
  }

  private func failure(
    _ member: String, _ what: String, _ remedy: String = "hand on what the op 'plan' has written to plan.json"
  ) -> PluginFailure {
    PluginFailure("bad_payload", "'\(member)' in the payload of the op '\(op)' \(what)\n\(remedy)")
  }
}
