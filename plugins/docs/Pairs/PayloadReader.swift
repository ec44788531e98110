import JSON
import PluginKit

/// Reads the members of a payload by their types; null is as if it were not there.
struct PayloadReader {
  private let payload: JSONValue

  /// - Throws: `PluginFailure` of class `bad_payload` for a member that is not among `members`.
  init(_ payload: JSONValue, members: [String]) throws {
    if let name = payload.members?.map(\.key).first(where: { !members.contains($0) }) {
      throw Self.wrong(
        "the payload has a member '\(name.prefix(80))' that nobody knows", members.joined(separator: ", "))
    }
    self.payload = payload
  }

  func value(_ name: String) -> JSONValue? { payload[name].flatMap { $0.isNull ? nil : $0 } }

  func text(_ name: String) throws -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.string else { throw Self.wrong("'\(name)' is no text", "correct it") }
    return text
  }

  /// Nothing when it is not there.
  ///
  /// - Parameter allowsOne: a text alone is a list of it.
  func texts(_ name: String, allowsOne: Bool = false) throws -> [String] {
    guard let value = value(name) else { return [] }
    if allowsOne, let text = value.string { return text.isEmpty ? [] : [text] }
    let texts = value.elements?.map(\.string)
    guard let texts, !texts.contains(nil) else { throw Self.wrong("'\(name)' is no list of texts", "correct it") }
    return texts.compactMap { $0 }
  }

  func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let value = value(name) else { return nil }
    guard let number = value.int.flatMap(Int.init(exactly:)), range.contains(number) else {
      throw Self.wrong("'\(name)' is no whole number from \(range.lowerBound) to \(range.upperBound)", "correct it")
    }
    return number
  }

  static func wrong(_ problem: String, _ remedy: String) -> PluginFailure {
    PluginFailure("bad_payload", "\(problem).\n\(remedy)")
  }
}
