import Foundation
import Fuzzing
import JSON
import Testing

/// Random documents, with Foundation's parser as the judge.
struct RandomDocumentTests {
  private static let seed = UInt64.random(in: 1...UInt64.max)

  @Test func `what is written is what Foundation reads, and what we read back`() throws {
    var random = SeededGenerator(state: Self.seed)
    print("JSON documents from seed \(Self.seed)")
    for round in 0..<500 {
      let tree = JSONTree.random(depth: 4, &random)
      let bytes = tree.bytes
      let document = try JSONDocument(bytes)
      #expect(JSONTree(document.root) == tree, "seed \(Self.seed), round \(round)")
      #expect(document.root.minified == bytes, "seed \(Self.seed), round \(round)")
      let object = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
      let isEqual = tree.isRead(as: object)
      #expect(isEqual, "seed \(Self.seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test func `white space between tokens changes neither the line nor the depth of a value`() throws {
    var random = SeededGenerator(state: Self.seed)
    print("spaced JSON documents from seed \(Self.seed)")
    for round in 0..<500 {
      let tree = JSONTree.random(depth: 4, &random)
      let spaced = try JSONDocument(Self.spaced(tree.bytes, &random)).root
      #expect(spaced.minified == tree.bytes, "seed \(Self.seed), round \(round)")
      #expect(spaced.depth == tree.depth, "seed \(Self.seed), round \(round)")
      #expect(RawJSON(tree).depth == tree.depth, "seed \(Self.seed), round \(round)")
      for (value, element) in zip(spaced.elements ?? [], tree.elements) {
        #expect(value.minified == element.bytes, "seed \(Self.seed), round \(round)")
        #expect(value.depth == element.depth, "seed \(Self.seed), round \(round)")
      }
    }
  }

  /// The text with white space around some of the marks that stand outside strings.
  private static func spaced(_ line: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var result: [UInt8] = []
    var isInString = false
    var isEscaped = false
    for byte in line {
      let isMark = !isInString && "{}[],:".utf8.contains(byte)
      if isMark, Bool.random(using: &random) { result += Array(" \t".utf8) }
      result.append(byte)
      if isMark, Bool.random(using: &random) { result += Array("\r\n".utf8) }
      if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
      isEscaped = isInString && !isEscaped && byte == UInt8(ascii: "\\")
    }
    return result
  }

  @Test func `a text with one byte changed is judged as Foundation does, or stricter by our own rules`() throws {
    var random = SeededGenerator(state: Self.seed)
    print("changed JSON documents from seed \(Self.seed)")
    for round in 0..<3000 {
      var bytes = JSONTree.random(depth: 2, &random).bytes
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] = UInt8.random(in: 0x20..<0x7F, using: &random)
      let ours = (try? JSONDocument(bytes)) != nil
      let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
      // Foundation refuses numbers beyond the range of a double; to us they are numbers, and no `int`.
      let mayOverflow = bytes.contains { $0 | 0x20 == UInt8(ascii: "e") }
      if ours, !mayOverflow {
        #expect(theirs, "seed \(Self.seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }
}

/// SplitMix64: small, and the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension JSONTree {
  /// Objects and arrays inside each other.
  fileprivate var depth: Int {
    switch self {
    case .array(let values): 1 + (values.map(\.depth).max() ?? 0)
    case .object(let members): 1 + (members.map(\.value.depth).max() ?? 0)
    case .null, .bool, .int, .double, .string: 0
    }
  }

  fileprivate var elements: [JSONTree] {
    if case .array(let values) = self { values } else { [] }
  }

  fileprivate static func random(depth: Int, _ random: inout SeededGenerator) -> JSONTree {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: .null
    case 1: .bool(Bool.random(using: &random))
    case 2: .int(Int64.random(in: Int64.min...Int64.max, using: &random))
    case 3: .double(Double.random(in: -1e6...1e6, using: &random) + 0.123)
    case 4: .string(text(&random))
    case 5: .array((0..<Int.random(in: 0...4, using: &random)).map { _ in .random(depth: depth - 1, &random) })
    default:
      .object(
        (0..<Int.random(in: 0...16, using: &random)).map { place in
          Member("\(place):" + text(&random), .random(depth: depth - 1, &random))
        })
    }
  }

  private static func text(_ random: inout SeededGenerator) -> String {
    let alphabet: [Character] = ["a", "Z", "0", " ", "\"", "\\", "/", "\n", "\t", "\u{1}", "é", "€", "😀", "\u{2028}"]
    return String(
      (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
  }
}
