import Foundation
import JSON

/// JSON texts: `JSONDocument`, `JSONValue`, `JSONObjectReader`, `RawJSON`, `JSONTree`, `JSONWriter`. Promised:
///
/// - A text is accepted if and only if the grammar of RFC 8259 allows it (`JSONGrammar`), but for the rules that are ours
///   on purpose; and Foundation reads the same in it.
/// - A value without white space is one line, is accepted, and stays as it is.
/// - A text that was read into memory and written is accepted, and is the same when that is done once more.
/// - Each member of an object is found under its name, byte by byte, in whatever order they are taken.
/// - The depth that is told is the depth there is.
package enum JSONTarget: FuzzTarget {
  package static let name = "json"
  package static let words = [
    "true", "false", "null", "{}", "[]", "[[", "]]", "{\"\":", "\\u0000", "\\ud83d\\ude00", "\\ud800", "\\u00e9",
    "\u{e9}", "e\u{301}", "\\\"", "\\\\", "\\/", "1e400", "-0", "-0.0", "9223372036854775808", "1e-7", "0.1", "1E+2",
    "\u{2028}", "\u{800}", "\u{D7FF}", "\u{10000}", "\u{10FFFF}",
  ]

  package static func check(_ input: [UInt8]) throws {
    let isJSON = JSONGrammar.accepts(input)
    switch Result(catching: { () throws(JSONError) in try JSONDocument(input) }) {
    case .success(let document):
      try promise("what was accepted is JSON", isJSON)
      let values = document.root.all
      try checkFoundation(document.root, values)
      try checkLine(document.root)
      try checkTree(document.root)
      for value in values { try checkMembers(of: value) }
    case .failure(let error):
      let isOwnRule = [.duplicateKey, .tooDeep, .loneSurrogate].contains(error.code)
      try promise("what was refused for \(error) is no JSON", !isJSON || isOwnRule)
      try promise("an error has its place in the text", (0...input.count).contains(error.offset))
    }
  }

  /// Foundation refuses numbers beyond the range of a double, and takes names that look the same for one.
  private static func checkFoundation(_ root: JSONValue, _ values: [JSONValue]) throws {
    let hasHugeNumber = values.contains { $0.double.map { !$0.isFinite } ?? false }
    guard !hasHugeNumber, !root.hasTwins else { return }
    let theirs = try JSONSerialization.jsonObject(with: Data(root.raw), options: [.fragmentsAllowed])
    try promise("Foundation reads the same", JSONTree(root).isRead(as: theirs))
  }

  // MARK: Writing

  private static func checkLine(_ root: JSONValue) throws {
    let line = root.minified
    try promise("a value is one line", line.allSatisfy { $0 >= 0x20 })
    let again = try JSONDocument(line).root
    try promise("a line stays as it is", again.minified == line)
    let raw = RawJSON(root)
    try promise("a line means the same", JSONTree(raw.value).bytes == JSONTree(root).bytes)
    try promise("a depth of \(depth(of: root)), not \(raw.depth)", raw.depth == depth(of: root))
  }

  private static func depth(of value: JSONValue) -> Int {
    switch value.kind {
    case .object, .array:
      1 + ((value.elements ?? []) + (value.members ?? []).map(\.value)).reduce(0) { max($0, depth(of: $1)) }
    default: 0
    }
  }

  private static func checkTree(_ root: JSONValue) throws {
    let written = JSONTree(root).bytes
    let again = JSONTree(try JSONDocument(written).root).bytes
    try promise("what was written once is written the same again", again == written)
  }

  // MARK: Members

  private static func checkMembers(of value: JSONValue) throws {
    if let string = value.string {
      try promise("a string has its bytes", Array(string.utf8) == value.stringBytes)
    }
    guard let members = value.members, let reader = JSONObjectReader(value) else { return }
    var (forwards, backwards) = (reader, reader)
    for (key, member) in members {
      try promise("\(key) is found by its name", value[key]?.raw == member.raw)
      try promise("\(key) is taken in its turn", forwards.take(key)?.raw == member.raw)
    }
    for (key, member) in members.reversed() {
      try promise("\(key) is taken before its turn", backwards.take(key)?.raw == member.raw)
    }
    try promise("nothing is left", !forwards.hasUntakenMembers && !backwards.hasUntakenMembers)
  }
}
