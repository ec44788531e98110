import Testing

@testable import CommandLine

@Suite struct `Help` {
  @Test(arguments: [
    ("", "genbroker"), ("submit", "submit"), ("export", "export"), ("collection", "collection"), ("serve", "serve"),
  ])
  func `the help of every command is what it was`(command: String, file: String) throws {
    let help = try #require(text(sample.parse(words(command) + ["--help"])))
    try expectSnapshot(help, named: "help-\(file).txt")
  }

  @Test func `help of a program that does one thing tells all at once`() throws {
    try expectSnapshot(try #require(text(single.parse(["-h"]))), named: "help-genworker.txt")
  }

  @Test func `a narrow terminal breaks lines earlier`() throws {
    try expectSnapshot(try help("submit", width: 44), named: "help-submit-44.txt")
  }

  @Test(arguments: [44, 60, 80, 100])
  func `no line is wider than the terminal`(width: Int) throws {
    for command in ["", "submit", "export", "serve"] {
      let lines = try help(command, width: width).split(separator: "\n")
      #expect(lines.allSatisfy { displayWidth($0) <= width }, "\(command) at \(width)")
    }
  }

  @Test(arguments: [-5, 0, 1, 10])
  func `an absurd width gives the narrowest help`(width: Int) throws {
    let (absurd, narrowest) = (try help("submit", width: width), try help("submit", width: 40))
    #expect(absurd == narrowest)
  }

  @Test func `colour changes nothing but colour`() throws {
    let colored = try #require(text(sample.parse(["submit", "-h"], style: .colored)))
    #expect(colored.contains("\u{1B}[1mOptions:\u{1B}[0m"))
    let bare = colored.split(separator: "\u{1B}[1m", omittingEmptySubsequences: false).joined()
      .split(separator: "\u{1B}[0m", omittingEmptySubsequences: false).joined()
    let plain = try help("submit", width: 80)
    #expect(bare == plain)
  }

  @Test func `what is hidden is in no help, completion or manual`() throws {
    for arguments in [["-h"], ["submit", "-h"], ["--manual"]] + Shell.allCases.map({ ["--completions", $0.rawValue] }) {
      let made = try #require(text(sample.parse(arguments)))
      #expect(!made.contains("trace") && !made.contains("debug-dump"), "\(arguments)")
    }
  }

  @Test func `what is indented in a discussion is shown as it stands, in the manual as well`() throws {
    let text = "Some\nwords:\n\n  a:\n    b: [c, d]\n  .e\n\nMore."
    #expect(
      TextBlock.blocks(of: text) == [
        .paragraph("Some words:"), .verbatim(["a:", "  b: [c, d]", ".e"]), .paragraph("More."),
      ])
    #expect(TextBlock.blocks(of: text)[1].lines(width: 4) == ["  a:", "    b: [c, d]", "  .e"])
    let tree = CommandTree(about: About("p", "It.", discussion: text))
    let page = ManualPage(tree, version: "1").rendered()
    let block = ".Pp\nSome words:\n.Bd -literal -offset indent\na:\n  b: [c, d]\n\\&.e\n.Ed\n.Pp\nMore.\n"
    #expect(page.contains(block), "\(page)")
  }

  private func help(_ command: String, width: Int) throws -> String {
    try #require(text(sample.parse(words(command) + ["--help"], width: width)))
  }
}
