import TestSupport

/// One fault: who is hit, how, and when.
package struct Fault: Sendable, Equatable {
  /// A process of the harness.
  package enum Victim: String, Sendable, CaseIterable {
    case broker
    case docsWorker = "docs worker"
    case filesWorker = "files worker"
    case plugin
    case bareWorker = "bare worker"
    case submitter
    case watcher
  }

  /// What is done to it.
  package enum How: Sendable, Equatable {
    /// `kill -9`.
    case kill
    /// `SIGSTOP`, and `SIGCONT` after a while; with `overlaps` the next faults come meanwhile.
    case stop(ms: Int, overlaps: Bool)
    /// `SIGTERM`: a broker or worker finishes what it does, and ends.
    case drain

    /// For the table.
    var name: String {
      switch self {
      case .kill: "kill -9"
      case .stop(let ms, _): ms > CrashRun.leaseTimeoutMs ? "SIGSTOP, longer than a lease" : "SIGSTOP"
      case .drain: "SIGTERM"
      }
    }
  }

  package let victim: Victim
  package let how: How
  /// Which of several of its sort, by a number that is taken modulo theirs.
  let choice: Int
  /// How many files have to be committed since the last fault, and how long to wait then.
  let commits: Int
  let delayUs: Int
}

/// The sequence of faults of a seed. The same seed is the same sequence; at which instruction they hit is for the machine.
package struct FaultPlan: Sendable {
  private var random: SeededRandom

  package init(seed: UInt64) { random = SeededRandom(seed: seed) }

  package mutating func next() -> Fault {
    let victim = Self.victims[Int(random.next() % UInt64(Self.victims.count))]
    return Fault(
      victim: victim, how: how(victim), choice: Int(random.next() % 64), commits: 1 + Int(random.next() % 4),
      delayUs: Int(random.next() % 16_000))
  }

  /// In the proportion in which they are hit.
  private static let victims: [Fault.Victim] = [
    .broker, .broker, .broker, .broker, .broker, .docsWorker, .docsWorker, .filesWorker, .filesWorker, .filesWorker,
    .plugin, .plugin, .plugin, .plugin, .bareWorker, .bareWorker, .bareWorker, .submitter, .submitter, .watcher,
  ]

  private mutating func how(_ victim: Fault.Victim) -> Fault.How {
    let roll = random.next() % 100
    if roll < 55 { return .kill }
    let drains = [.broker, .docsWorker, .filesWorker].contains(victim)
    if roll < 70, drains { return .drain }
    // Half of them longer than a lease.
    let isLong = random.chance(percent: 50)
    let ms = isLong ? CrashRun.leaseTimeoutMs + 200 + Int(random.next() % 800) : 30 + Int(random.next() % 500)
    return .stop(ms: ms, overlaps: random.chance(percent: 50))
  }
}
