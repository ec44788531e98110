package import JSON

/// A JSON Schema that is understood to its last word, so that what fits it fits it for anybody.
///
/// The subset of draft 2020-12 that is understood stands in `plugins/README.md`. Every other keyword is refused: one
/// that is passed over would promise what nobody checks.
package struct Schema: Sendable, Hashable {
  /// The schema as it was given, to be passed on to those who answer by it.
  package let raw: RawJSON
  /// All schemas in it; the whole is the first.
  let nodes: [SchemaNode]

  /// Reads a schema.
  ///
  /// - Throws: `SchemaError`, which names the place and what to do.
  package init(parsing value: JSONValue) throws(SchemaError) {
    var parser = SchemaParser()
    nodes = try parser.parse(value)
    raw = RawJSON(value)
  }

  /// Reads a schema that came as text.
  package init(parsing raw: RawJSON) throws(SchemaError) { try self.init(parsing: raw.value) }

  package static func == (left: Schema, right: Schema) -> Bool { left.raw == right.raw }

  package func hash(into hasher: inout Hasher) { hasher.combine(raw) }

  /// Schemas in a schema, so that a check has an end that can be told.
  package static let nodesMax = 2_000
  /// Bytes of a schema.
  package static let bytesMax = 64 * 1024
}

/// Why a schema is not taken.
package struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A JSON pointer (RFC 6901) to the place in the schema.
  package let pointer: String
  /// What is wrong there, and what to do about it.
  package let message: String

  init(_ pointer: Pointer, _ message: String) {
    self.pointer = pointer.text
    self.message = message
  }

  /// `/properties/a/pattern: …`
  package var description: String { "\(pointer.isEmpty ? "the schema" : pointer): \(message)" }
}
