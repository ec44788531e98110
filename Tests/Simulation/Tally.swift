import CSimulatedDisk

/// What a number of simulations have met.
package struct Tally: Equatable {
  package var seeds = 0
  package var steps = 0
  /// Faults by kind, and what came of them.
  private var faults: [String: Int] = [:]
  /// What clients were told.
  private var told: [String: Int] = [:]
  private var disk: [String: Int] = [:]
  /// Tasks and jobs: how often which state met which event.
  private var pairs: [String: Int] = [:]

  package init() {}

  mutating func count(fault name: String) { faults[name, default: 0] += 1 }
  mutating func count(told name: String, _ times: Int) { told[name, default: 0] += times }
  mutating func add(pairs other: [String: Int]) { pairs.merge(other, uniquingKeysWith: +) }

  mutating func add(_ counts: simdisk_counts) {
    for (name, count) in [
      ("calls", counts.calls), ("writes", counts.writes), ("syncs", counts.syncs),
      ("directory syncs", counts.directory_syncs), ("unsynced writes kept", counts.kept),
      ("unsynced writes lost", counts.lost), ("unsynced writes torn", counts.torn),
      ("unsynced names lost", counts.names_lost),
    ] {
      disk[name, default: 0] += Int(count)
    }
  }

  package mutating func add(_ other: Tally) {
    seeds += other.seeds
    steps += other.steps
    faults.merge(other.faults, uniquingKeysWith: +)
    told.merge(other.told, uniquingKeysWith: +)
    disk.merge(other.disk, uniquingKeysWith: +)
    pairs.merge(other.pairs, uniquingKeysWith: +)
  }

  /// Every count with its group and name, in order.
  package var rows: [(group: String, name: String, count: Int)] {
    let groups = [
      ("runs", ["seeds": seeds, "steps": steps]), ("faults, and what came of them", faults),
      ("told to clients", told), ("disk", disk), ("state and event", pairs),
    ]
    return groups.flatMap { group, counts in
      counts.sorted { $0.key < $1.key }.map { (group, $0.key, $0.value) }
    }
  }
}
