import JSON
import TestSupport
import Wire

/// What is submitted: small jobs of every shape.
enum Specs {
  static let kinds = ["docs", "tests"]
  static let tasksMax = 4

  /// The tasks of a job. Needs lead to earlier tasks mostly, at times to a later one that needs nothing, or nowhere.
  static func tasks(_ random: inout SeededRandom) -> [JobsAPI.TaskSpec] {
    let count = Int(random.next() % UInt64(tasksMax)) + 1
    return (0..<count).map { index in
      var needs = (0..<index).filter { _ in random.chance(percent: 35) }.map { "t\($0)" }
      if random.chance(percent: 2) { needs.append("nowhere") }
      let declares = random.chance(percent: 60)
      return JobsAPI.TaskSpec(
        key: "t\(index)", kind: random.chance(percent: 20) ? random.element(of: kinds) : nil,
        phase: random.chance(percent: 30) ? "phase" : nil,
        needs: needs.isEmpty ? nil : needs, needsPolicy: random.chance(percent: 25) ? .settled : nil,
        outputs: declares ? ["t\(index)/out"] : nil, timeoutMs: random.chance(percent: 10) ? 60_000 : nil,
        maxAttempts: 2, maxCrashes: 4)
    }
  }

  /// Tasks that a running task adds to its job.
  static func children(_ random: inout SeededRandom, of key: String) -> [WorkerAPI.TaskSpec] {
    (0..<Int(random.next() % 2) + 1).map { index in
      WorkerAPI.TaskSpec(key: "\(key)/c\(index)", outputs: ["\(key)/c\(index)/out"], maxAttempts: 2, maxCrashes: 4)
    }
  }
}
