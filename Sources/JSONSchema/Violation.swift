package import JSON

/// One thing in a value that a schema does not allow.
package struct Violation: Hashable, Sendable, CustomStringConvertible {
  /// A JSON pointer (RFC 6901) to the place in the value; empty for the value itself. Cut when it is very long.
  package let pointer: String
  /// What is wrong there, in one line.
  package let message: String

  init(_ pointer: Pointer, _ message: String) {
    self.pointer = pointer.text
    self.message = bounded(message, bytesMax: Violation.messageBytesMax)
  }

  /// `/a/0: is no string`
  package var description: String { "\(pointer.isEmpty ? "the value" : pointer): \(message)" }

  /// What a message may take.
  package static let messageBytesMax = 240
}

extension Schema {
  /// What in `value` does not fit; empty when it fits.
  ///
  /// At most `violationsMax` are told. A check that would take too long, as a schema can be made to, ends with a
  /// violation that says so: then nobody knows whether the value fits.
  package func validate(_ value: JSONValue) -> [Violation] {
    guard value.depth <= JSONDocument.depthMax else { return [Violation(Pointer(), "is nested too deeply")] }
    var check = SchemaCheck(nodes)
    return check.run(value)
  }

  /// Violations that are told.
  package static let violationsMax = 16
  /// Steps of one check: a schema that is looked at for one value, and 16 bytes of what is counted or compared.
  package static let stepsMax = 400_000
  /// Schemas inside each other that look at values inside each other.
  static let depthMax = 400
}
