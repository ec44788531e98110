import JobModel
import TestSupport
import Testing

/// Patterns over keys: by example, and against a matcher that tries everything.
struct GlobTests {
  @Test(arguments: [
    ("page/orders/Task_17", "page/orders/Task_17", true),
    ("page/*/Task_17", "page/orders/Task_17", true),
    ("page/*", "page/orders/Task_17", false),
    ("page/**", "page/orders/Task_17", true),
    ("**/Task_??", "page/orders/Task_17", true),
    ("page/orders?Task_17", "page/orders/Task_17", false),
    ("*", "plan", true),
    ("*", "", true),
    ("", "", true),
    ("", "plan", false),
    ("?", "", false),
    ("**", "a/b/c", true),
    ("a**", "a", true),
    ("a/**/b", "a/b", false),
    ("a/**/b", "a/x/y/b", true),
    ("PLAN", "plan", false),
    ("pl[a]n", "plan", false),
    ("Prüfung*", "Prüfung 1", true),
    ("Pr?fung", "Prüfung", true),
    ("Pr??fung", "Prüfung", false),
    ("?", "🧪", true),
    ("*🧪", "ab🧪", true),
    // Names are compared byte by byte: these two only look the same.
    ("Pr\u{FC}fung", "Pru\u{308}fung", false),
    ("Pr??fung", "Pru\u{308}fung", true),
  ])
  func `a pattern fits or not`(pattern: String, text: String, fits: Bool) throws {
    #expect(try Glob(pattern).matches(text) == fits)
  }

  /// Tries every way in which the stars could be filled.
  private func fits(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let sign = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    if pattern.hasPrefix("**") {
      let rest = pattern.drop { $0 == "*" }
      return fits(rest, text) || (!text.isEmpty && fits(pattern, text.dropFirst()))
    }
    if sign == "*" {
      return fits(rest, text) || (text.first.map { $0 != "/" } ?? false && fits(pattern, text.dropFirst()))
    }
    guard let first = text.first else { return false }
    return (sign == first || (sign == "?" && first != "/")) && fits(rest, text.dropFirst())
  }

  @Test func `random patterns and texts agree with a matcher that tries everything`() throws {
    let seed: UInt64 = 20_261_121
    print("glob seed", seed)
    var random = SeededRandom(seed: seed)
    var hits = 0
    for _ in 0..<20_000 {
      let pattern = String((0..<random.next() % 7).map { _ in random.element(of: Array("aü/*?*")) })
      let text = String((0..<random.next() % 8).map { _ in random.element(of: Array("aü/")) })
      let expected = fits(pattern[...], text[...])
      #expect(try Glob(pattern).matches(text) == expected, "'\(pattern)' on '\(text)'")
      if expected { hits += 1 }
    }
    #expect(hits > 500)
  }

  @Test(.timeLimit(.minutes(1))) func `a pattern made to take for ever takes no time`() throws {
    let pattern = try Glob(String(repeating: "**a", count: 170))
    let text = String(repeating: "a", count: 511)
    #expect(!pattern.matches(text + "b"))
    #expect(pattern.matches(text))
  }

  @Test(arguments: ["*a", "**a", "a*", "?*", "*?"])
  func `the longest pattern of stars goes over 1,500 long keys in moments`(part: String) throws {
    let count = ModelLimits.globBytesMax / part.utf8.count
    let pattern = try Glob(String(repeating: part, count: count - 1) + "b")
    let key = String(repeating: "a", count: 495)
    var hits = 0
    let time = ContinuousClock().measure {
      for _ in 0..<1_500 where pattern.matches(key) { hits += 1 }
    }
    print("1,500 keys against \(part)…: \(time)")
    #expect(hits == 0)
    // Without optimization it is below a second; the rest is room for sanitizers and busy machines.
    #expect(time < .seconds(10))
  }

  @Test func `a pattern may be as long as the longest key, and no longer`() throws {
    let longest = String(repeating: "a", count: ModelLimits.globBytesMax)
    #expect(try Glob(longest).matches(longest))
    #expect(throws: NameError.self) { try Glob(longest + "*") }
  }

  @Test func `signs on both sides of a word of positions are found`() throws {
    for length in [62, 63, 64, 65, 127, 128, 129] {
      let text = String(repeating: "a", count: length)
      #expect(try Glob(text).matches(text))
      #expect(try Glob(text + "?*").matches(text + "ü"))
      #expect(try Glob(text + "**/").matches(text + "b/c/"))
      #expect(try !Glob(text).matches(text + "a"))
      #expect(try !Glob(text + "a").matches(text))
    }
  }
}
