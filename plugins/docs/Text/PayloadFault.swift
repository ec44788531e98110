import JSON
import PluginKit

/// What is wrong with the payload of a text, in two lines: what is wrong, what to do.
enum PayloadFault {
  /// A failure that no other attempt would mend.
  static func wrong(_ problem: String, _ remedy: String) -> PluginFailure {
    PluginFailure("bad_payload", "\(problem).\n\(remedy)")
  }

  /// A whole number in a range; nil when it is absent or null.
  static func number(_ value: JSONValue?, _ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let value, !value.isNull else { return nil }
    guard let number = value.int.flatMap(Int.init(exactly:)), range.contains(number) else {
      throw wrong("'\(name)' is no whole number from \(range.lowerBound) to \(range.upperBound)", "correct it")
    }
    return number
  }
}
