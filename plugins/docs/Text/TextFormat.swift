import PluginKit

/// What a text is written as, by the ending of its file.
enum TextFormat: String, CaseIterable {
  case json
  case markdown = "md"
  case plain = "txt"
  case html

  /// - Throws: `PluginFailure` for a file with another ending.
  init(path: String) throws {
    guard let format = Self.allCases.first(where: { path.hasSuffix("." + $0.rawValue) }) else {
      let endings = Self.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      throw PluginFailure("bad_payload", "'\(path)' has no ending that op text writes.\nThere are \(endings).")
    }
    self = format
  }

  var mediaType: String {
    switch self {
    case .json: "application/json"
    case .markdown: "text/markdown"
    case .plain: "text/plain"
    case .html: "text/html"
    }
  }
}
