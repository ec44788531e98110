import Testing

@testable import genplugin_docs

/// Glossaries as people write them.
struct TermListTests {
  /// `line: front = back`, or `line: what is wrong`.
  private func read(_ text: String, _ name: String = "g.txt") -> [String] {
    TermList(text, name: name).lines.map { line in
      switch line.content {
      case .entry(let front, let back, let tags):
        "\(line.number): \(front) = \(back)" + (tags.isEmpty ? "" : " #" + tags.joined(separator: " #"))
      case .rejected(let why): "\(line.number): \(why.kind.rawValue)"
      }
    }
  }

  @Test func `a line is a term, something between, and a definition`() {
    let text = """
      # Cells
      ATP: a carrier of energy: the one
      : alone
      DNA – holds genes
      RNA - a copy
      gene\ta part of DNA
      - *list*: of things
      2) two — second
      "Golgi: apparatus" : packs
      “A” – B
      12:30 - half past twelve
      細胞：生物の単位
      nothing at all
      http://example.org
      """
    #expect(
      read(text.replacing("\n", with: "\r\n")) == [
        "2: ATP = a carrier of energy: the one", "3: no_separator", "4: DNA = holds genes", "5: RNA = a copy",
        "6: gene = a part of DNA",
        "7: *list* = of things", "8: two = second", "9: \"Golgi: apparatus\" = packs", "10: “A” = B",
        "11: 12:30 = half past twelve", "12: 細胞 = 生物の単位", "13: no_separator", "14: no_separator",
      ])
  }

  @Test func `a definition goes on in lines that are indented, and stands below its term in a definition list`() {
    let text = """
      ATP: a carrier
        of energy
      Nucleus
      : the middle
      : of a cell

      Cell
      wall: outside
      """
    #expect(
      read(text, "g.md") == [
        "1: ATP = a carrier of energy", "3: Nucleus = the middle\nof a cell", "7: no_separator", "8: wall = outside",
      ])
  }

  @Test func `rows of a table are read by the names of its columns, and its head is no row`() {
    let text = #"""
      | Nr | Term | Definition |
      |---:|:-----|------------|
      | 1 | A \| B | one \\ of two |
      | 2 | C |

      | a | b |
      | c | d |
      ```
      code: not read
      ```
      <!-- a: comment
      b: of two lines -->
      x: y
      ---
      """#
    #expect(
      read(text, "g.md") == [
        #"3: A | B = one \\ of two"#, "4: no_separator", "6: a = b", "7: c = d", "13: x = y",
      ])
  }

  @Test func `rows of CSV may hold quotes, separators and lines`() {
    let text = "# comment\r\nid;Back;Front;Tags\r\n1;\"a \"\"b\"\"; c\nd\";ATP;bio x\r\n\r\n2;e\r\n3;\"open;f\r\ng"
    #expect(read(text, "g.csv") == ["3: ATP = a \"b\"; c\nd #bio #x", "6: no_separator", "7: open_quote"])
    #expect(read("a,b\nc,d,e\n", "g.csv") == ["1: a = b", "2: c = d"])
    #expect(read("a, b\tc\n", "g.TSV") == ["1: a, b = c"])
    #expect(read("# see also,\"the list\na,b\n", "g.csv") == ["2: a = b"], "a comment ends with its line")
    #expect(read("a,b\n\"#1\",first\n #2,no\n", "g.csv") == ["1: a = b", "2: #1 = first"], "in quotes it is a text")
    #expect(read("", "g.csv").isEmpty && read("\n\n", "g.csv").isEmpty)
  }

  @Test(arguments: [
    "|", "||", "|||", "\"", ": ", ":", "\t", " - ", "- ", "1. ", "```", "<!--", "|-|", "\u{0}", "“", "\\|", "|\\",
    "  x", "  : y",
  ])
  func `no line is too odd to be read`(_ line: String) {
    for name in ["g.txt", "g.csv", "g.tsv", "g.md"] {
      let text = "\(line)\na: b\n\(line)"
      for read in TermList(text, name: name).lines { #expect((1...3).contains(read.number)) }
    }
  }
}
