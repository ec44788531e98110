import Digest
import JSON
import Testing
import Wire

@testable import WorkerHost

private func item(_ path: String) -> WorkerAPI.DoneItem {
  WorkerAPI.DoneItem(path: path, sha256: SHA256Digest(of: Array(path.utf8)).hex, size: path.utf8.count)
}

struct LeaseRunTests {
  @Test func `a lease is completed with what earlier leases committed and with its own`() {
    var run = LeaseRun(lease(1, done: [item("b")]))
    run.writeBegan()
    run.committed("a", SHA256Digest(of: Array("a".utf8)))
    run.pluginDone()
    let digest = CompletionDigest.of(["a", "b"].map { (path: $0, sha256: SHA256Digest(of: Array($0.utf8))) })
    #expect(run.takeEnding() == .complete(results: 2, digest: digest.hex))
    #expect(run.takeEnding() == nil, "the ending is handed out once")
  }

  @Test func `a done item that is made again counts once, with its new bytes`() {
    var run = LeaseRun(lease(1, done: [item("a")]))
    run.writeBegan()
    run.committed("a", SHA256Digest(of: []))
    run.pluginDone()
    #expect(
      run.takeEnding()
        == .complete(results: 1, digest: CompletionDigest.of([(path: "a", sha256: SHA256Digest(of: []))]).hex))
  }

  @Test func `two paths that only look the same are two files`() {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    var run = LeaseRun(lease(1, done: [item(composed)]))
    run.writeBegan()
    run.committed(decomposed, SHA256Digest(of: Array(decomposed.utf8)))
    run.pluginDone()
    let files = [composed, decomposed].map { (path: $0, sha256: SHA256Digest(of: Array($0.utf8))) }
    #expect(run.takeEnding() == .complete(results: 2, digest: CompletionDigest.of(files).hex))
  }

  @Test func `a lease does not end while a write is not answered`() {
    var run = LeaseRun(lease(1))
    run.writeBegan()
    run.writeBegan()
    run.pluginDone()
    #expect(run.takeEnding() == nil)
    run.accepted()
    #expect(run.takeEnding() == nil)
    run.accepted()
    #expect(run.takeEnding() != nil)
  }

  @Test func `after a refused write the attempt fails although the plugin says that it is done`() {
    let flaw = TaskFailure("bad_result", "no")
    var run = LeaseRun(lease(1))
    run.spoil(flaw)
    run.spoil(TaskFailure("other", "later"))
    run.pluginDone()
    #expect(run.takeEnding() == .fail(flaw))
  }

  @Test func `the first reason to fail counts, and the plugin's own goes before a refused write`() {
    var run = LeaseRun(lease(1))
    run.spoil(TaskFailure("bad_result", "no"))
    run.failed(TaskFailure("timeout", "late"))
    run.failed(TaskFailure("plugin_crash", "killed"))
    run.pluginDone()
    #expect(run.takeEnding() == .fail(TaskFailure("timeout", "late")))
  }

  @Test func `a lost lease is not ended by the worker`() {
    var run = LeaseRun(lease(1))
    run.lost()
    run.pluginDone()
    #expect(run.takeEnding() == nil)
  }

  @Test func `done items are paged in the order of the bytes of their paths`() {
    var run = LeaseRun(lease(1, done: [item("ä"), item("z")]))
    run.add(done: [item("a/b"), item("a")])
    #expect(run.done.map(\.path) == ["a", "a/b", "z", "ä"])
    #expect(run.done(after: "a").map(\.path) == ["a/b", "z", "ä"])
    #expect(run.done(after: "").count == 4)
    #expect(run.done(after: "ä").isEmpty)
  }

  @Test func `a line to the plugin stays below its limit however long the list of done items is`() {
    let many = (0..<500).map { item("some/rather/long/path/of/an/item/number/\($0)") }
    let call = GenerateCall.make(LeaseRun(lease(1, done: many)), hasModel: true)
    #expect(call.doneMore)
    #expect(!call.done.isEmpty)
    #expect(PluginLine.call(call, id: .number(1)).count <= WireLimits.hostLineBytesMax)
    let large = lease(1, payload: ["text": .string(String(repeating: "x", count: 200_000))], done: many)
    let alone = GenerateCall.make(LeaseRun(large), hasModel: true)
    #expect(alone.done.isEmpty, "the payload alone is longer: done items are asked for")
  }
}

struct OutboxTests {
  @Test func `results wait for the window and let other messages pass`() {
    var outbox = Outbox(window: 2, othersMax: 8)
    let results = (0..<3).map { _ in outbox.add(lease: 1, isResult: true) }
    let other = outbox.add(lease: 1, isResult: false)
    #expect([outbox.next(), outbox.next(), outbox.next(), outbox.next()] == [results[0], results[1], other, nil])
    outbox.answered(results[0])
    #expect(outbox.next() == results[2])
  }

  @Test func `after a broken connection everything unanswered is sent again, in order`() {
    var outbox = Outbox(window: 8, othersMax: 8)
    let numbers = (0..<4).map { outbox.add(lease: 1, isResult: $0 % 2 == 0) }
    for _ in 0..<3 { _ = outbox.next() }
    outbox.answered(numbers[1])
    #expect(outbox.disconnected().isEmpty)
    #expect([outbox.next(), outbox.next(), outbox.next(), outbox.next()] == [numbers[0], numbers[2], numbers[3], nil])
  }

  @Test func `of a lost lease only the results are sent, and once`() {
    var outbox = Outbox(window: 8, othersMax: 8)
    let result = outbox.add(lease: 1, isResult: true)
    let other = outbox.add(lease: 1, isResult: false)
    let foreign = outbox.add(lease: 2, isResult: false)
    #expect(outbox.lost(1) == [other])
    #expect([outbox.next(), outbox.next(), outbox.next()] == [result, foreign, nil])
    #expect(outbox.disconnected() == [result])
    #expect([outbox.next(), outbox.next()] == [foreign, nil])
  }

  @Test func `a window of nothing still lets one result through`() {
    var outbox = Outbox(window: 0, othersMax: 1)
    let result = outbox.add(lease: 1, isResult: true)
    #expect(outbox.next() == result)
  }
}
