import Foundation

/// The files below a directory, by path; what a program keeps for itself in hidden files is left out.
package enum FileContents {
  /// The bytes of every file below `directory`.
  package static func below(_ directory: String) throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    guard let paths = FileManager.default.enumerator(atPath: directory) else { return contents }
    for case let path as String in paths {
      if path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
      var isDirectory: ObjCBool = false
      let full = directory + "/" + path
      guard FileManager.default.fileExists(atPath: full, isDirectory: &isDirectory), !isDirectory.boolValue else {
        continue
      }
      contents[path] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: full)))
    }
    return contents
  }

  /// The paths at which two trees differ.
  package static func differences(_ one: [String: [UInt8]], _ other: [String: [UInt8]]) -> [String] {
    Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.sorted()
  }
}
