import JSON

/// The same bytes for values that JSON Schema calls equal, and other bytes for others: members in the order of their
/// names' bytes, numbers by their value, strings by their characters.
enum CanonicalJSON {
  /// The depth of values is bounded (`JSONDocument.depthMax`), and with it this recursion.
  static func bytes(of value: JSONValue) -> [UInt8] {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return bytes
  }

  private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    switch value.kind {
    case .null: bytes.append(UInt8(ascii: "n"))
    case .bool: bytes.append(UInt8(ascii: value.bool == true ? "t" : "f"))
    case .int, .float:
      bytes += ExactNumber(json: value.raw).canonical
      bytes.append(UInt8(ascii: ";"))
    case .string: append(value.stringBytes ?? [], to: &bytes)
    case .array:
      bytes.append(UInt8(ascii: "["))
      for element in value.elements ?? [] { append(element, to: &bytes) }
      bytes.append(UInt8(ascii: "]"))
    case .object: appendMembers(of: value, to: &bytes)
    }
  }

  private static func appendMembers(of value: JSONValue, to bytes: inout [UInt8]) {
    let members = (value.members ?? []).map { (name: Array($0.key.utf8), value: $0.value) }
    bytes.append(UInt8(ascii: "{"))
    for member in members.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
      append(member.name, to: &bytes)
      append(member.value, to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// With the length before it, a string needs no escapes.
  private static func append(_ string: [UInt8], to bytes: inout [UInt8]) {
    bytes += Array("\"\(string.count):".utf8)
    bytes += string
  }
}
