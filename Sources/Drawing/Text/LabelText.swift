/// What of a name may stand in a picture.
package enum LabelText {
  /// The name with line breaks kept, tabs as spaces, and without the characters that XML 1.0 forbids or that turn
  /// the direction of all following text.
  package static func cleaned(_ name: String) -> String {
    var result = String.UnicodeScalarView()
    var previousWasReturn = false
    for scalar in name.unicodeScalars {
      if scalar == "\n", previousWasReturn {
        previousWasReturn = false
        continue
      }
      previousWasReturn = scalar == "\r"
      if let kept = replacement(for: scalar) { result.append(kept) }
    }
    return String(result)
  }

  private static func replacement(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: "\n"
    case 0x09: " "
    case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF, 0x202A...0x202E, 0x2066...0x2069: nil
    default: scalar
    }
  }
}
