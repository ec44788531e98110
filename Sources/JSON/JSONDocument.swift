/// One JSON text, checked once and indexed in place.
///
/// The bytes stay as they came; a flat list of tokens says where each value begins and ends. Nothing is copied until it
/// is asked for, so a payload can be passed on as the bytes that came in.
package final class JSONDocument: Sendable {
  /// The text as it came in.
  package let bytes: [UInt8]
  let tokens: [JSONToken]
  /// Whether there is white space between tokens.
  let hasSpace: Bool

  /// Checks `bytes` by RFC 8259 and the stricter rules of this project: valid UTF-8, no lone surrogates, no member twice
  /// in one object, no nesting beyond `depthMax`.
  ///
  /// - Throws: `JSONError` with the byte offset.
  package init(_ bytes: [UInt8], depthMax: Int = JSONDocument.depthMax) throws(JSONError) {
    guard bytes.count <= JSONDocument.sizeMaxBytes else { throw JSONError(.tooLong, at: JSONDocument.sizeMaxBytes) }
    var scanner = JSONScanner(depthMax: depthMax)
    tokens = try scanner.scan(bytes.span)
    hasSpace = scanner.hasSpace
    self.bytes = bytes
  }

  /// Indexes bytes that were written or checked by this module: only their grammar is looked at.
  init(written bytes: [UInt8]) throws(JSONError) {
    var scanner = JSONScanner(depthMax: .max, refusesDuplicates: false)
    tokens = try scanner.scan(bytes.span)
    hasSpace = scanner.hasSpace
    self.bytes = bytes
  }

  /// The outermost value.
  package var root: JSONValue { JSONValue(document: self, index: 0) }

  /// How deep objects and arrays may nest, unless a caller allows less.
  package static let depthMax = 64
  /// Offsets are stored in 32 bits.
  package static let sizeMaxBytes = Int(Int32.max)
}

/// Where one value of a document stands.
struct JSONToken: Sendable {
  enum Kind: UInt8, Sendable { case null, `true`, `false`, number, string, array, object }

  var kind: Kind
  /// A string with escapes, which has to be unescaped when it is read; a number with a fraction or an exponent.
  var isComplex: Bool
  /// First byte of the value (of a string: its opening quote).
  var start: UInt32
  /// One past the last byte of the value (of a string: past its closing quote).
  var end: UInt32
  /// Index of the first token that is not part of this value.
  var next: UInt32
}
