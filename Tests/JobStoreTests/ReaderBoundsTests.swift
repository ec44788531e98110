import JobModel
import SQLite
import Testing

@testable import JobStore

/// No query looks at more rows in one statement than others can wait for, whatever it finds.
struct ReaderBoundsTests {
  private let rows = StoreReader.rowsPerStatementMax

  private func reader(_ test: TestStore) throws -> StoreReader {
    try StoreReader(file: test.file, blobs: test.store.blobs)
  }

  @Test func `the history of others is passed over in parts, and one's own is found behind it`() throws {
    let test = try TestStore()
    let own = try test.submit([task("a")])
    try test.run { store in
      for _ in 0..<rows {
        var new = NewJob(owner: TestStore.ben, kind: try Kind("docs"))
        new.tasks = [try task("b")]
        _ = try store.submit(new, now: test.now)
      }
    }
    let late = try test.submit([task("c")])
    let (reader, high) = (try reader(test), test.store.eventHigh)
    let ann = Caller(user: TestStore.ann, seesAll: false)
    var (position, jobs): (Int64, [JobID]) = (0, [])
    while position < high {
      let page = try reader.events(after: position, upTo: high, job: nil, limit: 200, for: ann)
      #expect(page.lookedUpTo > position && page.lookedUpTo - position <= Int64(rows) + 1)
      position = page.lookedUpTo
      jobs += page.events.map(\.job)
    }
    #expect(position == high && Set(jobs) == [own, late])
    #expect(jobs.count == Int(try test.integer("SELECT count(*) FROM event WHERE job IN (\(own), \(late))") ?? 0))
  }
}
