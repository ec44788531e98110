import JSON
import Raster

/// A part of a product that is worth a close-up.
struct Detail {
  /// A part of a picture, in fractions of its width and height.
  struct Region {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    static let whole = Region(x: 0, y: 0, width: 1, height: 1)

    /// The smallest part that is shown.
    private static let leastSide = 0.04

    /// Inside of the picture, whatever was given.
    init(x: Double, y: Double, width: Double, height: Double) {
      func bounded(_ number: Double) -> Double { number.isFinite ? min(max(number, 0), 1) : 0 }
      func rounded(_ number: Double) -> Double { (number * 10_000).rounded() / 10_000 }
      self.width = rounded(max(bounded(width), Self.leastSide))
      self.height = rounded(max(bounded(height), Self.leastSide))
      self.x = rounded(min(bounded(x), 1 - self.width))
      self.y = rounded(min(bounded(y), 1 - self.height))
    }

    /// What is not background.
    init(_ content: PixelFacts.Box) {
      self.init(
        x: content.left, y: content.top, width: content.right - content.left, height: content.bottom - content.top)
    }

    /// A part of this part.
    func part(_ part: (x: Double, y: Double, width: Double, height: Double)) -> Region {
      Region(x: x + part.x * width, y: y + part.y * height, width: part.width * width, height: part.height * height)
    }

    var json: JSONTree {
      ["x": .double(x), "y": .double(y), "width": .double(width), "height": .double(height)]
    }

    var middle: JSONTree { .array([x + width / 2, y + height / 2].map { .double(($0 * 10_000).rounded() / 10_000) }) }
  }

  let name: String
  /// Where it comes from, in words.
  let origin: String
  /// What a close-up shows.
  let region: Region
  /// Whether the region is that of the detail alone, so that something can point at it.
  let isPlaced: Bool
  var note: String?
  /// Codes of the measures that name it.
  var measures: [String] = []

  /// - Parameter id: its name in paths.
  func json(id: String) -> JSONTree {
    var members: [JSONTree.Member] = [
      .init("id", .string(id)), .init("name", .string(name)), .init("from", .string(origin)),
      .init("region", region.json),
    ]
    if let note { members.append(.init("note", .string(note))) }
    if !measures.isEmpty { members.append(.init("measures", .array(measures.map { .string($0) }))) }
    return .object(members)
  }
}

extension [Detail] {
  /// Each with an id that is safe in a path and that no other one has.
  var json: JSONTree {
    var names = PathNames()
    return .array(map { $0.json(id: names.name(for: $0.name)) })
  }

  /// A number at each that has a place, as op `callout` of the images takes them.
  var callouts: JSONTree {
    .array(
      enumerated().filter { $0.element.isPlaced }.map { index, detail in
        ["number": .int(Int64(index + 1)), "at": detail.region.middle, "text": .string(detail.name)]
      })
  }
}
