import JobModel
import SQLite
import Testing

@testable import JobStore

/// How far each phase of a job is. That the counts are those of the tasks is a promise, held after every command of
/// every test of the store.
struct PhaseTests {
  private func task(_ key: String, _ phase: String?, needs: [String] = []) throws -> NewTask {
    NewTask(
      key: try TaskKey(key), kind: try Kind("docs"), phase: phase, needs: try needs.map { try TaskKey($0) })
  }

  /// The phases of a job as they are told: a word for each, with what is in each state.
  private func told(_ test: TestStore, _ job: JobID?) throws -> [String] {
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    let shown = try reader.jobWithPhases(job, for: TestStore.all)
    let sum = shown.phases.map(\.counts.total).reduce(0, +)
    #expect(sum == shown.job.counts.total)
    return shown.phases.map { phase in
      let states = TaskState.allCases.filter { phase.counts[$0] > 0 }.map { "\(phase.counts[$0]) \($0.rawValue)" }
      return (phase.name ?? "-") + ": " + states.joined(separator: ", ")
    }
  }

  @Test func `phases stand in the order of their first tasks, what has no phase at the end`() throws {
    let test = try TestStore()
    let id = try test.submit([
      try task("a", nil), try task("b", "Zeta"), try task("c", "Alpha", needs: ["b"]), try task("d", ""),
    ])
    _ = try test.submit([try task("other", "Alpha")])
    #expect(try told(test, id) == ["Zeta: 1 ready", "Alpha: 1 blocked", "-: 2 ready"])
    try test.worker("s", slots: 9)
    let grants = try test.dispatch()
    try test.complete(try #require(grants.first { $0.key == "b" }))
    #expect(try told(test, id) == ["Zeta: 1 succeeded", "Alpha: 1 ready", "-: 2 leased"])
    try test.run { try $0.cancel(id, by: TestStore.all, reason: nil, now: test.now) }
    #expect(try told(test, id) == ["Zeta: 1 succeeded", "Alpha: 1 cancelled", "-: 2 cancelled"])
    _ = try test.run { try $0.retry(id, by: TestStore.all, matching: nil, now: test.now) }
    #expect(try told(test, id) == ["Zeta: 1 succeeded", "Alpha: 1 ready", "-: 2 ready"])
  }

  @Test func `names are the same only byte by byte`() throws {
    let test = try TestStore()
    let id = try test.submit([try task("a", "\u{FC}"), try task("b", "u\u{308}"), try task("c", "\u{FC}")])
    #expect(try told(test, id).map { $0.suffix(7) } == ["2 ready", "1 ready"])
  }

  @Test func `a refused command and one that is given up leave no phase behind`() throws {
    let test = try TestStore()
    let id = try test.submit([try task("a", "one")]) { $0.isSealed = false }
    let batch = [try task("b", "two"), try task("c", "one"), try task("a", "three")]
    try test.refusal(.conflict) { _ = try $0.addTasks(batch, to: id, by: TestStore.all, now: test.now) }
    try test.store.begin()
    _ = try test.store.addTasks([try task("b", "two")], to: id, by: TestStore.all, now: test.now)
    test.store.rollback()
    #expect(try told(test, id) == ["one: 1 ready"])
    try test.run { _ = try $0.addTasks([try task("b", "two")], to: id, by: TestStore.all, now: test.now) }
    #expect(try told(test, id) == ["one: 1 ready", "two: 1 ready"])
  }

  @Test func `a job that is submitted and cancelled in one transaction is counted once`() throws {
    let test = try TestStore()
    var new = NewJob(owner: TestStore.ann, kind: try Kind("docs"))
    new.tasks = [try task("a", "one"), try task("b", "two", needs: ["a"])]
    try test.store.begin()
    let id = try test.store.submit(new, now: test.now).job
    try test.store.cancel(id, by: TestStore.all, reason: nil, now: test.now)
    try test.store.commit()
    #expect(try told(test, id) == ["one: 1 cancelled", "two: 1 cancelled"])
  }

  @Test func `phases beyond those that are shown are counted together`() throws {
    let test = try TestStore()
    let count = StoreReader.phasesShownMax
    let id = try test.submit(try (1...count + 5).map { try task("t\($0)", "phase \($0)") } + [task("last", nil)])
    let shown = try told(test, id)
    #expect(shown.count == count + 1 && shown.last == "-: 6 ready")
  }

  @Test func `a store of before phases were counted has them after its first start`() throws {
    let test = try TestStore()
    let id = try test.submit([
      try task("a", "Zeta"), try task("b", "Alpha", needs: ["a"]), try task("c", nil), try task("d", "Zeta"),
    ])
    try test.worker("s", slots: 1)
    try test.complete(try test.lease())
    let before = try told(test, id)
    do {
      let editor = try Connection(path: test.file.path, access: .readWrite)
      // Only this step once more: `MigrationTests` begins with whole stores of before.
      try editor.execute("DROP TABLE phase")
      try editor.execute(migration2.sql)
    }
    try test.restart()
    #expect(try told(test, id) == before && before.count == 3)
  }

  @Test func `a check finds counts that are not those of the tasks`() throws {
    let test = try TestStore()
    _ = try test.submit([try task("a", "one"), try task("b", "two")])
    let editor = try Connection(path: test.file.path, access: .readWrite)
    try editor.execute("UPDATE phase SET ready = 7 WHERE name = 'one'; DELETE FROM phase WHERE name = 'two'")
    let findings = try StoreCheck.run(test.file, blobs: test.store.blobs).findings.map(\.message)
    #expect(findings.map { $0.suffix(16) } == ["job 1, phase one", "job 1, phase two"], "\(findings)")
  }
}
