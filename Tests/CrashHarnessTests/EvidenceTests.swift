import CrashHarness
import Testing

/// What the crash harness makes of what it has found.
struct EvidenceTests {
  @Test func `a lease without a file that was acknowledged is found`() {
    var items = AcknowledgedItems()
    #expect(items.missing(at: "1:t0", attempt: 1, done: []) == nil)
    items.add("t0/0.txt", of: "1:t0", attempt: 1)
    items.add("t0/1.txt", of: "1:t0", attempt: 1)
    #expect(items.missing(at: "1:t0", attempt: 2, done: ["t0/0.txt"])?.paths == ["t0/1.txt"])
    #expect(items.missing(at: "1:t0", attempt: 2, done: ["t0/0.txt", "t0/1.txt"])?.paths == [])
    #expect(items.missing(at: "1:t0", done: ["t0/0.txt"])?.paths == ["t0/1.txt"])
    #expect(items.missing(at: "2:t0", attempt: 2, done: []) == nil)
  }

  @Test func `what a later attempt was told does not count for one that reads its task late`() {
    var items = AcknowledgedItems()
    items.add("t0/0.txt", of: "1:t0", attempt: 2)
    #expect(items.missing(at: "1:t0", attempt: 1, done: []) == nil)
  }

  @Test func `the table counts checks and tells the first violations`() {
    struct Found: Error {}
    var table = PromiseTable()
    table.check(.durable, "results", times: 2)
    table.check(.durable, "results") {}
    #expect(table.firstBroken == nil)
    table.check(.durable, "results", violation: "1:a is gone")
    table.check(.oneHolder, "leases") { throw Found() }
    #expect(table.firstBroken?.hasPrefix("2 violations:\n  promise 1, results: 1:a is gone") == true)
    #expect(table.text.contains("| results          | 4     | 1          |"), "\(table.text)")
  }

  @Test func `the files of a job are told by its key, also how many the plugin makes of them`() {
    for number in 1...60 {
      let shape = JobShape(key: "submitter-1-\(number)")
      #expect(shape == JobShape(key: "submitter-1-\(number)"))
    }
    #expect(JobShape.content(stamp: "key", path: "t0/0.txt") == Array("key t0/0.txt\n".utf8))
    #expect(JobShape.content(stamp: "key", path: "t0/5.txt").count > 128 << 10, "a file beside the database")
  }
}
