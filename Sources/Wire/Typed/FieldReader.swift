package import JSON

/// Reads the declared fields of one object.
package struct FieldReader {
  private var members: JSONObjectReader
  private let value: JSONValue
  private let rule: UnknownFields

  /// - Returns: `nil` when `value` is no object.
  package init?(_ value: JSONValue, _ rule: UnknownFields) {
    guard let members = JSONObjectReader(value) else { return nil }
    self.members = members
    self.value = value
    self.rule = rule
  }

  /// A field that must be there.
  package mutating func required<Value: WireValue>(_ name: String) throws(FieldError) -> Value {
    guard let value = members.take(name) else { throw FieldError(name, .missing(unknown: nil)) }
    do {
      return try Value(wire: value, rule)
    } catch {
      throw error.inside(name)
    }
  }

  /// A field that may be absent or `null`.
  package mutating func optional<Value: WireValue>(_ name: String) throws(FieldError) -> Value? {
    guard let value = members.take(name), !value.isNull else { return nil }
    do {
      return try Value(wire: value, rule)
    } catch {
      throw error.inside(name)
    }
  }

  /// To be called after every declared field was read.
  func finish(_ declared: [String]) throws(FieldError) {
    guard rule == .refused, members.hasUntakenMembers else { return }
    throw FieldError(undeclared(declared) ?? "", .unknown)
  }

  /// The same error; where a field of this object is missing, with the name that may have been meant for it.
  func explained(_ error: FieldError, _ declared: [String]) -> FieldError {
    guard rule == .refused, error.kind == .missing(unknown: nil), declared.contains(error.path) else { return error }
    return FieldError(error.path, .missing(unknown: undeclared(declared)))
  }

  private func undeclared(_ declared: [String]) -> String? {
    value.members?.first { !declared.contains($0.key) }?.key
  }
}
