package import BPMN
package import Drawing

/// A finished picture.
package struct Picture: Sendable, Equatable {
  /// A whole `<svg>` element: no script, no external resource; can be a file or stand inside a page.
  package var svg: String
  /// What the picture shows, as its title says.
  package var title: String
  /// Natural size in px.
  package var size: Size
  /// What of the model could not be drawn, in sentences.
  package var warnings: [String]
}

/// How a picture is drawn.
package struct PictureStyle: Sendable {
  /// Begins every id in the picture; must differ between pictures on one page. Letters, digits, `-` and `_`.
  package var idPrefix: String
  /// Room around everything drawn, in px.
  package var padding: Double
  /// Elements with a halo around them.
  package var highlighted: Set<ElementReference>
  /// Exact lines, or as drawn by hand.
  package var look: Look
  /// Colour of the ground as `#rrggbb`; nil leaves the page's own ground.
  package var background: String?
  /// The address an element leads to, relative or http, https, mailto; any other is left out. Nil for no link.
  package var link: (@Sendable (ElementReference) -> String?)?

  /// How lines look.
  package enum Look: String, Sendable, CaseIterable {
    /// Exact.
    case clean
    /// As drawn by hand.
    case sketch
  }

  /// A style; characters of `idPrefix` that an id cannot hold are replaced.
  package init(
    idPrefix: String = "bpmn", padding: Double = 12, highlighted: Set<ElementReference> = [],
    look: Look = .clean, background: String? = nil, link: (@Sendable (ElementReference) -> String?)? = nil
  ) {
    let allowed = idPrefix.map { ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "-" || $0 == "_" ? $0 : "_" }
    self.idPrefix = allowed.first?.isLetter == true ? String(allowed) : "b" + String(allowed)
    self.padding = padding
    self.highlighted = highlighted
    self.look = look
    self.background = background
    self.link = link
  }
}
