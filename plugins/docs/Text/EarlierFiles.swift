import JSON
import PluginKit

/// What the tasks that a task needs have made, as far as it can be told to a model: JSON and texts.
struct EarlierFiles {
  /// By their paths, in this order.
  private(set) var members: [JSONTree.Member] = []

  /// Reads them; the log says what is left out because it is too much.
  init(_ host: any Host) throws {
    var left = Limits.earlierBytesMax
    for readable in try host.inputs().filter({ $0.task != nil }).sorted(by: { $0.name < $1.name }) {
      guard Self.isText(readable.mediaType) else { continue }
      guard readable.size <= min(left, Limits.earlierFileBytesMax) else {
        try host.log("\(readable.name) has \(readable.size) bytes, too many to be told to a model; it is left out")
        continue
      }
      left -= readable.size
      let bytes = try host.read(readable.name)
      members.append(.init(readable.name, Self.value(bytes, readable.mediaType)))
    }
  }

  private static func isText(_ mediaType: String) -> Bool {
    mediaType.hasPrefix("text/") || mediaType.hasPrefix("application/json")
  }

  /// JSON as it is; anything else, also what only says that it is JSON, as a text.
  private static func value(_ bytes: [UInt8], _ mediaType: String) -> JSONTree {
    if mediaType.hasPrefix("application/json"), let document = try? JSONDocument(bytes) {
      return JSONTree(document.root)
    }
    return .string(String(decoding: bytes, as: UTF8.self))
  }
}
