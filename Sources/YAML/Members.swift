import JobModel
import Spelling

/// The members of a mapping of which all names are known.
package struct Members {
  /// Of the mapping.
  package let place: Place
  private var values: [String: YAMLNode] = [:]
  private let what: String

  /// - parameters:
  ///   - what: what the mapping is, for errors: `task 'style'`.
  ///   - known: the names of its members.
  /// - throws: `YAMLError` for an unknown member, with the name that was probably meant.
  package init(_ node: YAMLNode, _ what: String, known: [String]) throws(YAMLError) {
    place = node.place
    self.what = what
    for member in try node.members(what) {
      guard known.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) else {
        throw YAMLError(
          member.place, "\(what) has no member '\(visible(member.name))'",
          remedy: suggestion(for: member.name, among: known, "there are"))
      }
      values[member.name] = member.value
    }
  }

  /// The value of a member; nil when it is not there.
  package func value(_ name: String) -> YAMLNode? { values[name] }

  /// Reads a member when it is there.
  package func read<Value>(
    _ name: String, _ read: (YAMLNode, String) throws(YAMLError) -> Value
  ) throws(YAMLError) -> Value? {
    guard let node = values[name] else { return nil }
    return try read(node, "'\(name)'")
  }

  /// - throws: `YAMLError` when the member is not there.
  package func required(_ name: String, remedy: String) throws(YAMLError) -> YAMLNode {
    guard let node = values[name] else {
      throw YAMLError(place, "\(what) has no '\(name)'", remedy: remedy)
    }
    return node
  }
}

/// What to say of a name that does not exist: the nearest one, else all.
package func suggestion(for name: String, among known: [String], _ words: String) -> String {
  if let near = nearest(to: name, among: known) { return "did you mean '\(near)'?" }
  return known.isEmpty ? "\(words) none" : "\(words): \(known.prefix(24).joined(separator: ", "))"
}
