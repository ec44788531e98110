import Digest
import JobModel
import JobStore
import Testing

/// Files of a task, one by one, and the word that it is done.
struct CompletionTests {
  @Test(arguments: [("a", "a/b"), ("x/a/b/c", "x/a")])
  func `no file lies in another file of the project, whichever came first`(first: String, second: String) throws {
    let test = try TestStore()
    _ = try test.submit([task("t")]) { $0.project = try? ProjectName("p") }
    _ = try test.submit([task("t")]) { $0.project = try? ProjectName("p") }
    _ = try test.submit([task("t")])
    try test.worker("s", slots: 3)
    let grants = try test.dispatch()
    try test.put(grants[0], first, "one")
    try test.put(grants[0], "a-b/c", "beside it")
    let result = try TestStore.result(second, "two")
    for grant in grants[0...1] {
      let refusal = try test.refusal(.conflict) { _ = try $0.put(result, under: grant.claim(), now: test.now) }
      #expect(refusal.message.contains("would lie in"))
    }
    #expect(try test.put(grants[2], second, "in a project of its own") == .committed(version: 1))
  }

  @Test func `a declared output is there when its bytes are, not when another path looks like it`() throws {
    let test = try TestStore()
    let (declared, other) = ("\u{FC}.txt", "u\u{308}.txt")
    let job = try test.submit([task("a", outputs: [declared])])
    try test.worker("s")
    let grant = try test.lease()
    try test.put(grant, other, "one")
    let digest = CompletionDigest.of([(other, SHA256Digest(of: Array("one".utf8)))])
    let refusal = try test.refusal(.conflict) {
      try $0.complete(grant.claim(), results: 1, digest: digest, now: test.now)
    }
    #expect(refusal.message.contains("declared output"))
    try test.put(grant, declared, "two")
    let both = CompletionDigest.of([(other, "one"), (declared, "two")].map { ($0, SHA256Digest(of: Array($1.utf8))) })
    try test.run { try $0.complete(grant.claim(), results: 2, digest: both, now: test.now) }
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `a task reads what it has committed itself, and nobody else's`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", attempts: 3), task("b")])
    try test.worker("s", slots: 2)
    let grants = try test.dispatch()
    try test.put(grants[0], "a.txt", "one")
    try test.put(grants[0], "a.txt", "two")
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    func text(_ grant: LeaseGrant) throws -> String {
      String(decoding: try reader.bytes(reader.readable("a.txt", grant.claim()), at: 0, count: 100), as: UTF8.self)
    }
    #expect(try text(grants[0]) == "two")
    #expect(throws: Refusal.self) { try text(grants[1]) }
    // The next attempt reads it, and when the task is made anew there is nothing to read.
    #expect(try test.fail(grants[0]) == .ready)
    test.now += 1_000_000
    let next = try test.lease()
    #expect(try text(next) == "two")
    try test.complete(next, ["a.txt": "two"])
    try test.complete(grants[1])
    _ = try test.run { try $0.regenerate(job, by: TestStore.all, .init(), now: test.now) }
    for anew in try test.dispatch() { #expect(throws: Refusal.self) { try text(anew) } }
  }

  @Test func `a file is committed once, other bytes are the next version`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    #expect(try test.put(grant, "a.html", "one") == .committed(version: 1))
    #expect(try test.put(grant, "a.html", "one") == .duplicate(version: 1))
    #expect(try test.put(grant, "a.html", "two") == .committed(version: 2))
    // The latest version has other bytes: this is a change back, not the same again.
    #expect(try test.put(grant, "a.html", "one") == .committed(version: 3))
    #expect(try test.head("a.html") == "one")
    try test.complete(grant, ["a.html": "one"])
    #expect(try test.text("SELECT files || ' ' || bytes FROM job") == "1 3")
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `empty files and files of the same bytes are files`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    let files = ["empty": "", "empty too": "", "x": "same", "y": "same"]
    try test.finish(test.lease(), files)
    #expect(try test.count("blob") == 2)
    #expect(try test.text("SELECT files || ' ' || bytes FROM job") == "4 8")
  }

  @Test func `bytes that were uploaded before are found, others are asked for`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    let stored = try TestStore.result("a.html", "text", isStored: true)
    try test.refusal(.invalid) { _ = try $0.put(stored, under: grant.claim(), now: test.now) }
    try test.upload("text")
    #expect(try test.run { try $0.put(stored, under: grant.claim(), now: test.now) } == .committed(version: 1))
    try test.complete(grant, ["a.html": "text"])
  }

  @Test func `a hash alone gives nobody what another user has stored`() throws {
    let test = try TestStore()
    try test.upload("secret", by: TestStore.ben)
    _ = try test.submit([task("a")])
    try test.worker("s", owner: TestStore.ann)
    let grant = try test.lease()
    let ann = Caller(user: TestStore.ann, seesAll: false)
    let guess = try TestStore.result("a.html", "secret", isStored: true, by: ann)
    let refusal = try test.refusal(.invalid) { _ = try $0.put(guess, under: grant.claim(), now: test.now) }
    let missing = try TestStore.result("a.html", "nowhere", isStored: true, by: ann)
    let other = try test.refusal(.invalid) { _ = try $0.put(missing, under: grant.claim(), now: test.now) }
    // Nor do the words tell whether the bytes exist.
    #expect(refusal.message.split(separator: " ").count == other.message.split(separator: " ").count)
    // Who has the bytes may send them; they are stored once.
    #expect(try test.put(grant, "a.html", "secret") == .committed(version: 1))
    #expect(try test.count("blob") == 1)
  }

  private static let wrong: [(what: String, results: Int, files: [String: String])] = [
    ("too few", 1, ["a.html": "A"]),
    ("too many", 3, ["a.html": "A", "b.html": "B", "c.html": "C"]),
    ("the count alone", 1, ["a.html": "A", "b.html": "B"]),
    ("none", 0, [:]),
    ("other bytes", 2, ["a.html": "A", "b.html": "X"]),
    ("another path", 2, ["a.html": "A", "c.html": "B"]),
    ("swapped", 2, ["a.html": "B", "b.html": "A"]),
  ]

  @Test(arguments: wrong.indices) func `a wrong account of its files is refused, and the task goes on`(index: Int)
    throws
  {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try test.put(grant, "a.html", "A")
    try test.put(grant, "b.html", "B")
    let (what, results, files) = Self.wrong[index]
    try test.refusal(.conflict) {
      try $0.complete(grant.claim(), results: results, digest: TestStore.digest(files), now: test.now)
    }
    #expect(try test.state("a", job) == .leased, "\(what)")
    try test.complete(grant, ["a.html": "A", "b.html": "B"])
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `a declared output has to be there`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", outputs: ["a.html", "b.html"])])
    try test.worker("s")
    let grant = try test.lease()
    try test.put(grant, "a.html", "A")
    let refusal = try test.refusal(.conflict) {
      try $0.complete(grant.claim(), results: 1, digest: TestStore.digest(["a.html": "A"]), now: test.now)
    }
    #expect(refusal.message.contains("b.html"))
    try test.put(grant, "b.html", "B")
    try test.complete(grant, ["a.html": "A", "b.html": "B"])
    #expect(try test.text("SELECT outputs_present || '/' || outputs_declared FROM job") == "2/2")
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `done said twice is done once`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try test.finish(grant, ["a.html": "A"])
    let events = try test.count("event")
    try test.complete(grant, ["a.html": "A"])
    #expect(try test.count("event") == events)
  }

  @Test func `failed or given back twice is once, with the answer of the first time`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a", attempts: 3)])
    try test.worker("s")
    let first = try test.lease()
    #expect(try test.fail(first) == .ready)
    #expect(try test.fail(first) == .ready)
    test.now += 1_000_000
    let second = try test.lease()
    // Meanwhile the task is leased again; the answer is still that of then.
    #expect(try test.fail(first) == .ready)
    try test.run { try $0.release(second.claim(), reason: nil, now: test.now) }
    let events = try test.count("event")
    try test.run { try $0.release(second.claim(), reason: nil, now: test.now) }
    #expect(try test.count("event") == events)
    let third = try test.lease()
    #expect(try test.fail(third, retryable: false) == .failed)
    #expect(try test.fail(third, retryable: false) == .failed)
    #expect(try test.count("error") == 2)
  }

  @Test func `a lost task goes on where it was: the next lease names what is committed`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s1")
    let first = try test.lease()
    #expect(first.done.isEmpty && !first.hasMoreDone)
    for item in 1...7 { try test.put(first, "item/\(item)", "text \(item)") }
    try test.put(first, "item/7", "text 7, mended")
    try test.run { try $0.endSession("s1", now: test.now) }
    try test.worker("s2")
    let second = try test.lease()
    #expect(second.attempt == 2)
    #expect(second.done.map(\.path) == (1...7).map { "item/\($0)" })
    #expect(second.done.last?.sha256 == SHA256Digest(of: Array("text 7, mended".utf8)))
    #expect(second.done.last?.size == 14)
    for item in 8...20 { try test.put(second, "item/\(item)", "text \(item)") }
    var files = Dictionary(uniqueKeysWithValues: (1...20).map { ("item/\($0)", "text \($0)") })
    files["item/7"] = "text 7, mended"
    try test.complete(second, files)
    #expect(try test.state(job) == .succeeded)
    #expect(try test.count("result") == 21)
  }

  @Test func `a lease names no more than its share of what is done, and says that there is more`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s1")
    let first = try test.lease()
    let limit = JobStore.doneItemsPerGrantMax
    try test.run { store in
      for item in 0...limit {
        let file = try TestStore.result("item/\(item)", "text")
        _ = try store.put(file, under: first.claim(), now: test.now)
      }
    }
    try test.run { try $0.endSession("s1", now: test.now) }
    try test.worker("s2")
    let second = try test.lease()
    #expect(second.done.count == limit && second.hasMoreDone)
  }

  @Test func `files of one project have one history over jobs and tasks`() throws {
    let test = try TestStore()
    try test.worker("s", slots: 2)
    let project = try ProjectName("manual")
    for text in ["one", "two"] {
      _ = try test.submit([task("a", outputs: ["a.html"])]) { $0.project = project }
      try test.finish(test.lease(), ["a.html": text])
    }
    _ = try test.submit([task("a")], owner: TestStore.ben) { $0.project = project }
    try test.finish(test.lease(), ["a.html": "another user's"])
    #expect(
      try test.text("SELECT group_concat(project || ':' || version || standing) FROM result")
        == "1:1past,1:2head,2:1head")
  }
}
