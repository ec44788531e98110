import FileSystem
import Glibc
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// Opening a file: a new one, an own one, and everything that is neither.
struct OpeningTests {
  private func open(_ path: String) throws -> JobStore {
    try JobStore(file: StoreFile(path: path), bootID: "boot", freshID: "fresh", now: 0)
  }

  /// Expects that the file is refused in words for people, by a look at it and by a broker that starts on it, and that
  /// not one byte of it has changed.
  private func refused(_ path: String, location: SourceLocation = #_sourceLocation) throws -> String {
    let before = try FileTree.read(path, limitBytes: 1 << 20)
    let looked = try #require(throws: StoreError.self, sourceLocation: location) { try StoreFile(path: path).examine() }
    let error = try #require(throws: StoreError.self, sourceLocation: location) { _ = try open(path) }
    let after = try FileTree.read(path, limitBytes: 1 << 20)
    #expect(before == after, "a file of somebody else was changed", sourceLocation: location)
    let message = try message(error, location: location)
    let lookedMessage = try self.message(looked, location: location)
    #expect(lookedMessage == message, sourceLocation: location)
    return message
  }

  /// Looks at a store, and expects that nothing in its directory is another than before.
  private func examine(_ path: String, location: SourceLocation = #_sourceLocation) throws {
    let directory = try #require(FileTree.parent(of: path))
    func contents() throws -> [String: [UInt8]] {
      let names = try FileTree.list(directory).filter { !$0.hasSuffix(".blobs") }
      return try Dictionary(
        uniqueKeysWithValues: names.map { ($0, try FileTree.read("\(directory)/\($0)", limitBytes: 8 << 20)) })
    }
    let before = try contents()
    let result = Result { try StoreFile(path: path).examine() }
    let isUntouched = try contents() == before
    #expect(isUntouched, sourceLocation: location)
    try result.get()
  }

  private func message(_ error: StoreError, location: SourceLocation = #_sourceLocation) throws -> String {
    guard case .unusable(let message, let remedy) = error else {
      Issue.record("not in words for people: \(error)", sourceLocation: location)
      return ""
    }
    #expect(!remedy.isEmpty, sourceLocation: location)
    return message
  }

  @Test func `a new store is made, and opened again as it is`() throws {
    try withDirectory { directory in
      let path = "\(directory)/store"
      #expect(try open(path).generation == 1)
      let look = try Connection(path: path, access: .readOnly)
      let schema = try look.text("SELECT group_concat(sql) FROM sqlite_schema")
      #expect(try open(path).generation == 2)
      let again = try look.text("SELECT group_concat(sql) FROM sqlite_schema")
      #expect(schema == again)
      let (version, application) = (try look.integer("PRAGMA user_version"), try look.integer("PRAGMA application_id"))
      #expect(version == Migrations.all.last?.version && application == 0x4742_524B)
    }
  }

  @Test func `an empty file becomes a store`() throws {
    try withDirectory { directory in
      _ = try File.create("\(directory)/store")
      #expect(try open("\(directory)/store").generation == 1)
    }
  }

  @Test func `a store that was cut off to nothing is refused while its log or its blobs are there`() throws {
    try withDirectory { directory in
      let path = "\(directory)/store"
      do { _ = try open(path) }
      try FileTree.remove(path)
      try FileTree.writeAtomically("\(path)-wal", [1])
      _ = try File.create(path)
      #expect(try refused(path).contains("store-wal' still holds"))
      try FileTree.remove("\(path)-wal")
      try FileTree.makeDirectories("\(path).blobs/ab")
      #expect(try refused(path).contains("store.blobs' still holds"))
      removeTree("\(path).blobs")
      #expect(try open(path).generation == 1)
    }
  }

  @Test func `a store of a newer version is refused and left alone`() throws {
    try withDirectory { directory in
      let path = "\(directory)/store"
      do { _ = try open(path) }
      do {
        try Connection(path: path, access: .readWrite).execute("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE")
      }
      #expect(try refused(path).contains("newer genbroker (schema 99"))
    }
  }

  @Test(arguments: [
    "CREATE TABLE theirs (a)", "PRAGMA application_id = 7; CREATE TABLE theirs (a)",
    "PRAGMA user_version = 1; CREATE TABLE job (id)", "PRAGMA application_id = 7",
  ])
  func `a database of another program is refused and left alone`(sql: String) throws {
    try withDirectory { directory in
      let path = "\(directory)/theirs"
      do { try Connection(path: path, access: .readWrite).execute(sql) }
      #expect(try refused(path).contains("another program"))
      #expect(try FileTree.list(directory) == ["theirs"])
    }
  }

  @Test(arguments: ["x", "a text of one line\n", String(repeating: "a longer text\n", count: 1_000)])
  func `a text is refused and left alone`(text: String) throws {
    try withDirectory { directory in
      let path = "\(directory)/notes.txt"
      try FileTree.writeAtomically(path, Array(text.utf8))
      #expect(try refused(path).contains("notes.txt"))
      #expect(try FileTree.list(directory) == ["notes.txt"])
    }
  }

  @Test func `half a database is refused`() throws {
    try withDirectory { directory in
      let path = "\(directory)/store"
      do { _ = try open(path) }
      let bytes = try FileTree.read(path, limitBytes: 1 << 20)
      try FileTree.writeAtomically("\(directory)/half", Array(bytes.prefix(bytes.count / 2)))
      let looked = try #require(throws: StoreError.self) { try examine("\(directory)/half") }
      #expect(try message(looked).contains("half' is damaged"))
      #expect(throws: StoreError.self) { _ = try open("\(directory)/half") }
    }
  }

  @Test func `a look at a store changes nothing: none yet, an empty file, one at work, one at rest`() throws {
    try withDirectory { directory in
      // What means something else in an address of SQLite.
      let path = "\(directory)/a store?mode=%23#"
      try examine(path)
      _ = try File.create(path)
      try examine(path)
      do {
        let store = try open(path)
        try examine(path)
        #expect(store.generation == 1)
      }
      try examine(path)
      #expect(try open(path).generation == 2)
    }
  }

  @Test func `a look at a store reads its log, also one that a crash has left`() throws {
    try withDirectory { directory in
      let path = "\(directory)/store"
      let store = try open(path)
      // The store has the file open, so this stays in the log.
      try Connection(path: path, access: .readWrite).execute("PRAGMA user_version = 99")
      // In the process of the broker a reader shares its index, and leaves its mark there.
      let atWork = try #require(throws: StoreError.self) { try StoreFile(path: path).examine() }
      #expect(try message(atWork).contains("newer genbroker (schema 99"))
      try FileTree.makeDirectories("\(directory)/left")
      for name in ["store", "store-wal", "store-shm"] {
        let bytes = try FileTree.read("\(directory)/\(name)", limitBytes: 8 << 20)
        try FileTree.writeAtomically("\(directory)/left/\(name)", bytes)
      }
      let left = try #require(throws: StoreError.self) { try examine("\(directory)/left/store") }
      #expect(try message(left).contains("newer genbroker (schema 99"))
      // A copy without the index of its log is seen as the database says.
      try FileTree.remove("\(directory)/left/store-shm")
      try examine("\(directory)/left/store")
      #expect(store.generation == 1)
    }
  }

  @Test func `a directory, a path below nothing and a place where nothing can be made are refused in words`() throws {
    try withDirectory { directory in
      for path in [directory, "\(directory)/none/store", "/proc/genbroker-store"] {
        let error = try #require(throws: StoreError.self) { _ = try open(path) }
        #expect(try message(error).contains(path))
      }
    }
  }

  @Test func `a directory that may not be written is refused in words`() throws {
    guard geteuid() != 0 else { return print("skipped: root may write everywhere") }
    try withDirectory { directory in
      #expect(chmod(directory, 0o500) == 0)
      defer { chmod(directory, 0o700) }
      let error = try #require(throws: StoreError.self) { _ = try open("\(directory)/store") }
      #expect(try message(error).contains(directory))
    }
  }

  @Test func `only the owner can read a store`() throws {
    try withDirectory { directory in
      let store = try open("\(directory)/store")
      for name in try FileTree.list(directory) {
        var status = stat()
        #expect(stat("\(directory)/\(name)", &status) == 0 && status.st_mode & 0o077 == 0, "\(name)")
      }
      #expect(store.generation == 1)
    }
  }

  @Test func `uploads that a crash has left are swept, blobs stay`() throws {
    try withDirectory { directory in
      let path = "\(directory)/store"
      let store = try open(path)
      try FileTree.writeAtomically(store.blobs.uploadPath(number: 7), [1, 2, 3])
      let keep = "\(store.blobs.directory)/ab"
      try FileTree.makeDirectories(keep)
      try FileTree.writeAtomically("\(keep)/cdef", [1])
      let again = try open(path)
      #expect(try FileTree.status(again.blobs.uploadPath(number: 7)) == nil)
      #expect(try FileTree.read("\(keep)/cdef", limitBytes: 10) == [1])
    }
  }
}
