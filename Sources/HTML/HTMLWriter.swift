/// Writes HTML that is well-formed by construction: every element that is opened is closed, every text is escaped.
///
/// What it writes is well-formed XML too (quoted attributes, `<br/>`), so that any XML parser can check it.
package struct HTMLWriter: Sendable {
  /// What was written so far.
  package private(set) var html = ""

  package init() {}

  /// A whole document.
  ///
  /// - Parameter language: the value of `lang`.
  package static func document(
    language: String, _ attributes: [Attribute] = [], _ body: (inout HTMLWriter) -> Void
  ) -> String {
    var writer = HTMLWriter()
    writer.html = "<!DOCTYPE html>\n"
    writer.element(.html, [.lang(language)] + attributes, body)
    writer.html += "\n"
    return writer.html
  }

  /// An element with contents, without attributes.
  package mutating func element(_ tag: Tag, _ body: (inout HTMLWriter) -> Void) {
    element(tag, [], body)
  }

  /// An element with contents.
  package mutating func element(_ tag: Tag, _ attributes: [Attribute], _ body: (inout HTMLWriter) -> Void) {
    precondition(!tag.isVoid, "<\(tag.rawValue)> has no contents")
    startTag(tag, attributes)
    html += ">"
    if tag.isBlock { html += "\n" }
    body(&self)
    html += "</\(tag.rawValue)>"
    if tag.isBlock || tag.endsLine { html += "\n" }
  }

  /// An element that holds text only.
  package mutating func element(_ tag: Tag, _ attributes: [Attribute] = [], text: String) {
    element(tag, attributes) { $0.text(text) }
  }

  /// An element without contents, such as `<br/>`.
  package mutating func void(_ tag: Tag, _ attributes: [Attribute] = []) {
    precondition(tag.isVoid, "<\(tag.rawValue)> needs an end tag")
    startTag(tag, attributes)
    html += "/>"
    if tag != .br { html += "\n" }
  }

  /// Text from anywhere.
  package mutating func text(_ text: String) {
    html += escapedHTML(text)
  }

  /// Mark-up that another writer made of checked parts: a picture, a script of our own.
  package mutating func trusted(_ markup: String) {
    html += markup
  }

  /// A link.
  package mutating func link(_ address: Address, _ attributes: [Attribute] = [], text: String) {
    element(.a, [.href(address)] + attributes, text: text)
  }

  private mutating func startTag(_ tag: Tag, _ attributes: [Attribute]) {
    html += "<\(tag.rawValue)"
    for attribute in attributes { html += " \(attribute.name)=\"\(escapedHTML(attribute.value))\"" }
  }
}

extension Tag {
  /// Written with line breaks around its contents, so that pages can be compared line by line.
  fileprivate var isBlock: Bool {
    switch self {
    case .html, .head, .body, .header, .nav, .main, .aside, .footer, .section, .article, .div, .figure, .ul, .ol, .dl,
      .table, .thead, .tbody, .tr, .details, .form:
      true
    default: false
    }
  }

  fileprivate var endsLine: Bool {
    switch self {
    case .title, .h1, .h2, .h3, .h4, .h5, .h6, .p, .li, .dt, .dd, .th, .td, .caption, .summary, .figcaption, .pre,
      .script, .blockquote:
      true
    default: false
    }
  }
}
