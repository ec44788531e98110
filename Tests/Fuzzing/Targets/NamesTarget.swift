import JobModel

/// Names: `Kind`, `TaskKey`, `ResultPath`, `ProjectName`, `ExactText`, `visible`. The input is two names, a line feed
/// between them. Promised:
///
/// - A kind is accepted if and only if it is a word in lower case, of parts with single hyphens between them.
/// - A path that is accepted leads nowhere out of the directory it is put into, and neither do its directories, of which
///   each holds the next.
/// - Keys and names of projects hold no control characters; the name of a project is one component.
/// - Names are the same if and only if their bytes are.
/// - What is shown of a name is short, and can be read.
package enum NamesTarget: FuzzTarget {
  package static let name = "names"
  package static let inputBytesMax = 2048
  package static let words = [
    "/", "..", "./", "/..", "a/b", "\\", "-", "--", ".genbroker-export", "e\u{301}", "\u{e9}", "/\u{301}", "\u{85}",
    "\u{202e}",
  ]

  package static func check(_ input: [UInt8]) throws {
    let names = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    for name in names {
      try checkKind(name)
      try checkPath(name)
      try checkProject(name)
      try checkShown(name)
    }
    try checkSame(names[0], names[names.count - 1])
  }

  private static func checkKind(_ name: String) throws {
    let parts = name.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isWord = parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { letters.contains($0) || digits.contains($0) }
    }
    let isKind =
      isWord && name.utf8.first.map(letters.contains) ?? false && name.utf8.count <= ModelLimits.kindBytesMax
    try promise("'\(name)' is a kind: \(isKind)", ((try? Kind(name)) != nil) == isKind)
  }

  private static func checkPath(_ name: String) throws {
    guard let path = try? ResultPath(name) else { return }
    try promise(
      "'\(name)' stays below its directory", placeBelow(name) == name.utf8.split(separator: slash).map(Array.init))
    try promise("'\(name)' can be stored", !name.utf8.contains(0) && name.utf8.count <= ModelLimits.pathBytesMax)
    let directories = path.directories
    try promise("each slash ends a directory", directories.count == name.utf8.count { $0 == slash })
    for directory in directories {
      try promise("'\(directory)' holds '\(name)'", name.utf8.starts(with: directory.text.utf8 + [slash]))
      try promise("'\(directory)' is a path as well", (try? ResultPath(directory.text)) == directory)
    }
  }

  /// Where a path leads from a directory, by the rules of the file system; `nil` when that is out of it.
  private static func placeBelow(_ path: String) -> [[UInt8]]? {
    guard path.utf8.first != slash else { return nil }
    var place: [[UInt8]] = []
    for component in path.utf8.split(separator: slash) {
      switch Array(component) {
      case Array("..".utf8): if place.popLast() == nil { return nil }
      case Array(".".utf8): break
      case let name: place.append(name)
      }
    }
    return place
  }

  private static func checkProject(_ name: String) throws {
    let isKey = (try? TaskKey(name)) != nil
    let isProject = (try? ProjectName(name)) != nil
    let isOneComponent = placeBelow(name)?.count == 1 && !name.utf8.contains(slash)
    try promise("a key holds no control characters", !isKey || !name.unicodeScalars.contains(where: isControl))
    try promise("a project is a key", isKey || !isProject)
    try promise("a project is one component", isOneComponent || !isProject)
  }

  private static func checkShown(_ name: String) throws {
    let shown = visible(name)
    try promise("what is shown holds no control characters", !shown.unicodeScalars.contains(where: isControl))
    try promise("what is shown is short", shown.unicodeScalars.count <= 80 * "\\u{9f}".count + 1)
  }

  private static func checkSame(_ one: String, _ other: String) throws {
    let isSame = one.utf8.elementsEqual(other.utf8)
    let (left, right) = (ExactText(one), ExactText(other))
    try promise("'\(one)' and '\(other)' are the same name: \(isSame)", (left == right) == isSame)
    try promise("the same names are found in the same place", !isSame || left.hashValue == right.hashValue)
  }

  private static let slash = UInt8(ascii: "/")

  /// Unicode's general category Cc.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
}
