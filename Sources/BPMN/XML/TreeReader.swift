import Foundation
import FoundationXML

/// Reads bytes into an `XMLTree` by Foundation's event parser (never its DOM, which reads files that entities name).
///
/// What that parser gets wrong is put right here: `parse()` answers true for files that end too early, for junk behind
/// the root and for empty files; prefixes of attributes are not resolved; text comes in pieces; depth is unbounded.
final class TreeReader: NSObject, XMLParserDelegate {
  private(set) var tree = XMLTree()
  private var open: [Int] = []
  private var prefixes = PrefixStack()
  private var failure: XMLFailure?
  private var warnedPrefixes: Set<String> = []
  private let startTagLines: [Int32]
  /// How many start tags the parser has reported.
  private var startTagCount = 0

  private init(startTagLines: [Int32]) {
    self.startTagLines = startTagLines
  }

  /// - Throws: `ParseError` when the bytes are not one well-formed document.
  static func read(_ bytes: [UInt8], file: String, startTagLines: [Int32]) throws(ParseError) -> XMLTree {
    let reader = TreeReader(startTagLines: startTagLines)
    // As a stream: given as a whole, libxml2 refuses everything above 10 MB.
    let parser = XMLParser(stream: InputStream(data: Data(bytes)))
    parser.delegate = reader
    parser.shouldProcessNamespaces = true
    parser.shouldReportNamespacePrefixes = true
    parser.shouldResolveExternalEntities = false
    _ = parser.parse()
    if let failure = reader.failure ?? reader.unreportedFailure(of: parser) { throw failure.error(in: file) }
    return reader.tree
  }

  /// Faults that the parser keeps to itself.
  private func unreportedFailure(of parser: XMLParser) -> XMLFailure? {
    if let error = parser.parserError as NSError?, !XMLFailure.isTolerable(error.code) {
      return XMLFailure(code: error.code, line: parser.lineNumber, column: parser.columnNumber, openElement: openName)
    }
    guard open.isEmpty, !tree.elements.isEmpty else {
      return XMLFailure(
        code: XMLFailure.documentEnd, line: parser.lineNumber, column: parser.columnNumber, openElement: openName)
    }
    return nil
  }

  private var openName: String? {
    open.last.map { tree.elements[$0].name }
  }

  func parser(_ parser: XMLParser, didStartMappingPrefix prefix: String, toURI namespaceURI: String) {
    prefixes.declare(prefix, namespaceURI)
    if tree.declaredNamespaces[prefix] == nil { tree.declaredNamespaces[prefix] = trimmed(namespaceURI) }
  }

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    guard failure == nil else { return }
    guard open.count < Limits.depthLevelsMax, tree.elements.count < Limits.elementCountMax else {
      failure = XMLFailure(
        code: XMLFailure.limit, line: parser.lineNumber, column: parser.columnNumber, openElement: openName)
      return parser.abortParsing()
    }
    prefixes.push()
    let line = startTagCount < startTagLines.count ? Int(startTagLines[startTagCount]) : parser.lineNumber
    startTagCount += 1
    append(element(qualifiedName ?? elementName, attributes: attributes, line: line))
  }

  private func append(_ element: XMLTree.Element) {
    let index = tree.elements.count
    tree.elements.append(element)
    if let parent = open.last { tree.elements[parent].children.append(index) }
    open.append(index)
  }

  private func element(_ qualifiedName: String, attributes: [String: String], line: Int) -> XMLTree.Element {
    let name = resolve(qualifiedName, isAttribute: false, line: line)
    // The parser hands attributes over without order; sorted, the same file always gives the same model.
    let sorted = attributes.sorted { $0.key < $1.key }.filter { $0.key != "xmlns" && !$0.key.hasPrefix("xmlns:") }
    let resolved = sorted.map { key, value in
      let name = resolve(key, isAttribute: true, line: line)
      return XMLTree.Attribute(
        vocabulary: name.vocabulary, prefix: name.prefix, namespace: name.namespace, name: name.local, value: value)
    }
    return XMLTree.Element(
      vocabulary: name.vocabulary, prefix: name.prefix, namespace: name.namespace, name: name.local,
      attributes: resolved, line: line)
  }

  private typealias Name = (vocabulary: Vocabulary, prefix: String, namespace: String, local: String)

  private func resolve(_ qualified: String, isAttribute: Bool, line: Int) -> Name {
    let parts = qualified.split(separator: ":", maxSplits: 1).map(String.init)
    let prefix = parts.count == 2 ? parts[0] : ""
    let local = parts.last ?? qualified
    if prefix.isEmpty && isAttribute { return (.none, "", "", local) }
    if let namespace = prefixes.namespace(of: prefix) {
      return (Vocabulary(namespace: namespace), prefix, namespace, local)
    }
    guard !prefix.isEmpty, prefix != "xml" else { return (.none, prefix, "", local) }
    let known = Vocabulary(undeclaredPrefix: prefix)
    warnUndeclared(prefix, isKnown: known != nil, line: line)
    return (known ?? .foreign, prefix, "", local)
  }

  private func warnUndeclared(_ prefix: String, isKnown: Bool, line: Int) {
    guard warnedPrefixes.insert(prefix).inserted else { return }
    let reading = isKnown ? "read as the namespace that tools give this prefix" : "read as an extension"
    tree.warnings.append(
      ParseWarning(
        code: .undeclaredPrefix, line: line, message: "the prefix '\(prefix)' is not declared; \(reading)"))
  }

  func parser(_ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?) {
    guard failure == nil, !open.isEmpty else { return }
    open.removeLast()
    prefixes.pop()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    guard failure == nil, let current = open.last else { return }
    tree.elements[current].text += string
  }

  func parser(_ parser: XMLParser, foundCDATA block: Data) {
    // The parser hands CDATA over as UTF-8, whatever the file's encoding.
    self.parser(parser, foundCharacters: String(decoding: block, as: UTF8.self))
  }

  func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
    let code = (parseError as NSError).code
    guard failure == nil else { return }
    if XMLFailure.isTolerable(code) {
      guard code != XMLFailure.undeclaredPrefix else { return }
      tree.warnings.append(
        ParseWarning(code: .oddNamespace, line: parser.lineNumber, message: XMLFailure.words(for: code)))
    } else {
      failure = XMLFailure(
        code: code, line: parser.lineNumber, column: parser.columnNumber, openElement: openName)
      // Foundation lets libxml2 go on after errors, and traps on the first name it then hands over as broken UTF-8.
      parser.abortParsing()
    }
  }
}
