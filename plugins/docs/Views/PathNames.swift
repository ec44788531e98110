import ProcessFiles

/// Names in paths for what people and models have named: readable, safe, and each given once.
struct PathNames {
  private var taken: Set<String> = []

  /// `Chest width` becomes `chest-width`, the second time `chest-width-2`; what has no letter becomes a mark of it.
  mutating func name(for text: String) -> String {
    let slug = FileNames.slug(text).lowercased()
    let name = slug.isEmpty ? FileNames.mark(text) : slug
    var ordinal = 1
    var given = name
    while !taken.insert(given).inserted {
      ordinal += 1
      given = "\(name)-\(ordinal)"
    }
    return given
  }
}
