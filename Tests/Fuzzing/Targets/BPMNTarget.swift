import BPMN
import Diagram
import Drawing
import Foundation
import FoundationXML

/// Process files: `Document(parsing:)`, what is found out about them, and their pictures. Promised:
///
/// - A file is refused with a place, a problem and a remedy, or read; both times the same.
/// - Each node of a scope stands once in its order, has a title, and findings have words and an element of the file.
/// - Every picture is well-formed XML without scripts and addresses, with an id for one thing only, of a finite size, and
///   at most `pictureBytesMax` long; by the file's own layout and by ours.
package enum BPMNTarget: FuzzTarget {
  package static let name = "bpmn"
  /// The samples fit in.
  package static let inputBytesMax = 32 << 10
  /// What a picture of an input this small may take.
  private static let pictureBytesMax = 1 << 20
  /// Nodes of which a close-up is drawn, and planes.
  private static let drawnMax = 4

  package static let words =
    FlowNode.Kind.allCases.map { "<\($0.rawValue) id=\"a\"/>" }
    + ["process", "collaboration", "participant", "laneSet", "lane", "dataObject", "textAnnotation", "group"]
    .map { "<\($0) id=\"b\">" }
    + [
      "</process>", "<sequenceFlow sourceRef=\"a\" targetRef=\"b\"/>", "<flowNodeRef>a</flowNodeRef>",
      "attachedToRef=\"a\"",
    ]
    + [
      "<timerEventDefinition/>", "<linkEventDefinition name=\"l\"/>", "<association sourceRef=\"a\" targetRef=\"b\"/>",
    ]
    + [
      "<messageFlow sourceRef=\"a\" targetRef=\"b\"/>", "processRef=\"p\"", "default=\"f\"",
      "triggeredByEvent=\"true\"",
    ]
    + ["<bpmndi:BPMNPlane bpmnElement=\"p\">", "<bpmndi:BPMNShape bpmnElement=\"a\">", "isExpanded=\"true\""]
    + ["<dc:Bounds x=\"1e308\" y=\"-1\" width=\"nan\" height=\"0\"/>", "<di:waypoint x=\"1\" y=\"inf\"/>"]
    + [
      "<![CDATA[", "]]>", "<!--", "-->", "<?x ", "?>", "&#0;", "&amp;", "&lt;", "&quot;", "&#39;", "&#x10FFFF;",
      "encoding=\"ISO-8859-1\"",
      "\u{FFFE}",
    ]
    + [
      "<documentation>", "</documentation>", "name=\"", "isForCompensation=\"true\"", "calledElement=\"p\"",
      "xmlns:x=\"\"",
    ]

  package static func check(_ input: [UInt8]) throws {
    let (first, second) = (parsed(input), parsed(input))
    switch (first, second) {
    case (.success(let document), .success(let again)):
      try promise("a file is read the same both times", document == again)
      try checkAnalysis(of: document)
      try checkPictures(of: document)
    case (.failure(let error), .failure(let again)):
      try promise("a file is refused the same both times", error == again)
      try promise("a refusal has words", !error.problem.isEmpty && !error.remedy.isEmpty)
      try promise("places count from 1", (error.line ?? 1) > 0 && (error.column ?? 1) > 0)
    default: throw BrokenPromise("a file is read both times or refused both times")
    }
  }

  private static func parsed(_ input: [UInt8]) -> Result<Document, ParseError> {
    Result { () throws(ParseError) in try Document(parsing: input, fileName: "f.bpmn") }
  }

  // MARK: Analysis

  private static func checkAnalysis(of document: Document) throws {
    let scopes =
      document.processes.map { Scope.process($0.handle) }
      + document.nodes.filter { $0.kind.isSubProcess }.map { Scope.subProcess($0.handle) }
    for scope in scopes {
      let order = document.flowOrder(of: scope).nodes
      try promise("each node stands once in its order", order.sorted() == document.contents(of: scope).nodes.sorted())
    }
    for node in document.nodes { try promise("each node has a title", !document.title(of: node.handle).text.isEmpty) }
    for finding in ProcessSet([document]).findings().joined() {
      try promise("a finding has words and a line", !finding.message.isEmpty && finding.line > 0)
    }
  }

  // MARK: Pictures

  private static func checkPictures(of document: Document) throws {
    for usesFileLayout in [true, false] {
      let renderer = DiagramRenderer(document, usesFileLayout: usesFileLayout)
      for plane in renderer.planes.indices.prefix(drawnMax) { try check(renderer.picture(ofPlane: plane)) }
      for process in document.processes.prefix(drawnMax) { try check(renderer.picture(of: process.handle)) }
      for node in document.nodes.prefix(drawnMax) { try check(renderer.closeUp(of: node.handle)) }
      for node in document.nodes.filter({ $0.kind.isSubProcess }).prefix(drawnMax) {
        try check(renderer.picture(ofContentsOf: node.handle))
      }
    }
  }

  private static func check(_ picture: Picture) throws {
    try promise("a picture has a size", [picture.size.width, picture.size.height].allSatisfy { $0.isFinite && $0 > 0 })
    let count = picture.svg.utf8.count
    try promise("a picture takes at most \(pictureBytesMax) bytes, not \(count)", count <= pictureBytesMax)
    let reader = PictureReader()
    let parser = XMLParser(data: Data(picture.svg.utf8))
    parser.delegate = reader
    let isRead = parser.parse() && parser.parserError == nil
    try promise("a picture is well-formed: \(picture.svg)", isRead && reader.openElements == 0)
    if let fault = reader.fault { throw BrokenPromise("\(fault): \(picture.svg)") }
  }
}

/// Looks at each element of a picture.
private final class PictureReader: NSObject, XMLParserDelegate {
  /// What is wrong first.
  private(set) var fault: String?
  private(set) var openElements = 0
  private var ids: Set<String> = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if openElements == 0, name != "svg" { fault = fault ?? "the root is <\(name)>" }
    openElements += 1
    if ["script", "foreignObject", "a", "image", "use"].contains(name) { fault = fault ?? "there is a <\(name)>" }
    for (attribute, value) in attributes { look(at: attribute, value) }
  }

  private func look(at attribute: String, _ value: String) {
    switch attribute {
    case "id": if !ids.insert(value).inserted { fault = fault ?? "the id \(value) stands twice" }
    case "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2":
      if Double(value)?.isFinite != true { fault = fault ?? "\(attribute) is '\(value)'" }
    case "d", "points", "viewBox", "transform":
      if value.contains("nan") || value.contains("inf") { fault = fault ?? "\(attribute) is '\(value)'" }
    default: if attribute.hasPrefix("on") || attribute.hasSuffix("href") { fault = fault ?? "there is a \(attribute)" }
    }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    openElements -= 1
  }
}
