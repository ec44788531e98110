import CommandLine
import Testing

@Suite struct `Text on a terminal` {
  @Test(arguments: [
    ("", 0), ("plain", 5), ("größe", 5), ("e\u{301}te\u{301}", 3), ("日本語", 6), ("한국어", 6), ("ﾊﾝｶｸ", 4), ("ＡＢ", 4),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("👍", 2), ("👍🏽", 2), ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("❤\u{FE0F}", 2), ("❤", 1), ("✓", 1),
    ("█▌░", 3), ("a\u{200D}b", 2), ("क्षि", 3), ("שלום", 4), ("𠀀", 2), ("…", 1), ("⠋", 1), ("、。", 4),
  ])
  func `width is counted in columns`(text: String, columns: Int) {
    #expect(displayWidth(text) == columns)
  }

  @Test func `text is cut between characters, and what is missing is shown`() {
    #expect(truncated("documentation", to: 13) == "documentation")
    #expect(truncated("documentation", to: 8) == "documen…")
    #expect(truncated("日本語文書", to: 6) == "日本…")
    #expect(truncated("日本語文書", to: 5) == "日本…")
    #expect(truncated("👩‍👩‍👧‍👦👍👍", to: 4) == "👩‍👩‍👧‍👦…")
    #expect(truncated("abc", to: 1) == "…")
    #expect(truncated("abc", to: 0).isEmpty && truncated("abc", to: -3).isEmpty)
  }

  @Test(arguments: [
    ("plain ✓ 日本 👩‍👩‍👧‍👦 e\u{301}", "plain ✓ 日本 👩‍👩‍👧‍👦 e\u{301}"), ("a\nb\r\tc", "a\\nb\\r\\tc"),
    ("\u{1B}[2J\u{7}", "\\e[2J\\x07"),
    ("\u{9B}31m", "\\x9B31m"), ("\u{0}", "\\x00"), ("\u{7F}", "\\x7F"), ("txt.\u{202E}gpj", "txt.\\u{202E}gpj"),
    ("a\u{2028}b", "a\\u{2028}b"), ("\u{200B}x\u{FEFF}", "\\u{200B}x\\u{FEFF}"), ("\r\n", "\\r\\n"),
    ("\u{1B}]0;title\u{1B}\\", "\\e]0;title\\e\\"), ("a\u{E0041}", "a\\u{E0041}"),
  ])
  func `what a terminal would obey is shown instead`(text: String, shown: String) {
    #expect(visible(text) == shown)
  }

  @Test func `text of several lines keeps them and nothing else`() {
    #expect(visible("a\n\tb\u{1B}[1m\r\n", keepingLines: true) == "a\n\tb\\e[1m\\r\n")
  }

  @Test func `styled text is cut by columns, whatever its colours`() {
    let line = StyledText("abc", .red) + StyledText("日本語", .bold)
    #expect(line.width == 9)
    #expect(line.truncated(to: 9).rendered(.plain) == "abc日本語")
    for columns in 0..<9 { #expect(line.truncated(to: columns).width <= columns) }
    #expect(line.truncated(to: 6).rendered(.colored) == "\u{1B}[31mabc\u{1B}[0m\u{1B}[1m日…\u{1B}[0m")
    #expect(line.truncated(to: 3).rendered(.plain) == "ab…")
  }

  @Test func `styled text from outside carries no escape sequence of its own`() {
    #expect(StyledText("a\u{1B}[31mb\n", .dim).rendered(.plain) == "a\\e[31mb\\n")
    let name = "x\u{7}"
    #expect(("file \(name)" as StyledText).rendered(.plain) == "file x\\x07")
  }
}

@Suite struct `Colour` {
  @Test(arguments: [
    (ColorChoice.auto, true, ["TERM": "xterm"], true), (.auto, false, ["TERM": "xterm"], false),
    (.auto, true, ["TERM": "dumb"], false), (.auto, true, [:], false), (.auto, true, ["TERM": ""], false),
    (.auto, true, ["TERM": "xterm", "NO_COLOR": "1"], false), (.auto, true, ["TERM": "xterm", "NO_COLOR": ""], true),
    (.always, false, ["NO_COLOR": "1", "TERM": "dumb"], true), (.never, true, ["TERM": "xterm"], false),
  ])
  func `is for terminals that want it`(
    choice: ColorChoice, isTerminal: Bool, environment: [String: String], isColored: Bool
  ) {
    #expect(Style(choice, isTerminal: isTerminal, environment: environment).isColored == isColored)
  }

  @Test func `a pipe is no terminal, and the variables tell what the system does not know`() {
    let none = Terminal(fileDescriptor: -1, environment: ["COLUMNS": "132", "LINES": "43", "LANG": "C.UTF-8"])
    #expect(none == Terminal(isTerminal: false, columns: 132, rows: 43, isUTF8: true))
    let absurd = Terminal(
      fileDescriptor: -1, environment: ["COLUMNS": "-1", "LINES": "many", "LC_ALL": "C", "LANG": "x.UTF-8"])
    #expect(absurd == Terminal(isTerminal: false, columns: 80, rows: 24, isUTF8: false))
  }
}
