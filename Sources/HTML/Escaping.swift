/// Text from outside as it may stand in HTML, both in contents and in double-quoted attributes.
///
/// Mark-up characters become references. Characters that HTML forbids, and those that change the direction of the text
/// behind them (a name could make the rest of a page read backwards), become U+FFFD or nothing.
package func escapedHTML(_ raw: String) -> String {
  var result = ""
  result.reserveCapacity(raw.utf8.count + raw.utf8.count / 8)
  for scalar in raw.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\n", "\t": result.unicodeScalars.append(scalar)
    case "\r": continue
    case _ where isDirectionControl(scalar): continue
    case _ where isForbidden(scalar): result.unicodeScalars.append("\u{FFFD}")
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX 9, table 1). The plain marks stay.
private func isDirectionControl(_ scalar: Unicode.Scalar) -> Bool {
  (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
}

/// Controls and non-characters, which neither HTML nor XML 1.0 allows.
private func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE
    || (0xFDD0...0xFDEF).contains(scalar.value)
}
