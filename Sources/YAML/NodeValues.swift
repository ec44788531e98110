package import JSON
import JobModel

/// Nodes as values of Swift; what has another type is refused.
extension YAMLNode {
  /// Its text.
  ///
  /// - throws: `YAMLError` unless it is a text; a number or a truth value is none.
  package func text(_ what: String) throws(YAMLError) -> String {
    guard case .scalar(let scalar) = content, scalar.value != .null else { throw isNo("text", what, "write a text") }
    guard scalar.value == .text else {
      throw YAMLError(place, "\(what) is \(words), no text", remedy: "put it in quotes: \"\(visible(scalar.text))\"")
    }
    return scalar.text
  }

  /// A text in one line that is not empty.
  ///
  /// - throws: `YAMLError` for anything else.
  package func line(_ what: String, bytesMax: Int) throws(YAMLError) -> String {
    let text = try text(what)
    guard !text.isEmpty, text.utf8.count <= bytesMax, !hasControls(text) else {
      throw YAMLError(place, "\(what) is no line of text", remedy: "write 1 to \(bytesMax) bytes in one line")
    }
    return text
  }

  /// A whole number of a range.
  ///
  /// - throws: `YAMLError` for anything else.
  package func integer(_ what: String, in range: ClosedRange<Int64>) throws(YAMLError) -> Int64 {
    let remedy = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard case .scalar(let scalar) = content, case .integer(let value) = scalar.value else {
      throw isNo("whole number", what, remedy)
    }
    guard range.contains(value) else { throw YAMLError(place, "\(what) is \(value)", remedy: remedy) }
    return value
  }

  /// Its elements.
  ///
  /// - throws: `YAMLError` unless it is a list.
  package func elements(_ what: String) throws(YAMLError) -> [YAMLNode] {
    if case .list(let elements) = content { return elements }
    var example = "one, two"
    if case .scalar(let scalar) = content, scalar.value == .text { example = visible(scalar.text) }
    throw isNo("list", what, "write [\(example)], or lines with '- '")
  }

  /// Its members.
  ///
  /// - throws: `YAMLError` unless it is a mapping.
  package func members(_ what: String) throws(YAMLError) -> [YAMLMember] {
    guard case .map(let members) = content else { throw isNo("mapping", what, "write 'name: value' in lines under it") }
    return members
  }

  private func isNo(_ type: String, _ what: String, _ remedy: String) -> YAMLError {
    YAMLError(place, "\(what) is \(words), no \(type)", remedy: remedy)
  }

  /// The value in JSON; braces in its texts are left as they are.
  ///
  /// - throws: `YAMLError` for a number that JSON cannot hold.
  package func json() throws(YAMLError) -> JSONTree {
    switch content {
    case .scalar(let scalar): return try json(of: scalar)
    case .list(let elements):
      return .array(try elements.map { element throws(YAMLError) in try element.json() })
    case .map(let members):
      return .object(
        try members.map { member throws(YAMLError) in JSONTree.Member(member.name, try member.value.json()) })
    }
  }

  /// A value without parts in JSON, under the same rule.
  package func json(of scalar: YAMLScalar) throws(YAMLError) -> JSONTree {
    switch scalar.value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .int(value)
    case .number(let value): .double(value)
    case .text: .string(scalar.text)
    case .unusableNumber:
      throw YAMLError(
        place, "the number \(visible(scalar.text)) cannot be kept exactly",
        remedy: "put it in quotes to have it as text")
    }
  }
}
