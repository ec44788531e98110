import Digest

/// Makes the names of files from ids: safe on every file system and in every URL, the same for the same id always,
/// and unique however letters are compared.
package struct FileNames {
  private var taken: Set<String>

  /// - Parameter reserved: names that cannot be given, in any case.
  package init(reserved: [String] = []) {
    taken = Set((reserved + Self.devices).map { $0.lowercased() })
  }

  /// A name of letters, digits, `-`, `_` and `.` for `text`, which stays readable where it can.
  package mutating func name(for text: String) -> String {
    let slug = Self.slug(text)
    // Where something was lost, a mark of the whole text keeps it apart from what looks like it.
    if slug == text, claim(slug) { return slug }
    let marked = (slug.isEmpty ? "" : slug + "-") + Self.mark(text)
    if claim(marked) { return marked }
    var ordinal = 2
    while !claim("\(marked)-\(ordinal)") { ordinal += 1 }
    return "\(marked)-\(ordinal)"
  }

  private mutating func claim(_ name: String) -> Bool {
    !name.isEmpty && taken.insert(name.lowercased()).inserted
  }

  /// The letters (without their marks), digits, `_` and single hyphens and dots of a text.
  package static func slug(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if result.utf8.count >= ProcessFileLimits.slugBytesMax { break }
      if let plain = plain[scalar] {
        result += plain
      } else if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" {
        result.unicodeScalars.append(scalar)
      } else if scalar == ".", let last = result.last, last != "-", last != "." {
        result += "."
      } else if result.last != "-" {
        result += "-"
      }
    }
    let slug = String(result.drop { $0 == "-" }.reversed().drop { $0 == "-" || $0 == "." }.reversed())
    // Windows looks at what stands before the first dot.
    let isDevice = devices.contains(slug.prefix { $0 != "." }.lowercased())
    return isDevice ? slug.replacing(".", with: "-") : slug
  }

  /// Eight hexadecimal digits.
  private static func mark(_ text: String) -> String {
    String(SHA256Digest(of: Array(text.utf8)).hex.prefix(8))
  }

  /// The file's name without folders and endings: `report` of `a/report.bpmn20.xml`.
  package static func stem(_ fileName: String) -> String {
    var name = fileName.split(separator: "/").last.map(String.init) ?? fileName
    for ending in [".xml", ".bpmn20", ".bpmn2", ".bpmn"] where name.lowercased().hasSuffix(ending) {
      name = String(name.dropLast(ending.count))
    }
    return name
  }

  private static let plain: [Unicode.Scalar: String] = [
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "é": "e", "è": "e", "ê": "e",
    "á": "a", "à": "a", "â": "a", "ã": "a", "å": "a", "ç": "c", "í": "i", "ì": "i", "î": "i", "ó": "o", "ò": "o",
    "ô": "o", "õ": "o", "ø": "o", "ú": "u", "ù": "u", "û": "u", "ñ": "n", "æ": "ae", "œ": "oe",
  ]

  /// Names that Windows keeps for devices, with any ending.
  private static let devices =
    ["con", "prn", "aux", "nul"] + (0...9).flatMap { ["com\($0)", "lpt\($0)"] }
}
