import JobModel
import Testing

/// Names that come from outside: the good ones, and what is refused.
struct NamesTests {
  @Test(arguments: ["docs", "d", "my-kind-2", "a1", String(repeating: "k", count: 32)])
  func `a kind`(name: String) throws {
    #expect(try Kind(name).name == name)
  }

  @Test(arguments: [
    "", "Docs", "1docs", "-docs", "docs-", "do cs", "docs/x", "../docs", "docs.sh", "döcs", "docs\n", "docs\0", "a--b",
    "$(id)", "docs;id", String(repeating: "k", count: 33),
  ])
  func `no kind`(name: String) {
    #expect(throws: NameError.self) { try Kind(name) }
  }

  @Test(arguments: ["plan", "page/orders/Task_17", "a b", "Prüfung", "..", "/", String(repeating: "k", count: 512)])
  func `a key`(text: String) throws {
    #expect(try TaskKey(text).text == text)
  }

  @Test(arguments: ["", "a\nb", "a\tb", "\0", "a\u{7F}", "a\u{85}b", String(repeating: "k", count: 513)])
  func `no key`(text: String) {
    #expect(throws: NameError.self) { try TaskKey(text) }
  }

  @Test(arguments: [
    "index.html", "pages/order.html", "a/b/c/d/e", "...", ".hidden", "..a", "a..", "~", "-rf", "a b", "ä/ö",
    String(repeating: "p", count: 255), "CON", "a:b", "file%2F..", "*",
  ])
  func `a path`(text: String) throws {
    #expect(try ResultPath(text).text == text)
  }

  @Test(arguments: [
    // Nothing, or nothing but separators.
    "", "/", "//", "///",
    // Absolute.
    "/etc/passwd", "//etc/passwd", "/a", "/../a",
    // Leaving the directory.
    "..", "../a", "../../etc/passwd", "a/..", "a/../b", "a/../../b", "./../a", "a/b/../../../c", "a/./../b",
    // Components that mean nothing or the same place.
    ".", "./a", "a/.", "a/./b", "a//b", "a/", "a/b/", "a///b", "./", "../",
    // What an export keeps for itself.
    ".genbroker-export.json", "pages/.genbroker-export.7.tmp",
    // Separators and escapes of other systems.
    "a\\b", "..\\..\\windows", "C:\\a", "\\\\host\\share", "a/..\\b",
    // Control characters: NUL cuts names in C, the others deceive terminals and logs.
    "a\0", "\0", "a\0/../../etc/passwd", "../\0", "a\nb", "a\rb", "a\tb", "\u{1B}[2Ja", "a\u{7F}", "a\u{9B}31m",
    "a\u{85}b",
    // Longer than a file system takes.
    String(repeating: "p", count: 256), "a/" + String(repeating: "p", count: 256),
    String(repeating: "ü", count: 128), String(repeating: "a/", count: 512) + "b",
    String(repeating: "../", count: 30) + "etc/passwd",
  ])
  func `no path`(text: String) {
    #expect(throws: NameError.self) { try ResultPath(text) }
  }

  @Test(arguments: ["", ".", "..", ".git", "a/b", "a\nb", "\0", String(repeating: "p", count: 129)])
  func `no project`(text: String) {
    #expect(throws: NameError.self) { try ProjectName(text) }
  }

  @Test func `a refusal says what is wrong and what to do, and cannot draw on a terminal`() {
    #expect {
      try ResultPath("../\u{1B}[31m" + String(repeating: "x", count: 2000))
    } throws: { error in
      guard let error = error as? NameError else { return false }
      return !error.message.contains("\u{1B}") && error.message.utf8.count < 300 && !error.remedy.isEmpty
    }
  }

  /// SQLite compares bytes; Swift's own strings are equal when they look the same.
  @Test func `names that look the same and have other bytes are others`() throws {
    let (composed, decomposed) = ("Pr\u{FC}fung", "Pru\u{308}fung")
    #expect(composed == decomposed)
    #expect(try TaskKey(composed) != TaskKey(decomposed))
    let keys = try Set([TaskKey(composed), TaskKey(decomposed)])
    #expect(keys.count == 2)
    #expect(try ResultPath(composed) != ResultPath(decomposed))
    let paths = try Set([ResultPath(composed), ResultPath(decomposed)])
    #expect(paths.count == 2)
    #expect(try TaskKey(composed) == TaskKey("Pr\u{FC}fung"))
  }

  @Test(arguments: ["plan", "a/b", "\u{308}a", "recipe/x"])
  func `the task that goes on with a recipe names the maker, byte by byte`(_ maker: String) throws {
    let key = try TaskKey.recipe(after: TaskKey(maker))
    #expect(key.isOfRecipe && TaskKey.recipe.isOfRecipe)
    #expect(try TaskKey.maker(ofRecipeTask: key.text) == TaskKey(maker))
    #expect(try !TaskKey(maker == "recipe/x" ? "recipes" : maker).isOfRecipe)
  }
}
