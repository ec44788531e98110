import Wire

/// Cuts text that comes in pieces into lines that fit a log: what is no UTF-8 is replaced, what is too long is cut.
package struct TextLines {
  private var line: [UInt8] = []
  private var isCut = false

  package init() {}

  /// Takes bytes; returns the lines that end in them.
  package mutating func add(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        lines.append(take())
      } else if line.count < WireLimits.logLineBytesMax - Self.cutMark.utf8.count * 2 {
        line.append(byte)
      } else {
        isCut = true
      }
    }
    return lines
  }

  /// The line that has no end; `nil` when there is none.
  package mutating func rest() -> String? {
    line.isEmpty ? nil : take()
  }

  private mutating func take() -> String {
    defer { (line, isCut) = ([], false) }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self)
    return isCut ? text + Self.cutMark : text
  }

  /// Stands at the end of a line that was cut.
  static let cutMark = "…"
}
