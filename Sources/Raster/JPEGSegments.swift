/// The segments of a JPEG up to its first scan (ITU-T T.81, annex B).
struct JPEGSegments {
  /// What the frame says; nil when there is none before the scan.
  private(set) var size: PixelSize?
  /// Whether the mark of the end comes after the scan has begun. Inside of a scan 0xFF is followed by something else.
  private(set) var hasEnd = false

  /// Nil for what does not begin as a JPEG.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else { return nil }
    var place = 2
    while place + 9 < bytes.count, bytes[place] == 0xFF {
      let marker = bytes[place + 1]
      // Any number of 0xFF may stand before a mark.
      if marker == 0xFF {
        place += 1
        continue
      }
      if Self.standsAlone(marker) {
        place += 2
        continue
      }
      if marker == Self.scan {
        hasEnd = zip(bytes[place...], bytes[(place + 1)...]).contains { $0 == (0xFF, Self.end) }
        return
      }
      if Self.isFrame(marker), size == nil {
        let height = bigEndianNumber(bytes[place + 5..<place + 7])
        let width = bigEndianNumber(bytes[place + 7..<place + 9])
        if width > 0, height > 0 { size = PixelSize(width: width, height: height) }
      }
      place += 2 + max(2, bigEndianNumber(bytes[place + 2..<place + 4]))
    }
  }

  private static let scan: UInt8 = 0xDA
  private static let end: UInt8 = 0xD9

  /// Whether no segment and so no length belongs to it; a zero is no mark at all. libjpeg passes over both.
  private static func standsAlone(_ marker: UInt8) -> Bool {
    marker <= 0x01 || (0xD0...0xD7).contains(marker)
  }

  /// Of the sixteen, three are tables and a reserved one.
  private static func isFrame(_ marker: UInt8) -> Bool {
    (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
  }
}
