/// The media types of files whose maker did not say one: of the inputs of a job, which come under their names alone.
enum MediaTypes {
  /// Of bytes that nobody says more of; RFC 2046, section 4.5.1.
  static let unknown = "application/octet-stream"

  /// What the ending of a name stands for.
  static func guessed(from name: String) -> String {
    let file = name.split(separator: "/").last ?? ""
    let parts = file.split(separator: ".")
    guard parts.count > 1, let ending = parts.last else { return unknown }
    return byEnding[ending.lowercased()] ?? unknown
  }

  /// How the name of a file of this type ends; `bin` for one that nobody knows.
  static func ending(of mediaType: String) -> String {
    switch mediaType {
    case "image/png": "png"
    case "image/jpeg": "jpg"
    case "image/webp": "webp"
    case "image/gif": "gif"
    case "image/svg+xml": "svg"
    default: "bin"
    }
  }

  /// IANA's names; BPMN has none of its own and is XML.
  private static let byEnding = [
    "bpmn": "application/xml", "bpmn2": "application/xml", "css": "text/css", "csv": "text/csv",
    "gif": "image/gif", "htm": "text/html", "html": "text/html", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "js": "text/javascript", "json": "application/json", "log": "text/plain", "md": "text/markdown",
    "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml", "txt": "text/plain", "webp": "image/webp",
    "xml": "application/xml", "yaml": "application/yaml", "yml": "application/yaml", "zip": "application/zip",
  ]
}
