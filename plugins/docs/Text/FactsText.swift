import JSON
import JSONSchema
import PluginKit

/// What can be written without a model: the facts of the payload, as they are.
struct FactsText {
  let payload: TextPayload

  /// - Throws: `PluginFailure` of class `no_facts` when there are none, or when they are not what the schema wants.
  func written() throws -> WrittenText {
    guard let facts = payload.facts, let members = facts.members, !members.isEmpty else {
      throw PluginFailure(
        "no_facts",
        "there is no model, and the payload has no 'facts' to write from.\nSubmit with --model, or give facts.")
    }
    guard payload.format == .json else {
      return WrittenText(content: .facts(members.map { ($0.key, Self.words($0.value)) }), origin: .facts)
    }
    return WrittenText(content: .value(try object(members)), origin: .facts)
  }

  /// Those that the schema names; of a schema of one text, all of them.
  private func object(_ members: [(key: String, value: JSONValue)]) throws -> RawJSON {
    let names = Set(payload.schema?.raw.value["properties"]?.members?.map(\.key) ?? [])
    var chosen = members.filter { names.contains($0.key) }.map { JSONTree.Member($0.key, JSONTree($0.value)) }
    if names == ["text"], chosen.isEmpty {
      let lines = members.map { "\($0.key): \(Self.words($0.value))" }
      chosen = [.init("text", .string(lines.joined(separator: "\n")))]
    }
    let object = RawJSON(.object(chosen))
    if let violation = payload.schema?.validate(object.value).first {
      throw PluginFailure(
        "no_facts",
        "there is no model, and the 'facts' are not what the schema wants: \(violation).\nSubmit with --model, or give these facts, too."
      )
    }
    return object
  }

  /// A value for people.
  private static func words(_ value: JSONValue) -> String {
    switch value.kind {
    case .string: value.string ?? ""
    case .array: (value.elements ?? []).map(words).joined(separator: ", ")
    case .object: (value.members ?? []).map { "\($0.key): \(words($0.value))" }.joined(separator: "; ")
    case .null: "none"
    case .int, .float, .bool: String(decoding: value.raw, as: UTF8.self)
    }
  }
}
