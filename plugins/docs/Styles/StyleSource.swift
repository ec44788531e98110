import JSON
import PluginKit

/// The style of a room, read from the file that the task of the style has made.
struct StyleSource: Sendable {
  let name: String
  let approach: String
  let era: String
  /// One for each role, with hex numbers that are colours.
  let palette: [StyleColour]
  /// The whole file.
  let json: JSONTree

  /// - Throws: `PluginFailure` of class `bad_input` when no needed task has made the file of a style.
  init(_ host: any Host) throws {
    for readable in try host.inputs().sorted(by: { $0.name < $1.name })
    where readable.task != nil && readable.mediaType == "application/json" && readable.size <= Limits.styleBytesMax {
      let bytes = try host.read(readable.name)
      if let document = try? JSONDocument(bytes), let style = StyleSource(document.root) {
        self = style
        return
      }
    }
    throw PluginFailure(
      "bad_input",
      "none of the files that the task needs is that of a style.\nLet the room need its style: 'needs: [style]'.")
  }

  /// What op `style` has written; nil for anything else.
  init?(_ value: JSONValue) {
    guard let name = value["subcategory"]?.string, let approach = value["approach"]?.string,
      let era = value["era"]?.string, let colours = value["palette"]?.elements
    else { return nil }
    palette = colours.enumerated().compactMap { index, colour in
      guard let name = colour["name"]?.string, let hex = colour["hex"]?.string, Self.isHex(hex),
        let role = colour["role"]?.string
      else { return nil }
      return StyleColour(id: colour["id"]?.string ?? "style/palette/\(index + 1)", name: name, hex: hex, role: role)
    }
    guard Set(palette.map(\.role)) == Set(StyleColour.shares.map(\.role)), palette.count == colours.count else {
      return nil
    }
    (self.name, self.approach, self.era, json) = (name, approach, era, JSONTree(value))
  }

  private static func isHex(_ text: String) -> Bool {
    text.utf8.count == 7 && text.hasPrefix("#") && text.dropFirst().allSatisfy { $0.isASCII && $0.isHexDigit }
  }
}
