import JSON
import PluginKit
import TaskFacts

/// Facts that stand in a file which a needed task has made, as `{"from": {"file": …, "member": …}}` in a payload says: so a recipe need
/// not wait for the file before it tells what is drawn.
struct FileFacts {
  /// The payload with the members of the file, which its own ones overrule.
  let payload: JSONValue
  /// What the file says, for a model; nil when the payload names no file.
  let told: JSONTree?

  /// - Throws: `PluginFailure` of class `bad_payload` for a wrong `from`, of class `bad_input` for a file that is not there or is
  ///   not what it should be.
  init(_ payload: JSONValue, _ host: any Host) throws {
    var reader = try FactReader(payload, "payload")
    guard var from = try reader.object(Self.name) else {
      (self.payload, told) = (payload, nil)
      return
    }
    let file = try from.neededText("file", charactersMax: 1_024)
    let member = try from.text("member") ?? ""
    try from.finish()
    let found = try Self.object(file, member, host)
    let own = (payload.members ?? []).filter { $0.key != Self.name }
    let names = Set(own.map(\.key))
    let members = (found.members ?? []).filter { !names.contains($0.key) } + own
    self.payload = RawJSON(.object(members.map { JSONTree.Member($0.key, JSONTree($0.value)) })).value
    told = JSONTree(found)
  }

  private static let name = "from"

  /// An object inside of a file; `member` names the way to it, with a full stop between two names.
  private static func object(_ file: String, _ member: String, _ host: any Host) throws -> JSONValue {
    guard let readable = try host.inputs().first(where: { $0.name == file }) else {
      throw failure("there is no file '\(file)' among those that the task can read", "Let the task need its maker.")
    }
    guard readable.size <= Limits.factFileBytesMax else {
      throw failure(
        "'\(file)' has more than \(Limits.factFileBytesMax >> 10) KiB", "Write the facts into a file of their own.")
    }
    guard let document = try? JSONDocument(try host.read(file)) else {
      throw failure("'\(file)' is no JSON", "Name a file with facts.")
    }
    var value = document.root
    for name in member.split(separator: ".") {
      guard let next = value[String(name)] else {
        throw failure("'\(file)' has no '\(member)'", "Name a member that the file has.")
      }
      value = next
    }
    guard value.members != nil else { throw failure("'\(member)' of '\(file)' is no object", "Name one that is.") }
    return value
  }

  private static func failure(_ problem: String, _ remedy: String) -> PluginFailure {
    PluginFailure("bad_input", "\(problem).\n\(remedy)")
  }
}
