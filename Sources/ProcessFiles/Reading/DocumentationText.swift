package import BPMN

/// Of a script or a documentation text no more is read.
package let longTextCharactersMax = 20_000

/// A documentation text without mark-up, in one line.
package func plainText(_ documentation: Documentation) -> String {
  let text = String(documentation.text.prefix(longTextCharactersMax))
  guard isMarkup(documentation) else { return collapsingWhitespace(text) }
  var result = ""
  for token in MarkupTokens(text) {
    switch token {
    case .text(let text): result += text
    case .open, .close: result += " "
    }
  }
  return collapsingWhitespace(result)
}

/// Whether a text is to be read as HTML: because the file says so, or because it plainly is.
package func isMarkup(_ documentation: Documentation) -> Bool {
  let format = documentation.textFormat.lowercased()
  if format.contains("html") { return true }
  let text = documentation.text.lowercased()
  return ["</p>", "</div>", "</li>", "</span>", "</b>", "</a>", "<br/>", "<br>"].contains { text.contains($0) }
}

/// The tokens of a text with HTML in it, read with patience: what is no tag is text.
package struct MarkupTokens: Sequence, IteratorProtocol {
  /// A piece of the text.
  package enum Token: Equatable {
    case text(String)
    /// A start tag (or an empty one), with its address when it is a link.
    case open(String, href: String?)
    case close(String)
  }

  private var rest: Substring

  package init(_ text: String) {
    rest = text[...]
  }

  package mutating func next() -> Token? {
    guard let first = rest.first else { return nil }
    if first == "<" {
      if rest.hasPrefix("<!--") { return skipComment() }
      if let token = tag() { return token }
      rest = rest.dropFirst()
      return .text("<")
    }
    let text = rest.prefix { $0 != "<" }
    rest = rest[text.endIndex...]
    return .text(decodedReferences(text))
  }

  private mutating func skipComment() -> Token? {
    var behind = rest.dropFirst(4)
    while !behind.isEmpty, !behind.hasPrefix("-->") { behind = behind.dropFirst() }
    rest = behind.dropFirst(3)
    return .text("")
  }

  /// The tag at the beginning of the rest; nil when it is none.
  private mutating func tag() -> Token? {
    var position = rest.dropFirst()
    let isClosing = position.first == "/"
    if isClosing { position = position.dropFirst() }
    let name = position.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
    guard name.first?.isLetter == true, let end = position.firstIndex(of: ">") else { return nil }
    let attributes = position[name.endIndex..<end]
    guard attributes.first.map({ $0.isWhitespace || $0 == "/" }) ?? true else { return nil }
    rest = rest[rest.index(after: end)...]
    let lower = name.lowercased()
    if isClosing { return .close(lower) }
    if lower == "script" || lower == "style" { skip(to: "</\(lower)") }
    return .open(lower, href: lower == "a" ? Self.href(in: attributes) : nil)
  }

  /// What stands inside a script or style sheet is no text.
  private mutating func skip(to ending: String) {
    while !rest.isEmpty, rest.prefix(ending.count).lowercased() != ending { rest = rest.dropFirst() }
  }

  private static func href(in attributes: Substring) -> String? {
    let lower = attributes.lowercased()
    guard lower.utf8.count == attributes.utf8.count, let place = range(of: "href", in: lower) else { return nil }
    let behind = attributes.utf8.dropFirst(place + 4)
    var value = Substring(behind).drop(while: \.isWhitespace)
    guard value.first == "=" else { return nil }
    value = value.dropFirst().drop(while: \.isWhitespace)
    guard let quote = value.first, quote == "\"" || quote == "'" else {
      return decodedReferences(value.prefix { !$0.isWhitespace })
    }
    return decodedReferences(value.dropFirst().prefix { $0 != quote })
  }

  private static func range(of word: String, in text: String) -> Int? {
    let (bytes, wanted) = (Array(text.utf8), Array(word.utf8))
    guard bytes.count >= wanted.count else { return nil }
    return (0...bytes.count - wanted.count).first { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
  }
}

/// The text with the usual character references replaced; what is none stays as it is.
private func decodedReferences(_ text: Substring) -> String {
  guard text.contains("&") else { return String(text) }
  var result = ""
  var rest = text
  while let place = rest.firstIndex(of: "&") {
    result += rest[..<place]
    rest = rest[place...]
    let name = rest.dropFirst().prefix(10).prefix { $0 != ";" && !$0.isWhitespace }
    let behind = rest.dropFirst(name.count + 1)
    guard behind.first == ";", let character = character(named: name) else {
      result += "&"
      rest = rest.dropFirst()
      continue
    }
    result.unicodeScalars.append(character)
    rest = behind.dropFirst()
  }
  return result + rest
}

private func character(named name: Substring) -> Unicode.Scalar? {
  if let known = namedCharacters[String(name)] { return known }
  guard name.first == "#" else { return nil }
  let digits = name.dropFirst()
  let isHexadecimal = digits.first == "x" || digits.first == "X"
  let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
  return value.flatMap(Unicode.Scalar.init)
}

private let namedCharacters: [String: Unicode.Scalar] = [
  "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "auml": "ä", "ouml": "ö", "uuml": "ü",
  "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é", "egrave": "è", "euro": "€", "ndash": "–",
  "mdash": "—", "hellip": "…", "bull": "•", "rarr": "→", "larr": "←", "copy": "©", "reg": "®", "trade": "™",
  "ldquo": "“", "rdquo": "”", "lsquo": "‘", "rsquo": "’",
]
