import Foundation
import FoundationXML

/// An element of a parsed picture; an independent parser checks that what we write is well formed.
package final class SVGElement {
  /// Without a prefix.
  package let name: String
  /// By their names as written.
  package let attributes: [String: String]
  /// In document order.
  package fileprivate(set) var children: [SVGElement] = []
  /// Directly inside.
  package fileprivate(set) var text = ""

  fileprivate init(name: String, attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  /// Itself and everything inside.
  package var descendants: [SVGElement] { [self] + children.flatMap(\.descendants) }

  /// The text of the element and everything in it, without white space.
  package var solidText: String { (text + children.map(\.solidText).joined()).filter { !$0.isWhitespace } }

  /// An attribute that is a number.
  package func number(_ attribute: String) -> Double? { attributes[attribute].flatMap(Double.init) }
}

/// Parses a picture; nil when it is not well-formed XML.
package func parsedSVG(_ svg: String) -> SVGElement? {
  let reader = SVGReader()
  let parser = XMLParser(data: Data(svg.utf8))
  parser.delegate = reader
  guard parser.parse(), parser.parserError == nil, reader.open.isEmpty else { return nil }
  return reader.root
}

private final class SVGReader: NSObject, XMLParserDelegate {
  var root: SVGElement?
  var open: [SVGElement] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    let element = SVGElement(name: name, attributes: attributes)
    open.last?.children.append(element)
    if root == nil { root = element }
    open.append(element)
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { open.last?.text += string }
}
