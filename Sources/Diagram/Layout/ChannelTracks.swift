/// The upright pieces of lines between two columns, each on a track so that none covers another.
struct ChannelTracks {
  /// A line that changes its height in the channel, from the row on its left end to the row on its right end; both
  /// ends are on the same side where a line turns back.
  struct Hop: Hashable {
    var from: Double
    var to: Double
    /// Hops of one net may share a track: all from one source, or all into one target.
    var net: Int
  }

  private(set) var trackCount = 0
  /// Room for names, right of the tracks.
  private let nameWidth: Double
  private var tracks: [Int: Int] = [:]

  /// Distance that upright pieces on one track keep, in px.
  private static let clearance = 6.0

  init(_ hops: [Hop], nameWidth: Double) {
    self.nameWidth = nameWidth
    var nets: [Int: (low: Double, high: Double, falls: Bool, order: Double)] = [:]
    for hop in hops where hop.from != hop.to {
      let (low, high) = (min(hop.from, hop.to), max(hop.from, hop.to))
      let falls = hop.to > hop.from
      let known = nets[hop.net]
      nets[hop.net] = (
        min(low, known?.low ?? low), max(high, known?.high ?? high), known?.falls ?? falls, known?.order ?? hop.from
      )
    }
    // A falling line that starts lower stands further left, a rising one that starts higher: then neither crosses
    // the other.
    let order = nets.sorted {
      if $0.value.falls != $1.value.falls { return $0.value.falls }
      if $0.value.order != $1.value.order { return ($0.value.order > $1.value.order) == $0.value.falls }
      return $0.key < $1.key
    }
    var taken: [[(low: Double, high: Double)]] = []
    for (net, extent) in order {
      let free = taken.firstIndex { track in
        track.allSatisfy { $0.high + Self.clearance < extent.low || extent.high + Self.clearance < $0.low }
      }
      let track = free ?? taken.count
      if free == nil { taken.append([]) }
      taken[track].append((extent.low, extent.high))
      tracks[net] = track
    }
    trackCount = taken.count
  }

  /// Breadth the channel needs.
  var width: Double { tracksWidth + max(0, nameWidth - Spacing.line) }

  private var tracksWidth: Double {
    max(Spacing.channel, Spacing.track * Double(trackCount + 1) + 2 * Spacing.line)
  }

  /// Where the upright piece of a net stands, from the left edge of the channel.
  func x(ofNet net: Int) -> Double {
    let used = Double(max(trackCount - 1, 0)) * Spacing.track
    return (tracksWidth - used) / 2 + Double(tracks[net] ?? 0) * Spacing.track
  }
}
