import JobModel
import JobStore
import Testing

/// Who makes which file: within a job, every path has one maker.
struct PathTests {
  @Test func `a task cannot write over what another task of its job has made`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", outputs: ["a.html"]), task("b")])
    try test.worker("s", slots: 2)
    let grants = try test.dispatch()
    try test.finish(grants[0], ["a.html": "A"])
    let refusal = try test.refusal(.conflict) {
      _ = try $0.put(try TestStore.result("a.html", "B"), under: grants[1].claim(), now: test.now)
    }
    #expect(refusal.message.contains("belongs to task 'a'"))
    #expect(try test.head("a.html") == "A")
    #expect(try test.state("b", job) == .leased)
  }

  @Test func `the same bytes are refused, too: they are somebody else's`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a"), task("b")])
    try test.worker("s", slots: 2)
    let grants = try test.dispatch()
    try test.put(grants[0], "a.html", "A")
    try test.refusal(.conflict) {
      _ = try $0.put(try TestStore.result("a.html", "A"), under: grants[1].claim(), now: test.now)
    }
  }

  @Test func `the next job of a project makes the next version, and the first one's files keep their maker`() throws {
    let test = try TestStore()
    for number in 1...2 {
      _ = try test.submit([task("a"), task("b")]) { $0.project = try? ProjectName("site") }
      try test.worker("s\(number)", slots: 2)
    }
    let grants = try test.dispatch()
    let (first, second) = (grants.filter { $0.job.value == 1 }, grants.filter { $0.job.value == 2 })
    try test.put(first[0], "a.html", "1")
    try test.put(second[0], "a.html", "2")
    try test.refusal(.conflict) {
      _ = try $0.put(try TestStore.result("a.html", "3"), under: first[1].claim(), now: test.now)
    }
    try test.put(first[0], "a.html", "1, mended")
    #expect(try test.head("a.html") == "1, mended")
  }

  @Test func `tasks that come together cannot declare the same output`() throws {
    let test = try TestStore()
    let refusal = try test.refusal(.conflict) { store in
      _ = try store.submit(job([task("a", outputs: ["x", "x"]), task("b", outputs: ["x"])]), now: test.now)
    }
    #expect(refusal.message == "tasks 'a' and 'b' both declare the output 'x'")
    _ = try test.submit([task("a", outputs: ["x", "x"])])
  }

  // MARK: Lists

  private func pages(
    _ test: TestStore, _ job: JobID, _ configure: (inout StoreReader.FileFilter) -> Void = { _ in }
  ) throws -> [String] {
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    var filter = StoreReader.FileFilter()
    filter.limit = 2
    configure(&filter)
    var lines: [String] = []
    while true {
      let page = try reader.files(of: job, filter, for: TestStore.all)
      lines += page.map { "\($0.path) \($0.version)" }
      guard let last = page.last, page.count == filter.limit else { return lines }
      filter.after = last.path
      filter.afterVersion = filter.allVersions ? last.version : nil
    }
  }

  @Test func `a list of all versions goes on within a path, and no version is left out`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    for text in ["1", "2", "3", "4", "5"] { try test.put(grant, "a.html", text) }
    try test.put(grant, "b.html", "1")
    let versions = (1...5).map { "a.html \($0)" } + ["b.html 1"]
    #expect(try pages(test, job) { $0.allVersions = true } == versions)
    #expect(try pages(test, job) == ["a.html 5", "b.html 1"])
  }

  @Test func `a job's own files are those that it has made, also when a later job has made them again`() throws {
    let test = try TestStore()
    try test.worker("s")
    for text in ["first", "second"] {
      _ = try test.submit([task("a")]) { $0.project = try? ProjectName("site") }
      let grant = try test.lease()
      try test.put(grant, "a.html", "\(text), not finished")
      if text == "second" { try test.put(grant, "b.html", "B") }
      try test.finish(grant, text == "second" ? ["a.html": text, "b.html": "B"] : ["a.html": text])
    }
    #expect(try pages(test, JobID(1)) { $0.ownOnly = true } == ["a.html 2"])
    #expect(try pages(test, JobID(2)) { $0.ownOnly = true } == ["a.html 4", "b.html 1"])
    #expect(try pages(test, JobID(1)) == ["a.html 4", "b.html 1"])
  }
}
