import Testing

@testable import Recipes

@Suite struct `A wrong recipe` {
  @Test(arguments: WrongRecipe.all)
  func `gets one message with place and remedy`(_ wrong: WrongRecipe) {
    #expect(refusal(wrong.yaml) == wrong.message)
  }

  @Test func `is the same with other ends of lines`() {
    for wrong in WrongRecipe.all {
      #expect(refusal(wrong.yaml.replacing("\n", with: "\r\n")) == wrong.message, "\(wrong.name)")
    }
  }

  @Test func `that is not UTF-8 is refused where that begins`() {
    let latin1 = Array("recipe: r\nabout: caf".utf8) + [0xE9, 0x0A]
    #expect(refusal(bytes: latin1) == "r.yaml:2:11: bytes that are not UTF-8\n  save the file as UTF-8")
    let utf16: [UInt8] = [0xFF, 0xFE, 0x72, 0x00]
    #expect(refusal(bytes: utf16) == "r.yaml:1:1: bytes that are not UTF-8\n  save the file as UTF-8")
  }

  @Test func `has the same places behind a byte order mark`() {
    #expect(refusal("\u{FEFF}recipe: r\ntask: 1\n")?.hasPrefix("r.yaml:2:1: ") == true)
    #expect(refusal("\u{FEFF}" + oneTask("")) == nil)
  }

  @Test func `that ends too early is refused at its end`() {
    #expect(refusal("recipe: r\ntask[[[[")?.hasPrefix("r.yaml:2:9: a name without ':' behind it\n") == true)
    #expect(refusal("recipe: r\ntasks:")?.hasPrefix("r.yaml:2:7: 'tasks' is empty, no mapping\n") == true)
  }

  @Test func `with a control character is refused where that is`() {
    let message = "r.yaml:2:10: a control character\n  take it out, or write it as an escape in quotes"
    #expect(refusal("recipe: r\nabout: ä \u{1}\n") == message)
  }

  @Test func `that is too long, too deep or has too many parts is refused`() {
    let long = "recipe: r\n#" + String(repeating: "x", count: RecipeLimits.fileBytesMax)
    #expect(refusal(long)?.contains("more than 256 KiB") == true)
    let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    #expect(refusal(oneTask("payload: {a: \(deep)}"))?.contains("nested deeper than 32") == true)
    let hundreds = String(repeating: "[", count: 100_000)
    #expect(refusal(oneTask("payload: {a: \(hundreds)")) != nil)
    let tasks = (0..<65).map { "  t\($0): {kind: docs}\n" }.joined()
    #expect(refusal("recipe: r\ntasks:\n" + tasks) == "r.yaml:3:3: 65 tasks\n  use at most 64")
    let variables = (0..<9).map { "v\($0): [a]" }.joined(separator: ", ")
    #expect(refusal(oneTask("foreach: {\(variables)}"))?.contains("9 variables of one foreach") == true)
  }

  @Test func `cannot blow up by aliases`() {
    var yaml = "recipe: r\na0: &a0 [x, x]\n"
    for level in 1..<30 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(refusal(yaml)?.hasPrefix("r.yaml:2:5: anchors and aliases") == true)
  }

  @Test(arguments: ["|", "|-", "|+", ">", ">-", "| # {not} this"])
  func `has the place of a placeholder in block text`(_ head: String) {
    let yaml = oneTask("prompt: \(head)\n  first {{ }} line\n\n    then {nothing}")
    #expect(refusal(yaml)?.hasPrefix("r.yaml:8:14: no variable 'nothing'") == true, "\(refusal(yaml) ?? "taken")")
  }

  @Test(arguments: [
    ("prompt: a {x}", "5:15"), ("prompt: 'it''s {x}'", "5:20"), (#"prompt: "\t\u00e9 {x}""#, "5:23"),
    ("prompt: a\n  b {x}", "6:9"), ("payload: {a: [1, \"{x}\"]}", "5:23"), ("outputs: ['😀/{x}']", "5:18"),
    // A brace that is an escape has no place: that of the text.
    (#"prompt: "{{}} \x7Bx}""#, "5:13"), (#"prompt: "\x7B{ {x}""#, "5:13"),
  ])
  func `has the place of a placeholder in other texts, counted in code points`(_ members: String, _ place: String) {
    #expect(refusal(oneTask(members))?.hasPrefix("r.yaml:\(place): no variable 'x'") == true)
  }

  @Test func `is told by its first fault, also with several`() {
    #expect(refusal("recipe: r\nfoo: 1\nbar: 2\ntasks: 3\n")?.hasPrefix("r.yaml:2:1:") == true)
  }
}
