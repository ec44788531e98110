package import Drawing
package import JSON
package import PluginKit
import Spelling

/// Reads the members of an object that somebody has written, and says exactly what is wrong with one.
///
/// Every message has two lines: what is wrong, with its place, and what to do.
package struct FactReader {
  /// Where the object stands, such as `payload.furniture[2]`.
  package let path: String
  private let errorClass: String
  private let value: JSONValue
  /// Every name that was asked for.
  private var known: [String] = []

  /// What a recipe puts beside the payload of every task.
  package static let recipeMembers = ["prompt", "schema"]

  /// Reads an object that stands at a path, such as `payload`; failures are of the class that is given.
  ///
  /// - Throws: `PluginFailure` when the value is no object.
  package init(_ value: JSONValue, _ path: String, errorClass: String = "bad_payload") throws {
    guard value.members != nil else {
      throw PluginFailure(errorClass, "\(path) is no object.\nGive one in braces.")
    }
    self.value = value
    self.path = path
    self.errorClass = errorClass
  }

  /// A failure about one member. When it is absent and another one was probably meant for it, that is what is wrong.
  package func fault(_ name: String, _ problem: String, _ remedy: String) -> PluginFailure {
    let others = has(name) ? [] : (value.members ?? []).map(\.key).filter { !known.contains($0) && $0 != name }
    if let typed = nearest(to: name, among: others) {
      return PluginFailure(
        errorClass, "\(path) has a member '\(shortName(typed))' that nobody knows.\nDid you mean '\(name)'?")
    }
    return PluginFailure(errorClass, "\(path).\(name): \(problem).\n\(remedy)")
  }

  /// Members that others read.
  package mutating func ignore(_ names: [String]) { known += names }

  /// - Throws: `PluginFailure` for a member that nobody has asked for: it would be a typing error that nobody notices.
  package func finish() throws {
    guard let name = value.members?.map(\.key).first(where: { !known.contains($0) }) else { return }
    let meant = nearest(to: name, among: known)
    let remedy = meant.map { "Did you mean '\($0)'?" } ?? "There is \(known.sorted().joined(separator: ", "))."
    throw PluginFailure(errorClass, "\(path) has a member '\(shortName(name))' that nobody knows.\n\(remedy)")
  }

  package func shortName(_ name: String) -> String { String(name.prefix(80)) }

  /// Whether the object has a member that is not null.
  package func has(_ name: String) -> Bool { value[name].map { !$0.isNull } ?? false }

  /// The member; null counts as absent.
  private mutating func take(_ name: String) -> JSONValue? {
    known.append(name)
    guard let value = value[name], !value.isNull else { return nil }
    return value
  }

  private func needed<Value>(_ value: Value?, _ name: String, _ what: String) throws -> Value {
    guard let value else { throw fault(name, "it is missing", "Give \(what).") }
    return value
  }

  // MARK: - Texts

  /// A text; a number counts as its digits. Nil when it is absent or blank.
  package mutating func text(_ name: String, charactersMax: Int = FactLimits.nameCharactersMax) throws -> String? {
    guard let value = take(name) else { return nil }
    guard let text = value.string ?? (value.double != nil ? String(decoding: value.raw, as: UTF8.self) : nil) else {
      throw fault(name, "it is no text", "Write it in quotation marks.")
    }
    guard text.unicodeScalars.count <= charactersMax else {
      throw fault(name, "it has more than \(charactersMax) characters", "Shorten it.")
    }
    return text.allSatisfy(\.isWhitespace) ? nil : text
  }

  /// A text that has to be there.
  package mutating func neededText(_ name: String, charactersMax: Int = FactLimits.nameCharactersMax) throws -> String {
    try needed(try text(name, charactersMax: charactersMax), name, "a text")
  }

  /// One of the words of an enumeration.
  package mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _: Choice.Type) throws
    -> Choice?
  where Choice.RawValue == String {
    guard let text = try text(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let words = Choice.allCases.map(\.rawValue)
      throw fault(name, "'\(shortName(text))' is none of its words", "Give \(words.joined(separator: ", ")).")
    }
    return choice
  }

  /// A colour; nil when it is absent.
  package mutating func colour(_ name: String) throws -> Colour? {
    guard let text = try text(name) else { return nil }
    guard let colour = Colour(text) else {
      throw fault(name, "'\(shortName(text))' is no colour", "Give it as #rrggbb.")
    }
    return colour
  }

  /// `true` or `false`; nil when it is absent.
  package mutating func flag(_ name: String) throws -> Bool? {
    guard let value = take(name) else { return nil }
    guard let flag = value.bool else { throw fault(name, "it is neither true nor false", "Give true or false.") }
    return flag
  }

  // MARK: - Numbers

  /// A number in a range; nil when it is absent.
  package mutating func number(_ name: String, _ range: ClosedRange<Double>) throws -> Double? {
    guard let value = take(name) else { return nil }
    return try number(value, name, range)
  }

  /// A number that has to be there.
  package mutating func neededNumber(_ name: String, _ range: ClosedRange<Double>) throws -> Double {
    try needed(try number(name, range), name, "a number from \(range.lowerBound.svg) to \(range.upperBound.svg)")
  }

  private func number(_ value: JSONValue, _ name: String, _ range: ClosedRange<Double>) throws -> Double {
    guard let number = value.double, value.string == nil, range.contains(number) else {
      let shown = shortName(String(decoding: value.minified, as: UTF8.self))
      throw fault(
        name, "\(shown) is no number from \(range.lowerBound.svg) to \(range.upperBound.svg)", "Give one that is.")
    }
    return number
  }

  /// A place as a list of two numbers.
  package mutating func point(_ name: String, _ x: ClosedRange<Double>, _ y: ClosedRange<Double>) throws -> Point? {
    guard let value = take(name) else { return nil }
    return try point(value, name, x, y)
  }

  private func point(
    _ value: JSONValue, _ name: String, _ x: ClosedRange<Double>, _ y: ClosedRange<Double>
  ) throws -> Point {
    guard let pair = value.elements, pair.count == 2 else {
      throw fault(name, "it is no place", "Give two numbers as [x, y].")
    }
    return Point(x: try number(pair[0], "\(name)[0]", x), y: try number(pair[1], "\(name)[1]", y))
  }

  // MARK: - Lists and objects

  /// Objects in a list, each read by `read`.
  package mutating func list<Item>(
    _ name: String, max: Int, _ read: (inout FactReader) throws -> Item
  ) throws -> [Item] {
    guard let value = take(name) else { return [] }
    return try items(value, name, max: max).enumerated().map { index, item in
      var reader = try FactReader(item, "\(path).\(name)[\(index)]", errorClass: errorClass)
      let result = try read(&reader)
      try reader.finish()
      return result
    }
  }

  /// Lists of places.
  package mutating func lines(_ name: String, _ x: ClosedRange<Double>, _ y: ClosedRange<Double>) throws -> [[Point]] {
    guard let value = take(name) else { return [] }
    return try items(value, name, max: FactLimits.linesMax).enumerated().map { index, line in
      let place = "\(name)[\(index)]"
      let points = try items(line, place, max: FactLimits.pointsMax)
      guard points.count > 1 else { throw fault(place, "a line has two places at least", "Give [[x, y], [x, y]].") }
      return try points.enumerated().map { try point($1, "\(place)[\($0)]", x, y) }
    }
  }

  private func items(_ value: JSONValue, _ name: String, max: Int) throws -> [JSONValue] {
    guard let items = value.elements else { throw fault(name, "it is no list", "Give a list.") }
    guard items.count <= max else {
      throw fault(name, "it has \(items.count) entries, and at most \(max) are taken", "Leave some out.")
    }
    return items
  }

  /// An object inside; nil when it is absent. Whoever takes it also calls its `finish`.
  package mutating func object(_ name: String) throws -> FactReader? {
    guard let value = take(name) else { return nil }
    guard value.members != nil else { throw fault(name, "it is no object", "Give one in braces.") }
    return try FactReader(value, "\(path).\(name)", errorClass: errorClass)
  }

  /// The names and values of an object whose names are free.
  package mutating func pairs(_ name: String, max: Int) throws -> [(name: String, value: JSONValue)] {
    guard let value = take(name) else { return [] }
    guard let members = value.members else { throw fault(name, "it is no object", "Give names with values.") }
    guard members.count <= max else {
      throw fault(name, "it has \(members.count) entries, and at most \(max) are taken", "Leave some out.")
    }
    return members.map { ($0.key, $0.value) }
  }
}
