/// The name of a record: a row of JSON that a task commits beside its files.
///
/// A record is kept as a version of its path `//SET/KEY`, which no file can have: so it has one history and one current version in its
/// project, is resumed, reused, rolled back and removed by the same rules as a file.
package struct RecordName: Hashable, Sendable {
  /// What kind of row it is, such as `pairs`.
  package let set: String
  /// Tells it from the others of its set.
  package let key: String

  /// - Throws: `NameError` when one of them is empty, too long or holds control characters, or the set holds a slash.
  package init(set: String, key: String) throws(NameError) {
    guard isName(set, bytesMax: ModelLimits.recordSetBytesMax), !set.utf8.contains(UInt8(ascii: "/")) else {
      throw NameError(
        "'\(visible(set))' cannot be the name of a set of records",
        remedy: "use 1 to \(ModelLimits.recordSetBytesMax) bytes without '/' and control characters, such as pairs")
    }
    guard isName(key, bytesMax: ModelLimits.keyBytesMax) else {
      throw NameError(
        "'\(visible(key))' cannot be the key of a record",
        remedy: "use 1 to \(ModelLimits.keyBytesMax) bytes without control characters")
    }
    self.set = set
    self.key = key
  }

  /// Reads ``path``.
  ///
  /// - Throws: `NameError` for any other text.
  package init(path: String) throws(NameError) {
    let names = path.utf8.dropFirst(Self.prefix.utf8.count)
    guard Self.isPath(path), let slash = names.firstIndex(of: UInt8(ascii: "/")) else {
      throw NameError("'\(visible(path))' is no path of a record", remedy: "write //SET/KEY")
    }
    try self.init(set: String(path[names.startIndex..<slash]), key: String(path[names.index(after: slash)...]))
  }

  /// Where it is kept: `//SET/KEY`.
  package var path: String { "\(Self.pathPrefix(ofSet: set))\(key)" }

  /// How the paths of a set begin.
  package static func pathPrefix(ofSet set: String) -> String { "\(prefix)\(set)/" }

  /// Whether a path is one of a record: no file's begins so.
  package static func isPath(_ path: String) -> Bool { path.utf8.starts(with: prefix.utf8) }

  /// How all their paths begin.
  package static let prefix = "//"
  /// Behind all their paths, and before those of other files: the character after the slash.
  package static let end = "/0"
}
