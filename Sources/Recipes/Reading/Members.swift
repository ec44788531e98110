import JobModel
import Spelling

/// The members of a mapping of which all names are known.
struct Members {
  /// Of the mapping.
  let place: Place
  private var values: [String: YAMLNode] = [:]
  private let what: String

  /// - parameters:
  ///   - what: what the mapping is, for errors: `task 'style'`.
  ///   - known: the names of its members.
  /// - throws: `RecipeError` for an unknown member, with the name that was probably meant.
  init(_ node: YAMLNode, _ what: String, known: [String]) throws(RecipeError) {
    place = node.place
    self.what = what
    for member in try node.members(what) {
      guard known.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) else {
        throw RecipeError(
          member.place, "\(what) has no member '\(visible(member.name))'",
          remedy: suggestion(for: member.name, among: known, "there are"))
      }
      values[member.name] = member.value
    }
  }

  /// The value of a member; nil when it is not there.
  func value(_ name: String) -> YAMLNode? { values[name] }

  /// Reads a member when it is there.
  func read<Value>(
    _ name: String, _ read: (YAMLNode, String) throws(RecipeError) -> Value
  ) throws(RecipeError) -> Value? {
    guard let node = values[name] else { return nil }
    return try read(node, "'\(name)'")
  }

  /// - throws: `RecipeError` when the member is not there.
  func required(_ name: String, remedy: String) throws(RecipeError) -> YAMLNode {
    guard let node = values[name] else {
      throw RecipeError(place, "\(what) has no '\(name)'", remedy: remedy)
    }
    return node
  }
}

/// What to say of a name that does not exist: the nearest one, else all.
func suggestion(for name: String, among known: [String], _ words: String) -> String {
  if let near = nearest(to: name, among: known) { return "did you mean '\(near)'?" }
  return known.isEmpty ? "\(words) none" : "\(words): \(known.prefix(24).joined(separator: ", "))"
}

extension YAMLMember {
  /// The name as one that references can use.
  ///
  /// - parameter what: what is named, for errors: `an input`.
  func checkedName(_ what: String) throws(RecipeError) -> String {
    guard Reference.isName(name) else {
      throw RecipeError(
        place, "'\(visible(name))' cannot be the name of \(what)",
        remedy: "use letters (a to z), digits, '_' and '-', at most \(RecipeLimits.nameBytesMax)")
    }
    return name
  }
}
