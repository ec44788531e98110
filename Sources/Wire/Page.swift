import JSON

/// How lists are cut into pages.
package enum Page {
  /// How many of the first `items` are at most `bytesMax` long together, with the commas between them. At least one, so
  /// that a reader gets on.
  package static func count<Item: WireValue>(of items: some Collection<Item>, bytesMax: Int) -> Int {
    guard !items.isEmpty else { return 0 }
    var writer = JSONWriter(capacity: min(bytesMax, 4096))
    var count = 0
    for item in items {
      item.write(to: &writer)
      if writer.bytes.count > bytesMax { break }
      count += 1
    }
    return max(1, count)
  }
}
