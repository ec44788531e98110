/// The elements that are written; there is no way to write another one.
package enum Tag: String, Sendable {
  case html, head, body, title, meta, link, script
  case header, nav, main, aside, footer, section, article, div, span
  case h1, h2, h3, h4, h5, h6, p, pre, code, em, strong, small, bdi, br, hr, blockquote, mark, del, sub, sup
  case img
  case ul, ol, li, dl, dt, dd
  case table, caption, thead, tbody, tr, th, td
  case a, figure, figcaption, details, summary
  case form, label, input, button, abbr

  /// Has no contents and no end tag.
  var isVoid: Bool {
    switch self {
    case .meta, .link, .br, .hr, .img, .input: true
    default: false
    }
  }
}

/// One attribute. Values are escaped when they are written; addresses are checked when they are made.
package struct Attribute: Sendable {
  let name: String
  let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  package static func `class`(_ names: String) -> Attribute { Attribute("class", names) }
  package static func id(_ value: String) -> Attribute { Attribute("id", value) }
  package static func lang(_ value: String) -> Attribute { Attribute("lang", value) }
  package static func href(_ address: Address) -> Attribute { Attribute("href", address.text) }
  package static func aria(_ name: String, _ value: String) -> Attribute { Attribute("aria-\(name)", value) }
  package static func data(_ name: String, _ value: String) -> Attribute { Attribute("data-\(name)", value) }
  /// A boolean attribute that is set.
  package static func flag(_ name: String) -> Attribute { Attribute(name, "") }
}
