/// Text from outside (file names, messages of plugins, arguments) made harmless before it reaches a terminal.
///
/// Control characters, escape sequences, and characters that reorder or hide text are written as `\n`, `\e`, `\x07` or
/// `\u{202E}`, so that they can be seen and do nothing. Everything else is left as it is.
///
/// - parameter keepingLines: Whether newline and tab stay as they are, for text of several lines.
package func visible(_ text: String, keepingLines: Bool = false) -> String {
  guard text.unicodeScalars.contains(where: { isHarmful($0, keepingLines) }) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if isHarmful(scalar, keepingLines) {
      result += escaped(scalar)
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func isHarmful(_ scalar: Unicode.Scalar, _ keepingLines: Bool) -> Bool {
  if (0x20...0x7E).contains(scalar.value) { return false }
  switch scalar.properties.generalCategory {
  case .control: return !(keepingLines && (scalar == "\n" || scalar == "\t"))
  case .lineSeparator, .paragraphSeparator: return true
  // Direction overrides and the like; the two joiners are part of ordinary words and of emoji.
  case .format: return scalar != "\u{200D}" && scalar != "\u{200C}" && scalar != "\u{AD}"
  default: return false
  }
}

private func escaped(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\n": return "\\n"
  case "\r": return "\\r"
  case "\t": return "\\t"
  case "\u{1B}": return "\\e"
  default:
    let hex = String(scalar.value, radix: 16, uppercase: true)
    return scalar.value < 0x100 ? "\\x" + (hex.count < 2 ? "0" : "") + hex : "\\u{\(hex)}"
  }
}
