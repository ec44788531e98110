/// A JSON pointer (RFC 6901) of bounded length: a place in a value, for people.
struct Pointer: Sendable {
  private(set) var text = ""

  /// What a pointer may take; behind it stands an ellipsis.
  static let bytesMax = 256

  func appending(_ name: String) -> Pointer {
    guard text.utf8.count < Self.bytesMax else { return self }
    let escaped = name.replacing("~", with: "~0").replacing("/", with: "~1")
    var longer = self
    longer.text += "/" + bounded(escaped, bytesMax: Self.bytesMax - text.utf8.count)
    return longer
  }

  func appending(_ index: Int) -> Pointer { appending(String(index)) }
}

/// At most so many bytes and an ellipsis, in one line: what came from outside and is told to people.
func bounded(_ text: String, bytesMax: Int) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    if result.utf8.count >= bytesMax { return result + "…" }
    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
  }
  return result
}
