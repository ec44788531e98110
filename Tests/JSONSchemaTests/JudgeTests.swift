import Foundation
import JSON
import TestSupport
import Testing

@testable import JSONSchema

/// The package `jsonschema` of PyPI as a judge: for generated schemas and values it has to say the same.
struct JudgeTests {
  /// A Python in whose environment the judge is installed.
  private static let python = ProcessInfo.processInfo.environment["GENBROKER_VARLINK_PYTHON"] ?? "python3"

  private static let seed = ProcessInfo.processInfo.environment["GENBROKER_SEED"].flatMap(UInt64.init) ?? 20_261_129

  /// A line in is a JSON array of a schema and values; a line out has a 1 for each value that fits.
  private static let script = """
    import sys, json, jsonschema
    for line in sys.stdin:
        schema, values = json.loads(line)
        validator = jsonschema.Draft202012Validator(schema)
        print("".join(str(int(validator.is_valid(value))) for value in values))
    """

  @Test func `generated values fit generated schemas exactly when they do by the judge`() throws {
    guard try PythonJudge.run("import jsonschema", Data(), python: Self.python).status == 0 else {
      print("skipped: \(Self.python) has no module jsonschema; name one that has it in GENBROKER_VARLINK_PYTHON")
      return
    }
    print("seed \(Self.seed)")
    var random = Numbers(Self.seed)
    var cases: [(schema: JSONTree, values: [JSONTree])] = []
    for _ in 0..<1_000 {
      let schema = SchemaMaker.schema(&random)
      cases.append((schema, (0..<8).map { _ in SchemaMaker.value(&random, depth: 3) }))
    }
    let input = cases.map { String(decoding: JSONTree.array([$0.schema, .array($0.values)]).bytes, as: UTF8.self) }
    let answer = try PythonJudge.run(
      Self.script, Data((input.joined(separator: "\n") + "\n").utf8), python: Self.python)
    let judged = String(decoding: answer.output, as: UTF8.self).split(separator: "\n")
    try #require(answer.status == 0 && judged.count == cases.count)
    var (count, fitting) = (0, 0)
    for ((schema, values), marks) in zip(cases, judged) {
      let parsed = try Schema(parsing: RawJSON(schema).value)
      for (value, mark) in zip(values, marks) {
        let violations = parsed.validate(RawJSON(value).value)
        #expect(
          violations.isEmpty == (mark == "1"), "\(words(schema)) for \(words(value)): \(violations); judge: \(mark)")
        count += 1
        if mark == "1" { fitting += 1 }
      }
    }
    // A judge that always says the same would prove nothing.
    #expect(count == 8_000 && fitting > count / 10 && fitting < count * 9 / 10, "\(fitting) of \(count)")
    print("\(count) values, of which \(fitting) fit")
  }

  private func words(_ tree: JSONTree) -> String { String(decoding: tree.bytes, as: UTF8.self) }
}

/// SplitMix64.
struct Numbers: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func upTo(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
  mutating func one<Element>(of elements: [Element]) -> Element { elements[upTo(elements.count)] }
}

/// Schemas of the subset and values that are likely to have to do with them: few names, few numbers.
enum SchemaMaker {
  private static let names = ["a", "b", "c"]
  private static let strings = ["", "a", "ab", "\u{e9}", "e\u{301}", "\u{1F600}", "abcd"]
  private static let types = ["null", "boolean", "object", "array", "number", "integer", "string"]

  static func schema(_ random: inout Numbers) -> JSONTree {
    guard case .object(let members) = inner(&random, depth: 3) else { return [:] }
    let definitions = (0..<2).map { JSONTree.Member("d\($0)", inner(&random, depth: 2, references: false)) }
    return .object(members + [.init("$defs", .object(definitions))])
  }

  private static func inner(_ random: inout Numbers, depth: Int, references: Bool = true) -> JSONTree {
    if depth < 3, random.upTo(12) == 0 { return .bool(random.upTo(2) == 0) }
    var members: [JSONTree.Member] = []
    for keyword in keywords(depth: depth, references: references) where random.upTo(9) == 0 {
      members.append(.init(keyword, value(of: keyword, &random, depth, references)))
    }
    return .object(members)
  }

  private static func keywords(depth: Int, references: Bool) -> [String] {
    let plain = [
      "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
      "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required", "title",
    ]
    let nested = [
      "properties", "properties", "additionalProperties", "items", "items", "prefixItems", "anyOf", "oneOf", "allOf",
      "not",
    ]
    var seen: Set<String> = []
    return (plain + (depth > 0 ? nested : []) + (references ? ["$ref"] : [])).filter { seen.insert($0).inserted }
  }

  private static func value(of keyword: String, _ random: inout Numbers, _ depth: Int, _ references: Bool) -> JSONTree {
    let next = depth - 1
    switch keyword {
    case "type":
      return random.upTo(3) > 0
        ? .string(random.one(of: types)) : .array(types.shuffled(using: &random).prefix(2).map(JSONTree.string))
    case "enum": return .array((0..<3).map { _ in value(&random, depth: 1) })
    case "const": return value(&random, depth: 1)
    case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum": return number(&random)
    case "multipleOf": return .int(Int64(random.one(of: [1, 2, 3, 7])))
    case "uniqueItems": return .bool(random.upTo(4) > 0)
    case "required": return .array(names.shuffled(using: &random).prefix(random.upTo(3)).map(JSONTree.string))
    case "title": return "t"
    case "properties":
      return .object(names.prefix(2).map { .init($0, inner(&random, depth: next, references: references)) })
    case "additionalProperties", "items", "not": return inner(&random, depth: next, references: references)
    case "prefixItems", "anyOf", "oneOf", "allOf":
      return .array((0...random.upTo(2)).map { _ in inner(&random, depth: next, references: references) })
    case "$ref": return .string("#/$defs/d\(random.upTo(2))")
    default: return .int(Int64(random.upTo(4)))
    }
  }

  static func value(_ random: inout Numbers, depth: Int) -> JSONTree {
    switch random.upTo(depth > 0 ? 8 : 5) {
    case 0: return .null
    case 1: return .bool(random.upTo(2) == 0)
    case 2, 3: return number(&random)
    case 4: return .string(random.one(of: strings))
    case 5: return .array((0..<random.upTo(4)).map { _ in value(&random, depth: depth - 1) })
    default:
      let names = names.shuffled(using: &random).prefix(random.upTo(4))
      return .object(names.map { .init($0, value(&random, depth: depth - 1)) })
    }
  }

  private static func number(_ random: inout Numbers) -> JSONTree {
    random.upTo(3) > 0 ? .int(Int64(random.upTo(9)) - 2) : .double(random.one(of: [0.5, 1.5, 2.25, -0.75]))
  }
}
