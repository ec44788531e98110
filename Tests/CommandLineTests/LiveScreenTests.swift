import CommandLine
import Testing

@Suite struct `Redrawing` {
  @Test func `the first frame hides the cursor, the end brings it back, once`() {
    var screen = LiveScreen(style: .plain)
    #expect(screen.draw(["a", "b"], width: 80) == "\u{1B}[?25la\r\nb\r\n")
    #expect(screen.finish() == "\u{1B}[?25h")
    #expect(screen.finish().isEmpty)
  }

  @Test func `the same frame writes nothing`() {
    var screen = LiveScreen(style: .plain)
    _ = screen.draw(["a", "b"], width: 80)
    #expect(screen.draw(["a", "b"], width: 80).isEmpty)
    var untouched = LiveScreen(style: .plain)
    #expect(untouched.draw([], width: 80).isEmpty && untouched.finish().isEmpty)
  }

  @Test func `one changed line is all that is written`() {
    var screen = LiveScreen(style: .plain)
    _ = screen.draw(["a", "b", "c", "d"], width: 80)
    #expect(screen.draw(["a", "x", "c", "d"], width: 80) == "\u{1B}[3A\u{1B}[2Kx\r\n\u{1B}[2B")
  }

  @Test func `any sequence of frames leaves the last one on the screen`() {
    var random = SeededGenerator(seed: 20_261_121)
    for round in 0..<300 {
      var screen = LiveScreen(style: round.isMultiple(of: 2) ? .plain : .colored)
      var terminal = ModelTerminal()
      terminal.write("history\r\n")
      var history = ["history"]
      var frame: [StyledText] = []
      for _ in 0..<12 {
        if Int.random(in: 0..<5, using: &random) == 0 {
          let line = "event \(Int.random(in: 0..<9, using: &random))"
          history.append(line)
          terminal.write(screen.insert(above: [StyledText(line)], width: 80))
        } else {
          frame = (0..<Int.random(in: 0..<6, using: &random)).map { _ in
            StyledText("line \(Int.random(in: 0..<3, using: &random))", .green)
          }
          terminal.write(screen.draw(frame, width: 80))
        }
        let expected = history + frame.map { $0.rendered(.plain) }
        #expect(terminal.shown == expected, "seed 20261121, round \(round)")
        #expect(terminal.row == expected.count && terminal.column == 0, "seed 20261121, round \(round)")
      }
    }
  }

  @Test func `a terminal that became narrower is cleared of the lines that it broke`() {
    var screen = LiveScreen(style: .plain)
    _ = screen.draw(["0123456789", "ab"], width: 10)
    // The first line now takes three rows of four columns.
    #expect(screen.draw(["0123", "ab"], width: 4) == "\u{1B}[4A\r\u{1B}[J0123\r\nab\r\n")
  }
}

/// A terminal of unlimited size that understands what the screen writes and nothing else.
private struct ModelTerminal {
  private(set) var lines: [[Character]] = [[]]
  private(set) var row = 0
  private(set) var column = 0

  /// The lines up to the last that is not empty.
  var shown: [String] {
    var shown = lines.map { String($0) }
    while shown.last?.isEmpty == true { shown.removeLast() }
    return shown
  }

  mutating func write(_ output: String) {
    var rest = output.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\r": column = 0
      case "\n": move(to: row + 1)
      case "\u{1B}":
        rest = rest.dropFirst()
        let parameter = rest.prefix { "?0123456789".unicodeScalars.contains($0) }
        rest = rest.dropFirst(parameter.count)
        obey(rest.popFirst(), Int(String(parameter)) ?? 0)
      default: put(Character(scalar))
      }
    }
  }

  private mutating func obey(_ command: Unicode.Scalar?, _ parameter: Int) {
    switch command {
    case "A": move(to: row - parameter)
    case "B": move(to: row + parameter)
    case "K": lines[row] = []
    case "J":
      lines.removeSubrange((row + 1)...)
      lines[row].removeSubrange(min(column, lines[row].count)...)
    case "m", "l", "h": break
    default: Issue.record("unknown sequence")
    }
  }

  private mutating func move(to newRow: Int) {
    if newRow < 0 { Issue.record("above the screen") }
    row = max(0, newRow)
    while lines.count <= row { lines.append([]) }
  }

  private mutating func put(_ character: Character) {
    if column < lines[row].count { lines[row][column] = character } else { lines[row].append(character) }
    column += 1
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed everywhere.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
