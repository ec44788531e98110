/// One JSON value that is passed on as the bytes that came in, without white space.
package struct RawJSON: Hashable, Sendable {
  /// The value as one line.
  package let bytes: [UInt8]
  /// Objects and arrays inside each other, the value itself included; 0 for a plain value.
  package let depth: Int

  /// Copies a value out of a document.
  package init(_ value: JSONValue) {
    bytes = value.minified
    depth = value.depth
  }

  /// Writes down a value that was built in memory. Its objects must not have a member twice.
  package init(_ tree: JSONTree) {
    self.init(RawJSON.value(of: tree.bytes))
  }

  /// Takes what a writer has written: exactly one value, whose objects do not have a member twice.
  package init(written writer: JSONWriter) {
    self.init(RawJSON.value(of: writer.bytes))
  }

  /// Checks `text` by the rules of `JSONDocument`.
  package init(parsing text: [UInt8]) throws(JSONError) {
    self.init(try JSONDocument(text).root)
  }

  /// The value, parsed.
  package var value: JSONValue { RawJSON.value(of: bytes) }

  private static func value(of bytes: [UInt8]) -> JSONValue {
    do {
      return try JSONDocument(written: bytes).root
    } catch {
      // Every initializer writes or checks the bytes.
      preconditionFailure("RawJSON holds bytes that are no JSON: \(error)")
    }
  }

  /// `{}`
  package static let emptyObject = RawJSON(JSONTree.object([]))
}

extension RawJSON: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONTree)...) {
    self.init(.object(elements.map { JSONTree.Member($0.0, $0.1) }))
  }
}
