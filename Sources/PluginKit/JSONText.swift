package import JSON

/// A JSON value as text: payloads, options and metadata, to be read with whatever decoder a plugin likes.
public struct JSONText: Hashable, Sendable {
  package let raw: RawJSON

  package init(_ raw: RawJSON) {
    self.raw = raw
  }

  package init(_ tree: JSONTree) {
    raw = RawJSON(tree)
  }

  /// Checks a text.
  ///
  /// - Throws: `PluginFailure` when it is not JSON by RFC 8259, names a member twice or is nested too deeply.
  public init(_ text: String) throws {
    do {
      raw = try RawJSON(parsing: Array(text.utf8))
    } catch {
      throw PluginFailure("bad_json", "not JSON: \(error)")
    }
  }

  /// The value in one line.
  public var text: String { String(decoding: raw.bytes, as: UTF8.self) }

  /// `{}`
  public static let emptyObject = JSONText(RawJSON.emptyObject)
}
