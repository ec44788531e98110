import JSON
import PluginKit
import ProcessFiles

/// The short facts in the JSON files that a task needs: names and values of the outermost object.
struct KnownFacts {
  struct Line {
    var name: String
    var text: String
  }

  private(set) var lines: [Line] = []

  /// What is no JSON, too large or no object is passed over: it was written for others.
  init(_ host: any Host) throws {
    let files = try host.inputs().filter {
      $0.task != nil && $0.mediaType == "application/json" && $0.size <= Limits.factFileBytesMax
    }
    for file in files.prefix(Limits.factFilesMax) {
      let bytes = try host.read(file.name)
      guard let document = try? JSONDocument(bytes) else { continue }
      for (name, value) in document.root.members ?? [] {
        guard let text = value.string ?? (value.double != nil ? String(decoding: value.raw, as: UTF8.self) : nil) else {
          continue
        }
        lines.append(Line(name: shortened(name, to: 40), text: shortened(text, to: Limits.factCharactersMax)))
      }
    }
    lines = Array(lines.prefix(Limits.factsShownMax))
  }
}
