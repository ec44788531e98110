import Foundation
import FoundationXML
import HTML
import Markdown

/// Markdown of unknown origin: `Markdown`, `HTMLWriter.markdown`. Promised:
///
/// - What is written is well-formed XML of a few elements and attributes, links lead to web pages and mailboxes only.
/// - It is bounded, and the same each time.
/// - Headings stand below the level that is given.
package enum MarkdownTarget: FuzzTarget {
  package static let name = "markdown"
  package static let inputBytesMax = 2048
  package static let words = [
    "[a](", "](javascript:", "![", "<script>", "</p>", "&#x6A;", "&colon;", "```\n", "~~~\n", "> ", "- ", "1. ", "# ",
    "|a|b|\n|-|-|\n",
    "**", "__", "~~", "`", "\\", "<https://a.b>", "[a]: <", "\"t\"", "<!--", "  \n", "\t", "\u{0}", "\u{202E}",
    "\u{FFFE}", "&lt;",
    "https://a.b/", "mailto:", "\r\n", "***\n", "===\n",
  ]

  package static func check(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    let html = html(text)
    try promise("a text is read the same both times", html == Self.html(text))
    try promise("what is written is bounded", html.utf8.count < 64 * inputBytesMax)
    let reader = MarkupReader()
    let parser = XMLParser(data: Data("<x>\(html)</x>".utf8))
    parser.delegate = reader
    try promise("what is written is well-formed: \(html)", parser.parse() && parser.parserError == nil)
    if let fault = reader.fault { throw BrokenPromise("\(fault): \(html)") }
  }

  private static func html(_ text: String) -> String {
    var writer = HTMLWriter()
    writer.markdown(Markdown(text), under: 3)
    return writer.html
  }
}

/// Looks at each element.
private final class MarkupReader: NSObject, XMLParserDelegate {
  /// What is wrong first.
  private(set) var fault: String?

  private static let elements: Set<String> = [
    "x", "p", "h4", "h5", "h6", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "div", "table",
    "thead",
    "tbody", "tr", "th", "td", "hr", "br", "a",
  ]

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if !Self.elements.contains(name) { fault = fault ?? "there is a <\(name)>" }
    for (attribute, value) in attributes where !isAllowed(attribute, value, of: name) {
      fault = fault ?? "<\(name)> has \(attribute)=\(value)"
    }
  }

  private func isAllowed(_ attribute: String, _ value: String, of name: String) -> Bool {
    switch (name, attribute) {
    case ("a", "href"): ["http://", "https://", "mailto:"].contains { value.lowercased().hasPrefix($0) }
    case ("a", "rel"), ("a", "class"): ["foreign", "noopener noreferrer nofollow"].contains(value)
    case ("ol", "start"): Int(value) != nil
    case ("div", "class"): value == "scroll"
    default: false
    }
  }
}
