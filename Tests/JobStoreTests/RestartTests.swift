import JobModel
import JobStore
import Testing

/// The broker was killed and starts again on its store.
struct RestartTests {
  @Test func `everything that was committed is there, under the same numbers`() throws {
    let test = try TestStore()
    let history = test.store.historyID
    let job = try test.submit([task("a", outputs: ["a.html"]), task("b", needs: ["a"])])
    try test.worker("s")
    try test.finish(test.lease(), ["a.html": "A"])
    let generation = test.store.generation
    let events = try test.count("event")
    try test.restart(boot: "other")
    #expect(test.store.historyID == history)
    #expect(test.store.generation == generation + 1)
    #expect(test.store.eventHigh == events)
    #expect(try test.states(job) == ["a": .succeeded, "b": .ready])
    #expect(try test.head("a.html") == "A")
  }

  @Test func `what was not committed is gone, and its event numbers are given again`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    let high = test.store.eventHigh
    try test.store.begin()
    _ = try test.store.attempt { try $0.submit(try job([task("lost")]), now: test.now) }
    #expect(test.store.eventHigh > high)
    // Killed here: the writer that holds the transaction is closed with it.
    test.store.rollback()
    try test.restart()
    #expect(try test.count("job") == 1)
    #expect(test.store.eventHigh == high)
    #expect(try test.submit([task("a")]) == JobID(2))
  }

  @Test func `on the same boot a lease waits for its worker, which goes on and may repeat itself`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("old")
    let grant = try test.lease()
    try test.put(grant, "1", "one")
    try test.restart()
    #expect(try test.store.leasesInGrace().map(\.lease) == [grant.lease])
    // Nobody else gets it meanwhile, and nobody speaks for it.
    try test.worker("other", slots: 9)
    #expect(try test.dispatch().isEmpty)
    try test.refusal(.staleLease) { try $0.release(grant.claim(), reason: nil, now: test.now) }

    try test.worker("new")
    let resumed = try test.resume([grant.lease], of: "old", as: "new")
    #expect(resumed == [grant.lease])
    #expect(try test.store.leasesInGrace().isEmpty)
    #expect(try test.put(grant, "1", "one", session: "new") == .duplicate(version: 1))
    #expect(try test.put(grant, "2", "two", session: "new") == .committed(version: 1))
    try test.run {
      try $0.complete(
        grant.claim(as: "new"), results: 2, digest: TestStore.digest(["1": "one", "2": "two"]), now: test.now)
    }
    #expect(try test.state(job) == .succeeded)
    #expect(try test.count("error") == 0)
  }

  @Test func `a resumed lease counts against the slots of its worker`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a"), task("b")])
    try test.worker("old")
    let grant = try test.lease()
    try test.restart()
    try test.worker("new")
    try test.resume([grant.lease], of: "old", as: "new")
    #expect(try test.dispatch().isEmpty)
    try test.run { try $0.release(grant.claim(as: "new"), reason: nil, now: test.now) }
    #expect(try test.dispatch().count == 1)
  }

  @Test func `a worker that comes back without a lease gives it back, at no charge`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", crashes: 1), task("b", crashes: 1), task("c", crashes: 1)])
    try test.worker("old", slots: 2)
    let grants = try test.dispatch()
    try test.worker("stranger")
    _ = try test.lease()
    try test.restart()
    try test.worker("new", slots: 1)
    // Of the three in grace it names one of its own and one of the other worker's.
    let named = [grants[0].lease, try #require(test.store.leasesInGrace().last?.lease)]
    #expect(try test.resume(named, of: "old", as: "new") == [grants[0].lease])
    #expect(try test.states(job) == ["a": .leased, "b": .ready, "c": .leased])
    #expect(try test.store.leasesInGrace().count == 1)
    #expect(try test.count("error") == 0)
  }

  @Test func `a user's worker takes up only that user's leases`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("old")
    let grant = try test.lease()
    try test.restart()
    #expect(try test.resume([grant.lease], of: "old", as: "ben's", owner: TestStore.ben).isEmpty)
    #expect(try test.states(job) == ["a": .leased])
    #expect(try test.resume([grant.lease], of: "old", as: "ann's", owner: TestStore.ann) == [grant.lease])
  }

  @Test func `a lease remembers its worker's process, and the grace can end for it alone`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", crashes: 1), task("b", crashes: 1), task("c", crashes: 1)])
    try test.worker("one", pid: 4711)
    try test.worker("two", pid: nil)
    let grants = try test.dispatch()
    try test.restart()
    #expect(try Set(test.store.leasesInGrace().map(\.pid)) == [4711, nil])
    let gone = try test.store.leasesInGrace().filter { $0.pid == 4711 }.map(\.lease)
    try test.run { try $0.endGrace(of: Set(gone), now: test.now) }
    #expect(gone == [grants[0].lease])
    #expect(try test.states(job) == ["a": .ready, "b": .leased, "c": .ready])
    #expect(try test.count("error") == 0)
    // A worker that comes back in another process is known by that one from then on.
    try test.worker("new", pid: 4712)
    try test.resume([grants[1].lease], of: "two", as: "new")
    try test.restart()
    #expect(try test.store.leasesInGrace().map(\.pid) == [4712])
  }

  @Test func `when the grace is over the rest is ready again, at no charge`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", attempts: 1, crashes: 1)])
    try test.worker("old")
    let grant = try test.lease()
    try test.restart()
    try test.run { try $0.endGrace(now: test.now) }
    try test.run { try $0.endGrace(now: test.now) }
    #expect(try test.states(job) == ["a": .ready])
    #expect(try test.resume([grant.lease], of: "old", as: "new").isEmpty)
    try test.worker("new")
    let next = try test.lease()
    #expect(next.attempt == 1 && next.lease > grant.lease)
  }

  @Test func `a second restart within the grace keeps it`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("old")
    let grant = try test.lease()
    try test.restart()
    try test.restart()
    #expect(try test.resume([grant.lease], of: "old", as: "new") == [grant.lease])
  }

  @Test func `after a reboot all leases are over, at no charge`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", attempts: 1, crashes: 1)])
    try test.worker("old")
    let grant = try test.lease()
    try test.put(grant, "1", "one")
    try test.restart(boot: "after the reboot")
    #expect(try test.store.leasesInGrace().isEmpty)
    #expect(try test.states(job) == ["a": .ready])
    try test.worker("new")
    #expect(try test.lease().done.map(\.path) == ["1"])
  }

  @Test func `a tainted lease does not come back`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("old")
    let grant = try test.lease()
    try test.run { try $0.taint(grant.claim()) }
    try test.restart()
    #expect(try test.store.leasesInGrace().isEmpty)
    #expect(try test.states(job) == ["a": .ready])
  }

  @Test func `cancel reaches leases in grace`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("old")
    let grant = try test.lease()
    try test.restart()
    try test.run { try $0.cancel(job, by: TestStore.all, reason: nil, now: test.now) }
    #expect(try test.resume([grant.lease], of: "old", as: "new").isEmpty)
    try test.run { try $0.endGrace(now: test.now) }
    #expect(try test.state(job) == .cancelled)
  }

  @Test func `waits go on after a restart`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    try test.fail(test.lease())
    let due = try test.dispatchTellingNextDue().nextDue
    try test.restart(boot: "other")
    try test.worker("t")
    #expect(try test.dispatchTellingNextDue().nextDue == due)
    test.now = try #require(due)
    #expect(try test.lease().attempt == 2)
  }
}
