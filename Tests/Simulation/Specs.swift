import JSON
import TestSupport
import Wire

/// What is submitted: small jobs of every shape.
enum Specs {
  static let kinds = ["docs", "tests"]
  static let tasksMax = 4
  static let collections = ["Summer", "Winter"]
  static let creditsMax = 3
  /// Of some jobs of a user; each of the others has one of its own.
  static let sharedProject = "shared"

  private static func credits(_ random: inout SeededRandom) -> Int? {
    random.chance(percent: 50) ? Int(random.next() % UInt64(creditsMax + 1)) : nil
  }

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
        maxAttempts: 2, maxCrashes: 4, credits: credits(&random),
        columns: random.chance(percent: 30)
          ? ["product": random.element(of: ["Parka", "Boots"]), "type": "sketch"] : nil,
        collections: random.chance(percent: 30) ? [random.element(of: collections)] : nil,
        section: random.chance(percent: 20) ? "views" : nil)
    }
  }

  /// The task of a recipe that makes a plan, tasks of its parts, and one that needs all of them. Now and then it is no recipe.
  static func recipe(_ random: inout SeededRandom) -> [JobsAPI.TaskSpec] {
    let kind = random.element(of: kinds)
    let text = """
      recipe: r
      inputs: {names: {type: list, default: [x, y]}}
      tasks:
        plan: {kind: \(kind), outputs: [plan.json], max_attempts: 2, credits: 2}
        part:
          foreach: {part: outputs.plan.parts, name: inputs.names}
          kind: \(kind)
          outputs: ["{part}/{name}"]
          credits: 1
          collections: [Winter]
        all: {kind: \(kind), needs: [part]}
      """
    let payload: JSONTree = [
      "file": "r.yaml", "recipe": .string(random.chance(percent: 5) ? text + "\n  - nonsense" : text), "values": [:],
    ]
    var task = JobsAPI.TaskSpec(key: "recipe")
    (task.kind, task.op, task.payload) = ("recipe", "expand", RawJSON(payload))
    return [task]
  }

  /// What a path holds: JSON where others are made from it, and now and then none.
  static func content(_ path: String, _ words: String, isWrong: Bool) -> [UInt8] {
    guard path.hasSuffix(".json") || isRecord(path), !isWrong else { return Array("\(path) of \(words)".utf8) }
    let plan: JSONTree = ["parts": ["a", "b"], "made": .string(words)]
    return plan.bytes
  }

  /// Where the record of a task is.
  static func record(of key: String) -> String { "//notes/\(key)" }

  static func isRecord(_ path: String) -> Bool { path.hasPrefix("//") }

  static func mediaType(_ path: String) -> String { isRecord(path) ? "application/json" : "text/plain" }

  /// Tasks that a running task adds to its job.
  static func children(_ random: inout SeededRandom, of key: String) -> [WorkerAPI.TaskSpec] {
    (0..<Int(random.next() % 2) + 1).map { index in
      WorkerAPI.TaskSpec(
        key: "\(key)/c\(index)", outputs: ["\(key)/c\(index)/out"], maxAttempts: 2, maxCrashes: 4,
        credits: credits(&random), collections: random.chance(percent: 30) ? [random.element(of: collections)] : nil)
    }
  }
}
