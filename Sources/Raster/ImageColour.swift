/// One of the colours that a picture mostly consists of.
package struct ImageColour: Hashable, Sendable {
  /// From 0 to 255.
  package let red: UInt8
  /// From 0 to 255.
  package let green: UInt8
  /// From 0 to 255.
  package let blue: UInt8
  /// How much of the picture it is, from 0 to 1.
  package let share: Double

  /// `#rrggbb`
  package var hex: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Whether people would hardly call them two colours.
  package func isNear(_ other: ImageColour) -> Bool { distance(to: other) < ColourCount.nearest }

  func distance(to other: ImageColour) -> Double {
    let parts = [(red, other.red), (green, other.green), (blue, other.blue)].map { Double($0) - Double($1) }
    return parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}

/// Counts colours by the upper four bits of each part, and sums up the exact ones.
struct ColourCount {
  private struct Bin {
    var count = 0
    var red = 0
    var green = 0
    var blue = 0
  }

  private var bins = [Bin](repeating: Bin(), count: 4_096)
  private var count = 0

  /// Colours nearer than this are one.
  static let nearest = 48.0
  private static let coloursMax = 12

  mutating func add(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    let index = Int(red >> 4) << 8 | Int(green >> 4) << 4 | Int(blue >> 4)
    bins[index].count += 1
    bins[index].red += Int(red)
    bins[index].green += Int(green)
    bins[index].blue += Int(blue)
    count += 1
  }

  /// The means of the fullest bins; what is near one counts for it.
  var colours: [ImageColour] {
    let full = bins.indices.filter { bins[$0].count > 0 }.sorted {
      (-bins[$0].count, $0) < (-bins[$1].count, $1)
    }
    var found: [ImageColour] = []
    for colour in full.map({ mean(of: bins[$0]) }) {
      if let index = found.firstIndex(where: { $0.distance(to: colour) < Self.nearest }) {
        let one = found[index]
        found[index] = ImageColour(
          red: one.red, green: one.green, blue: one.blue, share: one.share + colour.share)
      } else if found.count < Self.coloursMax {
        found.append(colour)
      }
    }
    return found.enumerated().sorted { (-$0.element.share, $0.offset) < (-$1.element.share, $1.offset) }.map(\.element)
  }

  private func mean(of bin: Bin) -> ImageColour {
    func part(_ sum: Int) -> UInt8 { UInt8((sum + bin.count / 2) / bin.count) }
    return ImageColour(
      red: part(bin.red), green: part(bin.green), blue: part(bin.blue), share: Double(bin.count) / Double(count))
  }
}
