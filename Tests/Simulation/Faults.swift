import CSimulatedDisk
import TestSupport

/// One thing that goes wrong.
enum Fault {
  /// The calls of the disk fail in one way, from the call number `after` on, so many of them.
  case disk(simdisk_fault, after: Int, calls: Int)
  /// The machine loses its power at a call of its disk: what was not synced is kept, lost or torn.
  case powerFailure(after: Int)
  /// `kill -9` of the broker at a call of the disk.
  case kill(after: Int)
  case workerDies
  case userBreaksOff
  case watcherBreaksOff
  case slowDisk(ms: Int64)
  case clockJumps(ms: Int64)
  /// The machine is suspended, or the broker stopped, for a while.
  case pause(ms: Int64)
  /// The broker is told to stop.
  case stop

  var name: String {
    switch self {
    case .disk(SIMDISK_WRITES_FAIL, _, _): "writes fail"
    case .disk(SIMDISK_SYNCS_FAIL, _, _): "syncs fail"
    case .disk(SIMDISK_IS_FULL, _, _): "disk full"
    case .disk(SIMDISK_WRITES_SHORT, _, _): "disk full in mid-write"
    case .disk: "disk"
    case .powerFailure: "power failure"
    case .kill: "kill of the broker"
    case .workerDies: "death of a worker"
    case .userBreaksOff: "user breaks off"
    case .watcherBreaksOff: "watcher breaks off"
    case .slowDisk: "slow disk"
    case .clockJumps: "clock set"
    case .pause: "pause"
    case .stop: "stop of the broker"
    }
  }

  static func any(_ random: inout SeededRandom) -> Fault {
    let after = Int(random.next() % 40)
    let calls = Int(random.next() % 30) + 1
    switch random.next() % 20 {
    case 0...4: return .powerFailure(after: after)
    case 5...7: return .kill(after: after)
    case 8: return .disk(SIMDISK_WRITES_FAIL, after: after, calls: calls)
    case 9: return .disk(SIMDISK_SYNCS_FAIL, after: after, calls: calls)
    case 10: return .disk(SIMDISK_IS_FULL, after: after, calls: calls * 4)
    case 11: return .disk(SIMDISK_WRITES_SHORT, after: after, calls: calls * 4)
    case 12, 13: return .workerDies
    case 14: return .userBreaksOff
    case 15: return .watcherBreaksOff
    case 16: return .slowDisk(ms: Int64(random.next() % 4_000))
    case 17: return .clockJumps(ms: random.chance(percent: 50) ? 3_600_000 : -3_600_000)
    case 18: return .pause(ms: Int64(random.next() % 60_000))
    default: return .stop
    }
  }
}

/// Which faults strike before which steps.
struct FaultPlan {
  private var faults: [Int: Fault] = [:]

  /// From three to seven of them, in the first nine tenths of the steps.
  init(_ random: inout SeededRandom, steps: Int) {
    let count = 3 + Int(random.next() % 5)
    while faults.count < min(count, steps / 2) {
      faults[Int(random.next() % UInt64(max(steps * 9 / 10, 1)))] = Fault.any(&random)
    }
  }

  func next(at step: Int) -> Fault? { faults[step] }
}
