/// What is an SVG by its first bytes.
enum SVGText {
  /// As far as the root element is looked for, behind declarations and comments.
  private static let headBytes = 64 * 1024

  /// Whether a file begins as XML and has a root `svg` near its beginning.
  static func isOne(_ file: [UInt8]) -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let head = file.prefix(headBytes).dropFirst(file.starts(with: mark) ? mark.count : 0)
    guard head.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "<") else { return false }
    let text = String(decoding: head, as: UTF8.self)
    return text.contains("<svg") || text.contains(":svg")
  }
}
