/// At most so many characters, with an ellipsis where something was cut. Letters with very many combining marks count
/// as what they take.
package func shortened(_ text: String, to charactersMax: Int) -> String {
  let scalarsMax = charactersMax * 2
  guard text.count > charactersMax || text.unicodeScalars.count > scalarsMax else { return text }
  var result = ""
  var scalars = 0
  for character in text.prefix(charactersMax - 1) {
    scalars += character.unicodeScalars.count
    if scalars > scalarsMax { break }
    result.append(character)
  }
  return result + "…"
}

/// At most so many bytes of UTF-8, whole characters only.
package func shortened(_ text: String, toBytes bytesMax: Int) -> String {
  guard text.utf8.count > bytesMax else { return text }
  var result = ""
  for character in text {
    guard result.utf8.count + character.utf8.count <= bytesMax - 3 else { break }
    result.append(character)
  }
  return result + "…"
}

/// "1 step", "3 steps".
package func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
