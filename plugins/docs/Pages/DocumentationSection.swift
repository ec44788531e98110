import BPMN
import HTML
import ProcessFiles

/// What people wrote about an element: documentation, annotations.
extension HTMLWriter {
  mutating func documentation(_ texts: [Documentation], annotations: [TextAnnotation] = []) {
    guard !texts.isEmpty || !annotations.isEmpty else { return }
    section("documentation", "Documentation", [.class("written")]) { section in
      for text in texts { section.documentationText(text) }
      for annotation in annotations where !annotation.text.isEmpty {
        section.element(.blockquote, [.class("annotation"), Attribute("dir", "auto")]) { quote in
          quote.element(.p, [.class("note")], text: "Annotation in the diagram")
          quote.plainParagraphs(annotation.text)
        }
      }
    }
  }

  private mutating func documentationText(_ documentation: Documentation) {
    let text = String(documentation.text.prefix(longTextCharactersMax))
    element(.div, [.class("prose"), Attribute("dir", "auto")]) { box in
      if isMarkup(documentation) {
        var markup = SafeMarkup()
        box.trusted(markup.html(of: text))
      } else {
        box.plainParagraphs(text)
      }
      if text.count < documentation.text.count {
        box.element(.p, [.class("note")], text: "The text is longer in the file.")
      }
    }
  }

  /// Plain text: an empty line ends a paragraph, a line break stays one, lines with `-` or `*` become a list.
  mutating func plainParagraphs(_ text: String) {
    var lines: [Substring] = []
    var items: [Substring] = []
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let content = Self.trimmed(line)
      if let item = Self.item(content) {
        flush(lines: &lines)
        items.append(item)
      } else {
        flush(items: &items)
        if content.isEmpty { flush(lines: &lines) } else { lines.append(content) }
      }
    }
    flush(items: &items)
    flush(lines: &lines)
  }

  private mutating func flush(lines: inout [Substring]) {
    guard !lines.isEmpty else { return }
    element(.p) { paragraph in
      for (index, line) in lines.enumerated() {
        if index > 0 { paragraph.void(.br) }
        paragraph.text(String(line))
      }
    }
    lines = []
  }

  private mutating func flush(items: inout [Substring]) {
    guard !items.isEmpty else { return }
    element(.ul) { list in
      for item in items { list.element(.li, text: String(item)) }
    }
    items = []
  }

  private static func item(_ line: Substring) -> Substring? {
    for bullet in ["- ", "* ", "• "] where line.hasPrefix(bullet) { return line.dropFirst(bullet.count) }
    return nil
  }

  private static func trimmed(_ line: Substring) -> Substring {
    var line = line.drop(while: \.isWhitespace)
    while line.last?.isWhitespace == true { line = line.dropLast() }
    return line
  }
}

/// HTML from a file, rebuilt from the few elements that a text needs: nothing else passes, and what was left open is
/// closed.
struct SafeMarkup {
  private var result = ""
  private var open: [String] = []

  /// Elements that pass as they are, without attributes; headings become bold paragraphs.
  private static let passing: Set<String> = [
    "p", "ul", "ol", "li", "b", "strong", "i", "em", "u", "code", "pre", "blockquote", "sub", "sup", "a",
  ]
  private static let replaced = [
    "b": "strong", "i": "em", "u": "em", "div": "p", "h1": "p", "h2": "p", "h3": "p", "h4": "p", "h5": "p", "h6": "p",
    "tr": "p",
  ]
  private static let blocks: Set<String> = ["p", "ul", "ol", "pre", "blockquote"]
  private static let depthMax = 32

  mutating func html(of text: String) -> String {
    for token in MarkupTokens(text) {
      switch token {
      case .text(let text): add(text)
      case .open(let name, let href): start(Self.replaced[name] ?? name, href)
      case .close(let name): end(Self.replaced[name] ?? name)
      }
    }
    while !open.isEmpty { close() }
    return result
  }

  private mutating func add(_ text: String) {
    let isBlank = text.allSatisfy(\.isWhitespace)
    if isBlank, open.last.map({ $0 == "ul" || $0 == "ol" }) ?? true { return }
    if open.isEmpty || open.last == "blockquote" { begin("p") }
    if open.last == "ul" || open.last == "ol" { begin("li") }
    result += escapedHTML(text)
  }

  private mutating func start(_ name: String, _ href: String?) {
    if name == "br" {
      if !open.isEmpty { result += "<br/>" }
      return
    }
    guard Self.passing.contains(name), open.count < Self.depthMax else { return }
    if Self.blocks.contains(name) {
      // A block ends the paragraph that it stands in; a list may stand in an item.
      while let last = open.last, last != "li", last != "blockquote", !(last == "ul" || last == "ol") { close() }
      if open.last == "ul" || open.last == "ol" { begin("li") }
    } else if name == "li" {
      while let last = open.last, last != "ul", last != "ol" { close() }
      if open.isEmpty { begin("ul") }
    } else if open.isEmpty || open.last == "blockquote" || open.last == "ul" || open.last == "ol" {
      begin(open.last == "ul" || open.last == "ol" ? "li" : "p")
    }
    if name == "a" {
      guard !open.contains("a"), let address = href.flatMap(Address.init(foreign:)) else { return }
      begin("a", " href=\"\(escapedHTML(address.text))\" rel=\"noopener noreferrer nofollow\" class=\"foreign\"")
    } else {
      begin(name)
    }
  }

  private mutating func begin(_ name: String, _ attributes: String = "") {
    result += "<\(name)\(attributes)>"
    open.append(name)
  }

  /// Closes the innermost element of that name and what is open in it; nothing when there is none.
  private mutating func end(_ name: String) {
    guard open.contains(name) else { return }
    while let last = open.last {
      close()
      if last == name { return }
    }
  }

  private mutating func close() {
    guard let name = open.popLast() else { return }
    result += "</\(name)>"
  }
}
