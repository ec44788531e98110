import JSON
import JobModel

/// Nodes as values of Swift; what has another type is refused.
extension YAMLNode {
  /// - throws: `RecipeError` unless it is a text; a number or a truth value is none.
  func text(_ what: String) throws(RecipeError) -> String {
    guard case .scalar(let scalar) = content, scalar.value != .null else { throw isNo("text", what, "write a text") }
    guard scalar.value == .text else {
      throw RecipeError(place, "\(what) is \(words), no text", remedy: "put it in quotes: \"\(visible(scalar.text))\"")
    }
    return scalar.text
  }

  /// A text in one line that is not empty.
  func line(_ what: String, bytesMax: Int) throws(RecipeError) -> String {
    let text = try text(what)
    guard !text.isEmpty, text.utf8.count <= bytesMax, !hasControls(text) else {
      throw RecipeError(place, "\(what) is no line of text", remedy: "write 1 to \(bytesMax) bytes in one line")
    }
    return text
  }

  func integer(_ what: String, in range: ClosedRange<Int64>) throws(RecipeError) -> Int64 {
    let remedy = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard case .scalar(let scalar) = content, case .integer(let value) = scalar.value else {
      throw isNo("whole number", what, remedy)
    }
    guard range.contains(value) else { throw RecipeError(place, "\(what) is \(value)", remedy: remedy) }
    return value
  }

  func elements(_ what: String) throws(RecipeError) -> [YAMLNode] {
    if case .list(let elements) = content { return elements }
    var example = "one, two"
    if case .scalar(let scalar) = content, scalar.value == .text { example = visible(scalar.text) }
    throw isNo("list", what, "write [\(example)], or lines with '- '")
  }

  func members(_ what: String) throws(RecipeError) -> [YAMLMember] {
    guard case .map(let members) = content else { throw isNo("mapping", what, "write 'name: value' in lines under it") }
    return members
  }

  private func isNo(_ type: String, _ what: String, _ remedy: String) -> RecipeError {
    RecipeError(place, "\(what) is \(words), no \(type)", remedy: remedy)
  }

  /// The value in JSON; braces in its texts are left as they are.
  ///
  /// - throws: `RecipeError` for a number that JSON cannot hold.
  func json() throws(RecipeError) -> JSONTree {
    switch content {
    case .scalar(let scalar): return try json(of: scalar)
    case .list(let elements):
      return .array(try elements.map { element throws(RecipeError) in try element.json() })
    case .map(let members):
      return .object(
        try members.map { member throws(RecipeError) in JSONTree.Member(member.name, try member.value.json()) })
    }
  }

  func json(of scalar: YAMLScalar) throws(RecipeError) -> JSONTree {
    switch scalar.value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .int(value)
    case .number(let value): .double(value)
    case .text: .string(scalar.text)
    case .unusableNumber:
      throw RecipeError(
        place, "the number \(visible(scalar.text)) cannot be kept exactly",
        remedy: "put it in quotes to have it as text")
    }
  }
}
