/// What stands in the directory where a file is to be written.
enum ExportPlace: Equatable {
  case absent
  /// A regular file with this hash.
  case file(sha256: String)
  /// A directory, a symbolic link, a device.
  case other
}

/// What to do with one file of an export.
enum ExportDecision: Equatable {
  case write
  /// The bytes are there already.
  case keep
  /// What is there was edited since it was exported, and there is nothing newer.
  case edited
  /// What is there is not from an export: write under another name.
  case conflict
}

/// Decides about one file.
///
/// - parameters:
///   - wanted: the hash of the current version.
///   - written: the hash that an earlier export has noted.
///   - place: what stands there now.
///   - isKnown: whether some version of this file in the store has this hash. Such a file was exported by somebody and
///     not edited, also when an interruption kept that from being noted.
func exportDecision(
  wanted: String, written: String?, place: ExportPlace, isKnown: (String) async throws -> Bool
) async rethrows -> ExportDecision {
  switch place {
  case .absent: return .write
  case .other: return .conflict
  case .file(wanted): return .keep
  case .file(let found):
    if found == written { return .write }
    if wanted == written { return .edited }
    return try await isKnown(found) ? .write : .conflict
  }
}

/// The name beside an edited file: `order.new.html`, then `order.new2.html` and so on.
func besideName(_ path: String, attempt: Int) -> String {
  let bytes = path.utf8
  let slash = bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes.index(after: $0) } ?? path.startIndex
  let name = path[slash...]
  // A leading dot begins a name, no extension.
  let dot = name.dropFirst().lastIndex(of: ".") ?? name.endIndex
  return String(path[..<slash] + name[..<dot]) + ".new" + (attempt == 1 ? "" : String(attempt)) + name[dot...]
}
