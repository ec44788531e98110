import Spelling

/// A type that can be read from one argument.
package protocol ParameterValue: Sendable {
  /// Reads what the user wrote.
  ///
  /// - throws: `ValueProblem` with what is wrong and what would be right.
  static func read(_ text: String) throws(ValueProblem) -> Self
  /// The value as a user would type it; help shows defaults this way.
  var parameterText: String { get }
  /// What a shell offers; nothing unless the type says otherwise.
  static var completion: Parameter.Completion { get }
}

extension ParameterValue {
  package static var completion: Parameter.Completion { .nothing }
}

/// Why a value was not accepted.
package struct ValueProblem: Error, Hashable {
  /// Follows the argument and a colon: `not a whole number`.
  package var what: String
  /// What to write instead, as a sentence without its full stop: `give a whole number, as in 5`.
  package var remedy: String

  package init(_ what: String, remedy: String) {
    self.what = what
    self.remedy = remedy
  }
}

extension String: ParameterValue {
  package static func read(_ text: String) throws(ValueProblem) -> String { text }
  package var parameterText: String { self }
}

extension Int: ParameterValue {
  package static func read(_ text: String) throws(ValueProblem) -> Int {
    if let number = Int(text) { return number }
    let digits = text.drop { $0 == "-" || $0 == "+" }
    guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
      throw ValueProblem("not a whole number", remedy: "give a whole number, as in 5")
    }
    throw ValueProblem("too large a number", remedy: "give a whole number from \(Int.min) to \(Int.max)")
  }
  package var parameterText: String { String(self) }
}

/// An enumeration whose raw values are what the user types.
///
/// Conform a `String` enumeration to this and it can be an option; help, errors and completion list its cases.
package protocol Choice: ParameterValue, CaseIterable, RawRepresentable where RawValue == String {}

extension Choice {
  package static func read(_ text: String) throws(ValueProblem) -> Self {
    if let value = Self(rawValue: text) { return value }
    let names = allCases.map(\.rawValue)
    let list = "one of: " + names.joined(separator: ", ")
    let remedy = nearest(to: text, among: names).map { "did you mean '\($0)'?  (\(list))" } ?? "give \(list)"
    throw ValueProblem("no such value", remedy: remedy)
  }
  package var parameterText: String { rawValue }
  package static var completion: Parameter.Completion { .choices(allCases.map(\.rawValue)) }
}

/// `key=value`, split at the first equals sign; the key is never empty.
package struct KeyValue: ParameterValue, Hashable {
  package var key: String
  package var value: String

  package init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  package static func read(_ text: String) throws(ValueProblem) -> KeyValue {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw ValueProblem("not of the form key=value", remedy: "give a key, an equals sign and a value, as in team=docs")
    }
    return KeyValue(key: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
  }
  package var parameterText: String { "\(key)=\(value)" }
}
