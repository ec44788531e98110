package import JSON

/// Data in a question to a model, between two lines that cannot occur in it.
///
/// The data is JSON in one line: every string is encoded, so that a line feed or a quote in it ends nothing. Backquotes
/// and tildes, of which fences are made, and what some readers take for the end of a line are written as escapes, too;
/// in JSON they can stand in strings only, where an escape means the same.
package enum DataBlock {
  private static let fence = "```"

  /// The data with its fence, three lines.
  package static func text(_ data: JSONTree) -> String {
    "\(fence)json\n\(line(data))\n\(fence)"
  }

  /// The data in one line without backquotes.
  package static func line(_ data: JSONTree) -> String {
    var line = ""
    for scalar in String(decoding: data.bytes, as: UTF8.self).unicodeScalars {
      if isEscaped(scalar) {
        line += "\\u" + padded(String(scalar.value, radix: 16))
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  /// Backquotes and tildes, ends of lines (Unicode's, beyond those that JSON escapes anyway), and what hides or turns
  /// round what stands around it.
  private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x60, 0x7E...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
    default: false
    }
  }

  private static func padded(_ digits: String) -> String { String(repeating: "0", count: 4 - digits.count) + digits }
}
