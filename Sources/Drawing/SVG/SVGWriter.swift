/// Writes well-formed XML for a picture; everything that comes from outside passes through `escaped`.
package struct SVGWriter {
  /// What has been written.
  package private(set) var text = ""
  private var openElements: [String] = []

  /// An empty text.
  package init() {}

  /// In the order in which they are written; values are not escaped yet.
  package typealias Attributes = [(name: String, value: String)]

  /// Starts an element; `close` ends it.
  package mutating func open(_ name: String, _ attributes: Attributes = []) {
    startTag(name, attributes)
    text += ">"
    openElements.append(name)
  }

  /// Ends the element opened last.
  package mutating func close() {
    guard let name = openElements.popLast() else { preconditionFailure("close() without an open element") }
    text += "</\(name)>"
  }

  /// An element without contents.
  package mutating func empty(_ name: String, _ attributes: Attributes) {
    startTag(name, attributes)
    text += "/>"
  }

  /// An element that holds text only.
  package mutating func element(_ name: String, _ attributes: Attributes = [], text content: String) {
    open(name, attributes)
    text += Self.escaped(content)
    close()
  }

  /// A line break between groups, so that the file can be read and compared line by line.
  package mutating func lineBreak() { text += "\n" }

  /// The rules of a `style` element; only text made by this module.
  package mutating func style(_ rules: String) {
    open("style")
    text += rules
    close()
  }

  private mutating func startTag(_ name: String, _ attributes: Attributes) {
    text += "<\(name)"
    for attribute in attributes { text += " \(attribute.name)=\"\(Self.escaped(attribute.value))\"" }
  }

  /// Text that can stand in element contents and in double-quoted attributes: mark-up characters as references,
  /// characters that XML 1.0 forbids left out.
  package static func escaped(_ raw: String) -> String {
    var result = ""
    result.reserveCapacity(raw.utf8.count)
    for scalar in raw.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case "\r": result += "&#13;"
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Double {
  /// The number as written in SVG: at most two decimals, no exponent, no negative zero.
  package var svg: String {
    let bounded = isFinite ? Swift.min(Swift.max(self, -1e12), 1e12) : 0
    let hundredths = Int64((bounded * 100).rounded())
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
    return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }
}
