/// A title in a link, a table or a heading is cut there; the whole name stands once, where it matters.
package let titleCharactersMax = 120

/// At most so many characters, with an ellipsis where something was cut. Letters with very many combining marks count
/// as what they take.
package func shortened(_ text: String, to charactersMax: Int = titleCharactersMax) -> String {
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

/// A title as the broker shows it with a task.
package func taskTitle(_ title: String) -> String { shortened(title, toBytes: 480) }
