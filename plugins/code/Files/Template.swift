/// A text with places to fill in: `{{name}}`. One that stands alone in its line takes lines, each indented as it is; without any
/// its line goes.
struct Template {
  private let text: String

  /// - Parameter bytes: a file of `Templates` or `Prompts`.
  init(_ bytes: [UInt8]) {
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// The text with every place filled in. A place without a value, and a value without a place, are mistakes in this program.
  func filled(_ values: [String: String]) -> String {
    var used: Set<String> = []
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let name = Self.onlyPlace(line), let value = values[name] {
        used.insert(name)
        let indentation = line.prefix { $0 == " " }.count
        if !value.isEmpty { lines.append(Python.indented(value, by: indentation)) }
      } else {
        lines.append(Self.filled(line, values, &used))
      }
    }
    precondition(used == Set(values.keys), "values without a place: \(Set(values.keys).subtracting(used))")
    return Self.tidy(lines.joined(separator: "\n"))
  }

  private static func onlyPlace(_ line: Substring) -> String? {
    let text = line.drop { $0 == " " }
    guard text.hasPrefix("{{"), text.hasSuffix("}}"), text.count > 4 else { return nil }
    let name = text.dropFirst(2).dropLast(2)
    return isName(name) ? String(name) : nil
  }

  private static func isName(_ text: Substring) -> Bool { text.allSatisfy { $0 == "_" || ("a"..."z").contains($0) } }

  /// One line; what is filled in is not looked at again.
  private static func filled(_ line: Substring, _ values: [String: String], _ used: inout Set<String>) -> String {
    var result = ""
    var rest = line
    while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
      let name = rest[open.upperBound..<close.lowerBound]
      guard isName(name) else {
        result += rest[..<open.upperBound]
        rest = rest[open.upperBound...]
        continue
      }
      guard let value = values[String(name)] else { preconditionFailure("no value for \(name)") }
      used.insert(String(name))
      result += rest[..<open.lowerBound] + value
      rest = rest[close.upperBound...]
    }
    return result + rest
  }

  /// At most two empty lines behind each other, none at the beginning, and one line feed at the end.
  private static func tidy(_ text: String) -> String {
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty, lines.isEmpty || lines.suffix(2).count(where: \.isEmpty) == 2 { continue }
      lines.append(line)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }
}
