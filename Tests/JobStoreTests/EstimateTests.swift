import JobModel
import TestSupport
import Testing

@testable import JobStore

/// What the tasks that have not begun would do, and what that would cost.
struct EstimateTests {
  private static let one = "1.0"

  @Test func `an estimate goes by how often tasks were made, not by how many there are`() throws {
    let test = try TestStore(version: Self.one)
    let id = try test.submit([try task("a")]) { $0.models = (try? [ModelName(TestStore.model)]) ?? [] }
    for round in 0..<4 {
      if round > 0 { try test.run { _ = try $0.regenerate(id, by: TestStore.all, .init(), now: test.now) } }
      let grant = try test.lease()
      try test.settle(test.go(grant, "q\(round)"), TestStore.answered(usd: 4, tokens: 40))
      try test.finish(grant, ["a": "\(round)"])
    }
    let next = try test.submit([try task("b")]) { $0.models = (try? [ModelName(TestStore.model)]) ?? [] }
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    var search = StoreReader.EstimateSearch(of: next, versions: [:])
    while try !reader.estimate(&search, TestStore.all) {}
    let past = try #require(search.groups.first?.past)
    #expect(past.tasks == 4 && past.callsMilli == 1_000 && past.picoUSD == 4 && past.inputTokens == 20)
  }

  @Test func `an estimate tells what would be reused, what has to run and what depends on that, and changes nothing`()
    throws
  {
    let test = try TestStore(version: Self.one)
    func tasks(_ payload: String) throws -> [NewTask] {
      // What needs something stands before it, too.
      [
        try task("top", needs: ["up"], outputs: ["top"]), try task("x", outputs: ["x"], payload: payload),
        try task("up", needs: ["x", "y"], outputs: ["up"]), try task("y", outputs: ["y"]),
        try task("side", needs: ["y"], outputs: ["side"]),
        try task("fixed", needs: ["x"], outputs: ["fixed"], reuseBy: .payload),
      ]
    }
    try test.submit(try tasks("{}"))
    try test.work()
    try test.run { $0.closeSession("w") }
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    func estimate(_ id: JobID, _ versions: [String: String]) throws -> [[Int]] {
      var search = StoreReader.EstimateSearch(of: id, versions: versions)
      while try !reader.estimate(&search, TestStore.all) {}
      return search.groups.map { [$0.reused, $0.toRun, $0.open] }
    }
    let same = try test.submit(try tasks("{}"))
    #expect(try estimate(same, ["docs": Self.one]) == [[6, 0, 0]])
    #expect(try estimate(same, ["docs": "2.0"]) == [[0, 2, 4]] || estimate(same, ["docs": "2.0"]) == [[0, 3, 3]])
    #expect(try estimate(same, [:]) == [[0, 6, 0]])
    let changed = try test.submit(try tasks("{\"v\":2}"))
    #expect(try estimate(changed, ["docs": Self.one]) == [[3, 1, 2]])
    #expect(try test.count("lease") == 6)
  }
}
