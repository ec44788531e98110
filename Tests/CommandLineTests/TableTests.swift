import CommandLine
import Testing

@Suite struct `Tables` {
  private var table: Table {
    var table = Table([.init("JOB", .right), .init("STATE"), .init("LABEL", shrinks: true), .init("FILES", .right)])
    table.add(["7", StyledText("running", .cyan), "Order to cash, the whole process set", "12"])
    table.add(["1024", StyledText("failed", .red), "日本語の文書\u{1B}[2J", "3,000"])
    return table
  }

  @Test func `columns are as wide as they need to be, numbers to the right`() {
    #expect(
      table.lines(width: nil, style: .plain) == [
        " JOB  STATE    LABEL                                 FILES",
        "   7  running  Order to cash, the whole process set     12",
        "1024  failed   日本語の文書\\e[2J                     3,000",
      ])
  }

  @Test func `a narrow terminal cuts what may be cut`() {
    #expect(
      table.lines(width: 40, style: .plain) == [
        " JOB  STATE    LABEL               FILES",
        "   7  running  Order to cash, th…     12",
        "1024  failed   日本語の文書\\e[2J   3,000",
      ])
  }

  @Test(arguments: 0...80)
  func `no line is ever wider than the terminal`(width: Int) {
    for line in table.lines(width: width, style: .plain) {
      #expect(displayWidth(line) <= width)
    }
  }

  @Test func `no spaces stand at the end of a line, and colours are only in colour`() {
    var table = Table([.init("A"), .init("B")])
    table.add(["x", ""])
    table.add(["long", StyledText("y", .green)])
    #expect(table.lines(width: 80, style: .colored)[2] == "long  \u{1B}[32my\u{1B}[0m")
    #expect(table.lines(width: 80, style: .plain) == ["A     B", "x", "long  y"])
  }
}
