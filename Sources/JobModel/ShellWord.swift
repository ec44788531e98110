/// The text as a word of a command that is shown to be copied: in single quotes where a shell would see more in it than a
/// word.
package func shellWord(_ text: String) -> String {
  guard text.isEmpty || !text.utf8.allSatisfy(isPlain) else { return text }
  return "'" + text.replacing("'", with: "'\\''") + "'"
}

/// Whether a byte means nothing but itself to every shell, wherever it stands.
private func isPlain(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
  case UInt8(ascii: "0")...UInt8(ascii: "9"): true
  default: "@%+:,./-_".utf8.contains(byte)
  }
}
