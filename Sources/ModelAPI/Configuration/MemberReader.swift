import JSON
import Spelling

/// Reads an object of the configuration in which nothing may stand that nobody knows: a misspelt name would otherwise go
/// unnoticed.
struct MemberReader {
  let value: JSONValue
  /// How messages call the object, such as `providers.mine`.
  let place: String
  let path: String

  /// - Throws: when `value` is no object, or has a member that is not among `known`.
  init(
    _ value: JSONValue, at place: String, in path: String, known: [String]
  ) throws(ModelConfigurationError) {
    (self.value, self.place, self.path) = (value, place, path)
    guard let members = value.members else { throw wrong("has to be an object") }
    for (name, _) in members where !known.contains(name) {
      throw ModelConfigurationError(
        problem: "\(path): \(subject) has the member '\(name.prefix(80))', which nobody knows.",
        remedy: unknownNameRemedy(name, known))
    }
  }

  private var subject: String { place.isEmpty ? "the configuration" : place }

  func string(_ name: String) throws(ModelConfigurationError) -> String? {
    guard let member = value[name] else { return nil }
    guard let text = member.string else { throw wrong("has to be a text", name) }
    return text
  }

  /// A text that names one case of an enumeration.
  func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Word.Type
  ) throws(ModelConfigurationError) -> Word? where Word.RawValue == String {
    guard let text = try string(name) else { return nil }
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw wrong("is \"\(text.prefix(80))\" and has to be one of \(words)", name)
    }
    return word
  }

  /// An error about a member, or about the object itself.
  func wrong(_ what: String, _ name: String? = nil) -> ModelConfigurationError {
    let subject = name.map { place.isEmpty ? $0 : "\(place).\($0)" } ?? subject
    return ModelConfigurationError(problem: "\(path): \(subject) \(what).", remedy: "Mend it in the file.")
  }
}

/// What to do about a name that is not among those that are known.
func unknownNameRemedy(_ name: String, _ known: [String]) -> String {
  if known.isEmpty { return "Leave it out." }
  let all = "There are: \(known.sorted().joined(separator: ", "))."
  return nearest(to: name, among: known).map { "Do you mean '\($0)'? \(all)" } ?? all
}
