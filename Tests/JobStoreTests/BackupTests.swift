import Digest
import FileSystem
import JobModel
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// Copies of a store: what they hold, what is refused, and what a broker makes of one.
struct BackupTests {
  /// A store with a finished job, a lease that is out, and a file beside the database.
  private struct Filled {
    let test: TestStore
    let grant: LeaseGrant
    let large: SHA256Digest

    init() throws {
      test = try TestStore()
      _ = try test.submit([task("a", outputs: ["a.html"]), task("b")])
      try test.worker("s", slots: 2)
      let grants = try test.dispatch()
      try test.finish(grants[0], ["a.html": "A"])
      grant = grants[1]
      large = try test.addLargeFile("large", of: grant)
    }

    func back(up target: String) throws -> BackupReport {
      try StoreBackup.run(test.file, blobs: test.store.blobs, to: target)
    }

    /// A copy beside the store.
    func copy(_ name: String = "copy") throws -> StoreFile {
      _ = try back(up: "\(test.directory)/\(name)")
      return try StoreFile.resolved("\(test.directory)/\(name)")
    }

    /// Nothing but what belongs to the store, and these.
    func expectOnly(_ others: String..., location: SourceLocation = #_sourceLocation) throws {
      let names = try FileTree.list(test.directory).filter { !$0.hasPrefix("store") }
      #expect(names == others.sorted(), sourceLocation: location)
    }
  }

  private func open(_ file: StoreFile, boot: String = "boot", random: Double = 0) throws -> JobStore {
    try JobStore(file: file, bootID: boot, freshID: "restored", now: 2_000_000_000_000, random: { random })
  }

  @Test func `a copy holds everything, large files too, and a broker can start on it`() throws {
    let filled = try Filled()
    let report = try filled.back(up: "\(filled.test.directory)/copy")
    #expect(report.jobs == 1 && report.results == 2 && report.events == Int(filled.test.store.eventHigh))
    try filled.expectOnly("copy")
    let file = try StoreFile.resolved("\(filled.test.directory)/copy")
    let store = try open(file)
    #expect(store.eventHigh == filled.test.store.eventHigh + 1, "the history goes on: the lease is given back")
    let size = try #require(try FileTree.status(store.blobs.path(of: filled.large))?.size)
    #expect(size == TestStore.largeBytes && report.bytes > size)
    #expect(try StoreCheck.run(file, blobs: store.blobs).findings.isEmpty)
    // The work goes on where it was.
    store.openSession("t", kind: try Kind("docs"), worker: "w", pid: nil, owner: nil, slots: 2)
    try store.begin()
    _ = try store.dispatch(now: 3)
    try store.commit()
    #expect(store.takeEffects().count == 1)
  }

  @Test func `the log of the store that a copy replaces is not taken for the copy's own`() throws {
    let filled = try Filled()
    let copy = try filled.copy()
    let log = try FileTree.read(filled.test.file.path + "-wal", limitBytes: 1 << 26)
    try FileTree.writeAtomically(copy.path + "-wal", log)
    let error = try #require(throws: StoreError.self) { try self.open(copy) }
    guard case .unusable(let message, _) = error else { throw error }
    #expect(message.contains("-wal"))
    #expect(try FileTree.read(copy.path + "-wal", limitBytes: 1 << 26) == log, "nothing was changed")
    try FileTree.remove(copy.path + "-wal")
    let store = try open(copy)
    #expect(try StoreCheck.run(copy, blobs: store.blobs).findings.isEmpty)
  }

  @Test func `a store that is whole only with its log opens, as a checkpoint leaves it that was cut off`() throws {
    let test = try TestStore()
    for number in 0..<200 { _ = try test.submit([task("t\(number)")]) }
    let killed = StoreFile(path: "\(test.directory)/killed")
    try FileTree.writeAtomically(killed.path + "-wal", FileTree.read(test.file.path + "-wal", limitBytes: 1 << 26))
    var database = try FileTree.read(test.file.path, limitBytes: 1 << 26)
    // The head of the schema's tree: the log has its page, too, since the database has grown.
    database[100] = 0xFF
    try FileTree.writeAtomically(killed.path, database)
    let alone = try Connection(path: killed.path, access: .traceless(hasLog: false))
    #expect(throws: SQLiteError.self) { try alone.integer("SELECT count(*) FROM setting") }
    let store = try open(killed)
    #expect(try StoreCheck.run(killed, blobs: store.blobs).findings.isEmpty)
    #expect(try store.connection.integer("SELECT count(*) FROM job") == 200)
  }

  @Test func `nobody but the owner can read a copy`() throws {
    let filled = try Filled()
    let copy = try filled.copy()
    let directory = try #require(FileTree.parent(of: copy.path))
    for path in [directory, copy.path] { #expect(try permissions(path) & 0o077 == 0, "\(path)") }
  }

  @Test func `a broker on a copy begins a new history, once`() throws {
    let filled = try Filled()
    let copy = try filled.copy()
    let restored = try open(copy)
    #expect(restored.isRestored && restored.historyID == "restored" && filled.test.store.historyID == "fresh")
    let again = try JobStore(file: copy, bootID: "boot", freshID: "third", now: 1)
    #expect(!again.isRestored && again.historyID == "restored" && again.generation == restored.generation + 1)
    // The original knows nothing of it.
    try filled.test.restart()
    #expect(!filled.test.store.isRestored && filled.test.store.historyID == "fresh")
  }

  @Test func `leases of the original are over in a copy, also on the same boot, and nothing is charged`() throws {
    let filled = try Filled()
    let store = try open(try filled.copy())
    #expect(try store.leasesInGrace().isEmpty)
    #expect(throws: Refusal.self) { try store.release(filled.grant.claim(), reason: nil, now: 1) }
    let charged = try store.connection.integer("SELECT sum(attempts + crashes) FROM task")
    #expect(charged == 0)
    #expect(try filled.test.state("b", JobID(1)) == .leased)
  }

  @Test func `no lease of the original, later than the copy, has the number of one that the copy gives`() throws {
    let filled = try Filled()
    let copy = try filled.copy()
    for _ in 0..<50 { try filled.test.restart(boot: "another \(filled.test.store.generation)") }
    try filled.test.worker("later")
    let later = try filled.test.lease().lease
    let restored = try open(copy)
    #expect(restored.generation > filled.test.store.generation + 1_000)
    let first = LeaseID(generation: restored.generation, counter: 1)
    #expect(first > later && first > filled.grant.lease)
    #expect(first.value < 1 << 53, "programs that know only floating-point numbers cannot read it")
  }

  @Test func `two brokers on copies of one snapshot keep apart`() throws {
    let filled = try Filled()
    let (one, two) = (try filled.copy("one"), try filled.copy("two"))
    #expect(try open(one, random: 0.25).generation != open(two, random: 0.75).generation)
  }

  @Test func `a copy of a copy is a copy`() throws {
    let filled = try Filled()
    let first = try open(try filled.copy())
    let target = "\(filled.test.directory)/second"
    _ = try StoreBackup.run(first.file, blobs: first.blobs, to: target)
    let second = try JobStore(file: StoreFile.resolved(target), bootID: "boot", freshID: "second", now: 1)
    #expect(second.isRestored && second.historyID == "second" && second.generation > first.generation + 1_000)
  }

  // MARK: What goes wrong

  @Test func `nothing is written over`() throws {
    let filled = try Filled()
    let directory = filled.test.directory
    _ = try File.create("\(directory)/file")
    try FileTree.makeDirectories("\(directory)/empty")
    try makeLink(to: "nowhere", at: "\(directory)/link")
    for name in ["file", "empty", "link", "store", "empty/"] {
      let refusal = try #require(throws: Refusal.self) { try filled.back(up: "\(directory)/\(name)") }
      #expect(refusal.code == .conflict && refusal.message.contains("is there already"), "\(name): \(refusal)")
    }
    try filled.expectOnly("empty", "file", "link")
  }

  @Test(arguments: ["", "copy", "./copy", "/none/there/copy", "/proc/version/copy", "/tmp/a\0b", "/"])
  func `a target that cannot be is refused in words`(target: String) throws {
    let filled = try Filled()
    let refusal = try #require(throws: Refusal.self) { try filled.back(up: target) }
    #expect(!refusal.message.isEmpty && !refusal.remedy.isEmpty && !refusal.message.contains("\0"))
  }

  @Test func `a target that cannot be written is told in words`() throws {
    let filled = try Filled()
    let error = try #require(throws: StoreError.self) { try filled.back(up: "/proc/copy") }
    guard case .unusable(let message, _) = error else { throw error }
    #expect(message.contains("/proc"))
  }

  @Test(arguments: ["gone", "others"])
  func `a store that is damaged is not backed up, and nothing is left of the copy`(damage: String) throws {
    let filled = try Filled()
    let path = filled.test.store.blobs.path(of: filled.large)
    try FileTree.remove(path)
    if damage == "others" { try FileTree.writeAtomically(path, [UInt8](repeating: 7, count: 10)) }
    let error = try #require(throws: StoreError.self) { try filled.back(up: "\(filled.test.directory)/copy") }
    guard case .unusable(let message, let remedy) = error else { throw error }
    #expect(message.contains("damaged") && remedy.contains("genbroker check"), "\(message)")
    try filled.expectOnly()
  }

  @Test func `a rule that the store breaks is found in the copy`() throws {
    let filled = try Filled()
    try Connection(path: filled.test.file.path, access: .readWrite).execute("UPDATE job SET files = files + 1")
    let error = try #require(throws: StoreError.self) { try filled.back(up: "\(filled.test.directory)/copy") }
    #expect("\(error)".contains("job files"), "\(error)")
    try filled.expectOnly()
  }

  @Test func `what a killed backup has left is no store by the name of the backup, and in nobody's way`() throws {
    let filled = try Filled()
    let left = "\(filled.test.directory)/\(StoreBackup.unfinishedPrefix)killed"
    try FileTree.makeDirectories(left)
    try FileTree.writeAtomically("\(left)/\(StoreBackup.databaseName)", [1, 2, 3])
    _ = try filled.copy()
    try filled.expectOnly("\(StoreBackup.unfinishedPrefix)killed", "copy")
  }

  @Test func `a directory without a store in it is named`() throws {
    try withDirectory { directory in
      let error = try #require(throws: StoreError.self) { try StoreFile.resolved(directory) }
      guard case .unusable(let message, _) = error else { throw error }
      #expect(message.contains(directory) && message.contains("no backup"))
    }
  }
}
