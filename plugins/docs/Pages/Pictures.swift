import BPMN
import Diagram
import Drawing
import HTML
import ProcessFiles

/// The diagrams of a page, every element that has a page a link to it.
struct Pictures {
  private let context: PageContext

  init(_ context: PageContext) {
    self.context = context
  }

  /// A node with what is around it.
  func closeUp(of reference: NodeReference, _ writer: inout HTMLWriter) {
    let style = style("closeup", reference.document, highlighted: [.node(reference.node)])
    let picture = context.site.renderers[reference.document].closeUp(of: reference.node, style: style)
    figure(&writer, picture, "The place in the flow")
  }

  /// What a sub-process holds.
  func inside(of reference: NodeReference, _ writer: inout HTMLWriter) {
    guard !context.site.set[reference].children.isEmpty else { return }
    let renderer = context.site.renderers[reference.document]
    let picture = renderer.picture(ofContentsOf: reference.node, style: style("inside", reference.document))
    figure(&writer, picture, "What is inside")
  }

  func process(_ reference: ProcessReference, _ writer: inout HTMLWriter) {
    let renderer = context.site.renderers[reference.document]
    guard !context.site.set[reference].contents.nodes.isEmpty else { return }
    figure(&writer, renderer.picture(of: reference.process, style: style("process", reference.document)), "Diagram")
  }

  /// Every diagram of a file, as its author drew it; one made for it where there is none.
  func planes(of document: Int, _ writer: inout HTMLWriter) {
    let renderer = context.site.renderers[document]
    for (index, plane) in renderer.planes.enumerated() {
      let picture = renderer.picture(ofPlane: index, style: style("plane\(index + 1)", document))
      let name = [plane.diagramName.map(collapsingWhitespace), picture.title].compactMap(\.self).first { !$0.isEmpty }
      figure(&writer, picture, shortened(name ?? "Diagram"))
    }
  }

  private func style(
    _ prefix: String, _ document: Int, highlighted: Set<ElementReference> = []
  ) -> PictureStyle {
    let context = context
    return PictureStyle(idPrefix: prefix, highlighted: highlighted) { element in
      Self.page(of: element, document).map { context.address(of: $0).text }
    }
  }

  private static func page(of element: ElementReference, _ document: Int) -> PageID? {
    switch element {
    case .node(let handle): .node(NodeReference(document: document, node: handle))
    case .process(let handle): .process(ProcessReference(document: document, process: handle))
    default: nil
    }
  }

  private func figure(_ writer: inout HTMLWriter, _ picture: Picture, _ caption: String) {
    // Shrunk to fit the page as long as it can be read; then its box scrolls.
    let width = Attribute("style", "--width:\(Int(min(max(picture.size.width, 1), 1e6).rounded(.up)))px")
    let isWide = picture.size.width > 900 && picture.size.width > 1.3 * picture.size.height
    writer.element(.figure, [.class(isWide ? "diagram wide" : "diagram"), width]) { figure in
      figure.element(
        .div, [.class("scroll"), Attribute("role", "region"), .aria("label", caption), Attribute("tabindex", "0")]
      ) { $0.trusted(picture.svg) }
      figure.element(.figcaption, text: caption)
      for warning in picture.warnings.prefix(20) { figure.element(.p, [.class("note")], text: warning) }
    }
  }
}
