/// One JSON value that is passed on as the bytes that came in, without white space.
package struct RawJSON: Hashable, Sendable {
  /// The value as one line.
  package let bytes: [UInt8]

  /// Copies a value out of a document.
  package init(_ value: JSONValue) {
    bytes = value.minified
  }

  /// Writes down a value that was built in memory. Its objects must not have a member twice.
  package init(_ tree: JSONTree) {
    bytes = tree.bytes
  }

  /// Takes what a writer has written: exactly one value, whose objects do not have a member twice.
  package init(written writer: JSONWriter) {
    bytes = writer.bytes
  }

  /// Checks `text` by the rules of `JSONDocument`.
  package init(parsing text: [UInt8]) throws(JSONError) {
    bytes = try JSONDocument(text).root.minified
  }

  /// The value, parsed.
  package var value: JSONValue {
    do {
      return try JSONDocument(written: bytes).root
    } catch {
      // Every initializer writes or checks the bytes.
      preconditionFailure("RawJSON holds bytes that are no JSON: \(error)")
    }
  }

  /// Objects and arrays inside each other, the value itself included; 0 for a plain value.
  package var depth: Int {
    var (open, deepest) = (0, 0)
    var isInString = false
    var isEscaped = false
    for byte in bytes {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open += 1
        deepest = max(deepest, open)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): open -= 1
      default: break
      }
    }
    return deepest
  }

  /// `{}`
  package static let emptyObject = RawJSON(JSONTree.object([]))
}

extension RawJSON: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONTree)...) {
    self.init(.object(elements.map { JSONTree.Member($0.0, $0.1) }))
  }
}
