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
  ])
  func `a pattern fits or not`(pattern: String, text: String, fits: Bool) {
    #expect(Glob(pattern).matches(text) == fits)
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

  @Test func `random patterns and texts agree with a matcher that tries everything`() {
    let seed: UInt64 = 20_261_121
    print("glob seed", seed)
    var random = SeededRandom(seed: seed)
    var hits = 0
    for _ in 0..<20_000 {
      let pattern = String((0..<random.next() % 7).map { _ in random.element(of: Array("ab/*?*")) })
      let text = String((0..<random.next() % 8).map { _ in random.element(of: Array("ab/")) })
      let expected = fits(pattern[...], text[...])
      #expect(Glob(pattern).matches(text) == expected, "'\(pattern)' on '\(text)'")
      if expected { hits += 1 }
    }
    #expect(hits > 500)
  }

  @Test(.timeLimit(.minutes(1))) func `a pattern made to take for ever takes no time`() {
    let pattern = Glob(String(repeating: "**a", count: 170))
    let text = String(repeating: "a", count: 511)
    #expect(!pattern.matches(text + "b"))
    #expect(pattern.matches(text))
  }
}
