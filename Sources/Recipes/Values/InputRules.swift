import JSON
import JSONSchema
import YAML

/// The least and the greatest: of a number itself, of a list how many elements it has.
struct InputBounds: Sendable {
  let least: Double?
  let most: Double?

  init(_ members: Members, _ kind: RecipeInput.Kind) throws(RecipeError) {
    least = try members.read("min") { node, what throws(RecipeError) in try Self.bound(node, what, kind) }
    most = try members.read("max") { node, what throws(RecipeError) in try Self.bound(node, what, kind) }
    if let least, let most, least > most {
      throw RecipeError(members.place, "'min' is greater than 'max'", remedy: "correct one of them")
    }
  }

  private static func bound(
    _ node: YAMLNode, _ what: String, _ kind: RecipeInput.Kind
  ) throws(RecipeError) -> Double {
    switch kind {
    case .number:
      guard let number = try RawJSON(node.json()).value.double else {
        throw RecipeError(node.place, "\(what) is \(node.words), no number", remedy: "write a number")
      }
      return number
    case .integer: return Double(try node.integer(what, in: -wholeMax...wholeMax))
    case .list, .files: return Double(try node.integer(what, in: 0...wholeMax))
    case .text, .boolean, .json, .file:
      throw RecipeError(
        node.place, "an input of type \(kind.rawValue) has no \(what)",
        remedy: "leave it out; min and max are for integer, number, list and files")
    }
  }

  /// Whole numbers up to here are exact as floating point.
  private static let wholeMax: Int64 = 1 << 53

  /// What is wrong with a number of elements, of which there must be one unless the recipe says otherwise.
  func fault(ofCount count: Int) -> InputFault? {
    let least = least ?? 1
    if count == 0, least > 0 {
      return InputFault("has no element", remedy: "give one or more; 'min: 0' in the recipe allows none")
    }
    return fault(of: Double(count), orElse: least, "has \(count) element\(count == 1 ? "" : "s")", " elements")
  }

  /// What is wrong with a number.
  func fault(of number: Double) -> InputFault? {
    guard number.isFinite else {
      return InputFault("is too large a number", remedy: "give at most \(Double.greatestFiniteMagnitude)")
    }
    return fault(of: number, orElse: least, "is \(text(number))", "")
  }

  private func fault(of number: Double, orElse least: Double?, _ problem: String, _ unit: String) -> InputFault? {
    guard number < least ?? number || number > most ?? number else { return nil }
    let range =
      switch (least, most) {
      case (let least?, let most?): "from \(text(least)) to \(text(most))"
      case (let least?, nil): "at least \(text(least))"
      default: "at most \(text(most ?? number))"
      }
    return InputFault(problem, remedy: "give " + range + unit)
  }

  private func text(_ number: Double) -> String { String(decoding: JSONTree.double(number).bytes, as: UTF8.self) }
}

/// What is wrong with a value: words behind the name of the input, and what to do.
struct InputFault {
  let problem: String
  let remedy: String

  init(_ problem: String, remedy: String) {
    self.problem = problem
    self.remedy = remedy
  }
}

/// The schema of an input.
struct InputSchema: Sendable {
  private let schema: Schema

  init(_ schema: Schema) { self.schema = schema }

  func fault(of value: JSONValue) -> InputFault? {
    guard let violation = schema.validate(value).first else { return nil }
    return InputFault("does not fit its schema: \(violation)", remedy: "correct the value")
  }
}

extension RecipeInput {
  /// What is wrong with a value for this input; nil when it is right.
  func fault(of value: JSONValue) -> InputFault? {
    switch kind {
    case .text, .file: value.string == nil ? isNo(value, "text", "a text") : nil
    case .boolean: value.bool == nil ? isNo(value, "truth value", "true or false") : nil
    case .integer: value.int.map { bounds.fault(of: Double($0)) } ?? isNo(value, "whole number", "a number such as 3")
    case .number:
      value.double.map { bounds.fault(of: $0) } ?? isNo(value, "number", "a number such as 0.5")
    case .list, .files: fault(ofList: value)
    case .json: schema?.fault(of: value)
    }
  }

  private func fault(ofList value: JSONValue) -> InputFault? {
    guard let elements = value.elements else { return isNo(value, "list", "a list of texts") }
    if let index = elements.firstIndex(where: { $0.string == nil }) {
      return InputFault(
        "has an element that is no text, number \(index + 1)",
        remedy: "put it in quotes: a list has texts; else use json")
    }
    return bounds.fault(ofCount: elements.count)
  }

  private func isNo(_ value: JSONValue, _ type: String, _ wanted: String) -> InputFault {
    InputFault("is \(value.words), no \(type)", remedy: "give \(wanted)")
  }
}

extension JSONValue {
  /// What people call a value of this type.
  var words: String {
    switch kind {
    case .null: "empty (null)"
    case .bool: "a truth value"
    case .int, .float: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
