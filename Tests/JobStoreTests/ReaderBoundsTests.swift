import JobModel
import SQLite
import Testing

@testable import JobStore

extension StoreReader {
  /// A whole list, as it is made in parts.
  func jobs(_ filter: JobFilter, for caller: Caller) throws -> [JobSummary] {
    var search = JobSearch(filter)
    while try !look(for: &search, caller) {}
    return search.found
  }

  /// A whole list, as it is made in parts.
  func tasks(of job: JobID, _ filter: TaskFilter, for caller: Caller) throws -> [TaskSummary] {
    var search = TaskSearch(filter, of: job)
    while try !look(for: &search, caller) {}
    return search.found
  }

  /// A whole list, as it is made in parts.
  func errors(of job: JobID?, limit: Int, for caller: Caller) throws -> [ErrorRecord] {
    var search = ErrorSearch(of: job, limit: limit)
    while try !look(for: &search, caller) {}
    return search.found
  }
}

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
      #expect(page.lookedUpTo > position && page.lookedUpTo - position <= Int64(rows))
      position = page.lookedUpTo
      jobs += page.events.map(\.job)
    }
    #expect(position == high && Set(jobs) == [own, late])
    #expect(jobs.count == Int(try test.integer("SELECT count(*) FROM event WHERE job IN (\(own), \(late))") ?? 0))
  }

  /// How many parts a list takes; each is one look of bounded size.
  private func rounds(_ look: () throws -> Bool) rethrows -> Int {
    var parts = 1
    while try !look() { parts += 1 }
    return parts
  }

  @Test func `jobs are looked for in parts, by their owner, state and labels`() throws {
    let test = try TestStore()
    let own = try test.submit([task("a")]) { $0.labels = [("colour", "red")] }
    try test.run { store in
      for number in 0..<2 * rows {
        var new = NewJob(owner: TestStore.ben, kind: try Kind("docs"))
        new.tasks = []
        if number % 10 == 0 { new.labels = [("colour", "blue")] }
        _ = try store.submit(new, now: test.now)
      }
    }
    let reader = try reader(test)
    func look(_ caller: Caller, _ change: (inout StoreReader.JobFilter) -> Void) throws -> (Int, [JobID]) {
      var filter = StoreReader.JobFilter()
      change(&filter)
      var search = StoreReader.JobSearch(filter)
      let parts = try rounds { try reader.look(for: &search, caller) }
      return (parts, search.found.map(\.id))
    }
    let ann = Caller(user: TestStore.ann, seesAll: false)
    var (parts, jobs) = try look(ann) { $0.limit = 9 }
    #expect(parts == 3 && jobs == [own])
    (parts, jobs) = try look(TestStore.all) { $0.limit = 3 }
    #expect(parts == 1 && jobs == (0..<3).map { JobID(Int64(2 * rows + 1 - $0)) })
    (parts, jobs) = try look(TestStore.all) { $0.labels = [("colour", "nobody's")] }
    #expect(parts == 3 && jobs == [])
    (parts, jobs) = try look(TestStore.all) { $0.labels = [("colour", "red")] }
    #expect(parts == 3 && jobs == [own])
    (parts, jobs) = try look(TestStore.all) {
      $0.labels = [("colour", "blue")]
      $0.limit = 300
    }
    // Jobs 2, 12, 22 and so on are blue.
    let blue = stride(from: Int64(2 * rows - 8), to: 0, by: -10).map { JobID($0) }
    #expect(parts == 2 && jobs == Array(blue.prefix(300)))
    (_, jobs) = try look(TestStore.all) {
      $0.state = .pending
      $0.before = JobID(Int64(rows))
    }
    #expect(jobs == [own])
  }

  @Test func `tasks are looked for in parts, and listed in the order of their submission`() throws {
    let test = try TestStore()
    let count = 2 * rows + 100
    // In another order than that of their keys.
    let keys = (0..<count).map { "t\($0 * 7919 % count)" }
    let job = try test.submit(keys.map { try task($0) })
    let reader = try reader(test)
    func look(_ change: (inout StoreReader.TaskFilter) throws -> Void) throws -> (Int, [String]) {
      var filter = StoreReader.TaskFilter()
      try change(&filter)
      var search = StoreReader.TaskSearch(filter, of: job)
      let parts = try rounds { try reader.look(for: &search, TestStore.all) }
      return (parts, search.found.map(\.key))
    }
    var (parts, found) = try look { $0.match = try Glob("nothing/*") }
    #expect(parts == 3 && found == [])
    (parts, found) = try look { _ in }
    #expect(parts == 3 && found == Array(keys.prefix(100)))
    (_, found) = try look { $0.after = keys[98] }
    #expect(found == Array(keys[99..<199]))
    (_, found) = try look { $0.after = keys[count - 3] }
    #expect(found == Array(keys.suffix(2)))
    (_, found) = try look { $0.match = try Glob("t1?") }
    #expect(found == keys.filter { $0.utf8.count == 3 && $0.hasPrefix("t1") })
    (_, found) = try look { $0.state = .failed }
    #expect(found == [])
  }

  @Test func `errors are looked for in parts`() throws {
    let test = try TestStore()
    let own = try test.submit([task("a", attempts: 1)])
    try test.worker("s")
    try test.fail(test.lease(), retryable: false)
    let other = try test.submit([task("b")], owner: TestStore.ben)
    let task = try #require(try test.integer("SELECT id FROM task WHERE key = 'b'"))
    try test.run { store in
      for attempt in 1...2 * rows {
        try store.sql.leases.addError.run(other.value, task, 1, attempt, "plugin", "again", false, test.now)
      }
    }
    let reader = try reader(test)
    func look(_ caller: Caller, _ job: JobID?, limit: Int) throws -> (Int, [ErrorRecord]) {
      var search = StoreReader.ErrorSearch(of: job, limit: limit)
      return (try rounds { try reader.look(for: &search, caller) }, search.found)
    }
    let ann = Caller(user: TestStore.ann, seesAll: false)
    var (parts, errors) = try look(ann, nil, limit: 10)
    #expect(parts == 3 && errors.map(\.job) == [own])
    (parts, errors) = try look(TestStore.all, nil, limit: 10)
    #expect(parts == 1 && errors.map(\.attempt) == Array((2 * rows - 9...2 * rows).reversed()))
    (parts, errors) = try look(TestStore.all, own, limit: 10)
    #expect(parts == 1 && errors.map(\.job) == [own])
    try test.refusal(.noSuchJob) { _ in _ = try look(ann, other, limit: 10) }
  }
}
