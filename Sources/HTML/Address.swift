/// Where a link may lead: into this site, or to a page or mailbox elsewhere. `javascript:` and the like cannot be made.
package struct Address: Hashable, Sendable {
  /// Percent-encoded, ready for an attribute.
  package let text: String

  /// An address inside the site, relative to the page that holds it; each byte that a URL gives a meaning is encoded.
  ///
  /// - Parameters:
  ///   - path: with `/` between components, `..` allowed; empty for the page itself.
  ///   - fragment: an id on that page.
  package init(path: String, fragment: String? = nil) {
    var text = Self.encoded(path, keeping: "/-_.~")
    // The first component of a relative address must not look like a scheme.
    if text.isEmpty, fragment == nil { text = "." }
    if let fragment { text += "#" + Self.encoded(fragment, keeping: "-_.~") }
    self.text = text
  }

  /// An address that came with the input.
  ///
  /// - Returns: nil unless it is `http`, `https` or `mailto` with something behind it and without white space.
  package init?(foreign written: String) {
    let trimmed = written.drop(while: \.isWhitespace)
    let scheme = trimmed.prefix { $0 != ":" }.lowercased()
    guard ["http", "https", "mailto"].contains(scheme), trimmed.utf8.count <= Self.foreignBytesMax else { return nil }
    let rest = trimmed.dropFirst(scheme.count + 1)
    guard !rest.isEmpty, scheme == "mailto" || rest.hasPrefix("//") && rest.count > 2 else { return nil }
    guard trimmed.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else { return nil }
    text = Self.encoded(String(trimmed), keeping: "/-_.~:?#[]@!$&()*+,;=%")
  }

  private static let foreignBytesMax = 2_048

  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Every byte but letters, digits and those of `allowed` becomes `%` and two digits (RFC 3986, section 2.1).
  private static func encoded(_ text: String, keeping allowed: StaticString) -> String {
    let kept = Array(allowed.description.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isLetterOrDigit(byte) || kept.contains(byte) {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
