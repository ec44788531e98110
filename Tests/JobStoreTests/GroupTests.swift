import Digest
import JobModel
import SQLite
import Testing

@testable import JobStore

/// Commands that share a transaction: each succeeds or fails alone, and when the transaction is lost nobody has been
/// answered.
struct GroupTests {
  /// A command that keeps what it was answered.
  private final class Command: StoreCommand, @unchecked Sendable {  // used by one thread
    typealias Body = (JobStore, Int64) throws -> Void
    private let body: Body
    private(set) var runs = 0
    private(set) var error: StoreError?

    init(_ body: @escaping Body) { self.body = body }

    func run(on store: JobStore, now: Int64) {
      runs += 1
      error = nil
      do { try store.attempt { try body($0, now) } } catch { self.error = StoreError(error) }
    }

    func abandon(_ error: StoreError) { self.error = error }
    func deliver() {}

    var isFull: Bool { if case .full? = error { true } else { false } }
    var isRefused: Bool { if case .refused? = error { true } else { false } }
  }

  private func submit(_ tasks: [NewTask]) -> Command { Command { _ = try $0.submit(try job(tasks), now: $1) } }

  @Test func `a refused command leaves the others of its group, and nothing of itself`() throws {
    let test = try TestStore()
    try test.worker("s", slots: 9)
    let commands = [
      submit([try task("a")]),
      submit([try task("x"), try task("y", needs: ["y"])]),
      Command { store, now in
        store.setSlots("s", 0)
        store.openSession("ghost", kind: try Kind("docs"), worker: "w", pid: nil, owner: nil, slots: 9)
        try store.cancel(JobID(1), by: TestStore.all, reason: nil, now: now)
        throw Refusal(.conflict, "after everything was done", remedy: "nothing")
      },
      submit([try task("b")]),
    ]
    let outcome = try GroupCommit(test.store).run(commands, now: test.now)
    try test.checkPromises()
    #expect(commands.map(\.isRefused) == [false, true, true, false])
    #expect(commands.map(\.runs) == [2, 2, 2, 1], "the group begins again, with savepoints, and only once")
    #expect(try test.text("SELECT group_concat(key) FROM task") == "a,b")
    #expect(try test.integer("SELECT max(id) FROM job") == 2)
    let sessions = outcome.effects.map { effect in
      if case .granted(let grant) = effect { "\(grant.session) \(grant.key)" } else { "revoked" }
    }
    #expect(sessions == ["s a", "s b"])
    #expect(outcome.eventHigh == test.store.eventHigh)
  }

  @Test func `a command that is refused before it changes anything costs its group nothing`() throws {
    let test = try TestStore()
    try test.worker("s")
    let commands = [
      submit([try task("a")]),
      Command { try $0.cancel(JobID(77), by: TestStore.all, reason: nil, now: $1) },
      submit([try task("b")]),
    ]
    _ = try GroupCommit(test.store).run(commands, now: test.now)
    try test.checkPromises()
    #expect(commands.map(\.isRefused) == [false, true, false])
    #expect(commands.map(\.runs) == [1, 1, 1])
  }

  @Test func `a submission that is refused costs its group nothing`() throws {
    let test = try TestStore()
    try test.upload("there")
    let (there, missing) = (SHA256Digest(of: Array("there".utf8)), SHA256Digest(of: Array("missing".utf8)))
    func submit(_ inputs: [(String, SHA256Digest)], _ tasks: [NewTask] = []) -> Command {
      Command { store, now in
        var new = try job(tasks)
        new.inputs = try inputs.map { (try ResultPath($0.0), $0.1) }
        _ = try store.submit(new, now: now)
      }
    }
    let commands = [
      submit([("a", there)]),
      submit([("a", there), ("b", missing)]),
      submit([("a", there), ("a", there)]),
      submit([("a", there), ("a/b", there)]),
      submit([], [try task("one", outputs: ["x"]), try task("two", outputs: ["x"])]),
      submit([("a", there)]),
    ]
    _ = try GroupCommit(test.store).run(commands, now: test.now)
    try test.checkPromises()
    #expect(commands.map(\.isRefused) == [false, true, true, true, true, false])
    #expect(commands.map(\.runs) == [1, 1, 1, 1, 1, 1])
    #expect(try test.count("job_input") == 2)
  }

  @Test func `a refused command inside a job does not touch the job's counts`() throws {
    let test = try TestStore()
    _ = try test.submit([task("plan")])
    try test.worker("s")
    let plan = try test.lease()
    let commands = [
      Command { _ = try $0.spawn([try task("a")], under: plan.claim(), now: $1) },
      Command { _ = try $0.spawn([try task("b"), try task("plan", outputs: ["x"])], under: plan.claim(), now: $1) },
      Command { _ = try $0.spawn([try task("c")], under: plan.claim(), now: $1) },
    ]
    _ = try GroupCommit(test.store).run(commands, now: test.now)
    try test.checkPromises()
    #expect(commands.map(\.isRefused) == [false, true, false])
    #expect(try test.text("SELECT group_concat(key) FROM (SELECT key FROM task ORDER BY id)") == "plan,a,c")
  }

  @Test func `when SQLite ends the transaction by itself, nobody is answered and all run again alone`() throws {
    let test = try TestStore()
    _ = try test.submit([task("plan"), task("second")])
    try test.worker("s")
    let plan = try test.lease()
    let pages = try test.store.connection.integer("PRAGMA page_count") ?? 0
    try test.store.connection.execute("PRAGMA max_page_count = \(pages + 12)")

    let large = String(repeating: "x", count: 100_000)
    let commands = [
      Command { _ = try $0.put(try TestStore.result("small 1", "1"), under: plan.claim(), now: $1) },
      Command { _ = try $0.put(try TestStore.result("large", large), under: plan.claim(), now: $1) },
      Command { _ = try $0.put(try TestStore.result("small 2", "2"), under: plan.claim(), now: $1) },
      Command { try $0.release(plan.claim(), reason: nil, now: $1) },
    ]
    let outcome = try GroupCommit(test.store).run(commands, now: test.now)
    try test.checkPromises()
    #expect(commands.map(\.isFull) == [false, true, false, false])
    #expect(commands.map(\.runs) == [2, 2, 1, 1], "the group was not run again")
    #expect(try test.text("SELECT group_concat(path) FROM result") == "small 1,small 2")
    #expect(outcome.nextDueMs != nil)

    // There is room again: the same command succeeds, and the worker has its slot back.
    try test.store.connection.execute("PRAGMA max_page_count = 1073741823")
    #expect(try test.lease().done.map(\.path) == ["small 1", "small 2"])
  }

  @Test func `a disk that is full at the commit of the group loses none of its members' answers`() throws {
    let test = try TestStore()
    try test.worker("s", slots: 1)
    _ = try test.submit([task("a"), task("b")])
    let pages = try test.store.connection.integer("PRAGMA page_count") ?? 0
    try test.store.connection.execute("PRAGMA max_page_count = \(pages)")
    let many = try (0..<200).map { try task("t\($0)") }
    let command = submit(many)
    let outcome = try GroupCommit(test.store).run([command], now: test.now)
    try test.checkPromises()
    #expect(command.isFull)
    #expect(try test.count("job") == 1)
    #expect(outcome.effects.isEmpty)
    try test.store.connection.execute("PRAGMA max_page_count = 1073741823")
    let again = try GroupCommit(test.store).run([command], now: test.now)
    try test.checkPromises()
    #expect(command.error == nil)
    // The lease that was lost with the transaction did not use up the slot.
    #expect(again.effects.count == 1)
  }

  @Test func `a row that cannot be written back fails its own command, and the broker goes on`() throws {
    let test = try TestStore()
    let bad = try test.submit([task("a")])
    let good = try test.submit([task("b")])
    // Stands for a page that is damaged: the row is in memory, and first looked for on the disk when the group ends.
    try test.store.connection.execute(
      "CREATE TRIGGER t BEFORE UPDATE ON job WHEN old.id = \(bad) BEGIN SELECT raise(ABORT, 'damaged'); END")
    let commands = [bad, good].map { id in
      Command { try $0.pause(id, by: TestStore.all, reason: nil, now: $1) }
    }
    _ = try GroupCommit(test.store).run(commands, now: test.now)
    #expect(commands[0].error != nil && commands[1].error == nil)
    #expect(try test.state(bad) == .pending && test.state(good) == .paused)
    try test.checkPromises()
  }

  @Test func `while another program holds the store, a group is told to come again`() throws {
    let test = try TestStore()
    let other = try Connection(path: test.store.file.path, access: .readWrite)
    try other.execute("BEGIN IMMEDIATE")
    test.store.connection.setBusyTimeout(milliseconds: 0)
    let commands = try (0..<3).map { submit([try task("t\($0)")]) }
    let outcome = try GroupCommit(test.store).run(commands, now: test.now)
    for command in commands { #expect(command.error?.isPassing == true) }
    #expect(outcome.nextDueMs == test.now + GroupCommit.retryMs)
    try other.execute("ROLLBACK")
    _ = try GroupCommit(test.store).run(commands, now: test.now)
    #expect(commands.allSatisfy { $0.error == nil })
    try test.checkPromises()
  }

  @Test func `a transaction that is given up leaves memory as the disk has it`() throws {
    let test = try TestStore()
    let first = try test.submit([task("a"), task("b")])
    try test.worker("s", slots: 2)
    let (events, job) = (test.store.eventHigh, try test.count("job"))
    try test.store.begin()
    _ = try test.store.submit(JobStoreTests.job([task("c")]), now: test.now)
    #expect(try test.store.dispatch(now: test.now) == nil)
    #expect(test.store.effects.count == 2)
    test.store.rollback()
    #expect(test.store.effects.isEmpty && test.store.eventHigh == events)
    #expect(try test.count("job") == job)
    try test.checkPromises()
    let grants = try test.dispatch()
    #expect(grants.map(\.job) == [first, first])
    #expect(Set(grants.map(\.lease)).count == 2)
  }
}
