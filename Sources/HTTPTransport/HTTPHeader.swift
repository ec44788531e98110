/// One header field of a request.
package struct HTTPHeader: Sendable, Equatable {
  /// Without the colon.
  package let name: String
  /// Printable ASCII.
  package let value: String

  /// - Parameters: see the members of the same names.
  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// Whether a text can be the name of a field: a token of RFC 9110, section 5.6.2.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 256
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  /// Whether a text can be the value of a field: printable ASCII and blanks, so that nothing in it ends the line.
  package static func isValue(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
