// The only file of this module that asks the system anything.
import Glibc

/// What is known about the terminal behind a file descriptor.
package struct Terminal: Hashable, Sendable {
  package var isTerminal: Bool
  package var columns: Int
  package var rows: Int
  /// Whether characters beyond ASCII are shown.
  package var isUTF8: Bool

  package init(isTerminal: Bool, columns: Int, rows: Int, isUTF8: Bool) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.rows = rows
    self.isUTF8 = isUTF8
  }

  /// Asks now; a resized window needs to be asked again.
  ///
  /// `COLUMNS` and `LINES` stand in where the system does not know; 80 by 24 where nobody does.
  package init(fileDescriptor: Int32, environment: [String: String]) {
    var size = winsize()
    let isKnown = ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0
    isTerminal = isatty(fileDescriptor) == 1
    columns = Self.known(isKnown ? Int(size.ws_col) : 0, environment["COLUMNS"], default: helpWidthColumnsDefault)
    rows = Self.known(isKnown ? Int(size.ws_row) : 0, environment["LINES"], default: rowsDefault)
    isUTF8 = Self.isUTF8(environment)
  }

  private static func known(_ asked: Int, _ variable: String?, default value: Int) -> Int {
    if asked > 0 { return asked }
    let told = variable.flatMap { Int($0) } ?? 0
    return (1...columnsMax).contains(told) ? told : value
  }

  /// By the first of the variables that decide about characters (POSIX, 8.2).
  private static func isUTF8(_ environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let name = locale.uppercased()
    return name.hasSuffix("UTF-8") || name.hasSuffix("UTF8")
  }
}

private let rowsDefault = 24
private let columnsMax = 10_000
