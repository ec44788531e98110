/// What products of a category have that is worth a close-up, and where it usually is. Nobody has looked at the picture for it.
enum CategoryDetails {
  struct Place {
    let name: String
    /// In fractions of the product: left, top, width, height.
    let part: (x: Double, y: Double, width: Double, height: Double)
    /// Whether it cannot be seen from behind.
    var isInFront = false
  }

  /// Those of a category, most telling first; none for one that is not known.
  static func of(_ category: String) -> [Place] {
    switch category.lowercased() {
    case "apparel", "clothing", "garment": apparel
    case "footwear", "shoes", "shoe": footwear
    case "bags", "bag": bags
    case "furniture": furniture
    default: []
    }
  }

  private static let apparel = [
    Place(name: "Collar", part: (0.3, 0, 0.4, 0.2)),
    Place(name: "Closure", part: (0.35, 0.2, 0.3, 0.4), isInFront: true),
    Place(name: "Cuff", part: (0, 0.58, 0.25, 0.2)),
    Place(name: "Hem", part: (0.2, 0.85, 0.6, 0.15)),
    Place(name: "Shoulder", part: (0.15, 0.15, 0.35, 0.2)),
  ]

  private static let footwear = [
    Place(name: "Toe", part: (0, 0.45, 0.3, 0.4)),
    Place(name: "Closure", part: (0.3, 0.15, 0.35, 0.4)),
    Place(name: "Heel", part: (0.7, 0.3, 0.3, 0.5)),
    Place(name: "Sole", part: (0.1, 0.8, 0.8, 0.2)),
  ]

  private static let bags = [
    Place(name: "Handle", part: (0.25, 0, 0.5, 0.3)),
    Place(name: "Closure", part: (0.3, 0.25, 0.4, 0.25)),
    Place(name: "Corner", part: (0, 0.75, 0.3, 0.25)),
    Place(name: "Base", part: (0.2, 0.85, 0.6, 0.15)),
  ]

  private static let furniture = [
    Place(name: "Top edge", part: (0.1, 0, 0.8, 0.2)),
    Place(name: "Joint", part: (0, 0.3, 0.3, 0.3)),
    Place(name: "Foot", part: (0, 0.8, 0.3, 0.2)),
  ]
}
