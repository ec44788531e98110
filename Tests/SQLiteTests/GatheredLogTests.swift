import FileSystem
import SQLite
import TestSupport
import Testing

/// The log as `GatheredLog` writes it is the log that SQLite means: for whoever reads beside it, and for whoever finds it
/// after a crash.
struct GatheredLogTests {
  private func open(_ path: String, pagesInMemory: Int = 2_000) throws -> Connection {
    let connection = try Connection(path: path, access: .readWrite, vfs: GatheredLog.vfs(over: nil))
    _ = try connection.text("PRAGMA journal_mode = WAL")
    try connection.execute("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0")
    try connection.execute("PRAGMA cache_size = \(pagesInMemory)")
    return connection
  }

  /// What stands in the table, read in another connection, or after a crash.
  private func contents(_ connection: borrowing Connection) throws -> [String] {
    try connection.prepare("SELECT id || ' ' || length(body) || ' ' || hex(substr(body, 1, 8)) FROM t ORDER BY id").all
    {
      $0.text(0)
    }
  }

  /// A copy of database and log as they are, as a killed process leaves them, opened without the VFS under test.
  private func afterCrash(_ path: String) throws -> [String] {
    let copy = path + "-copy"
    for end in ["", "-wal"] {
      try FileTree.writeAtomically(copy + end, FileTree.read(path + end, limitBytes: 1 << 28))
    }
    try FileTree.remove(copy + "-shm")
    let found = try Connection(path: copy, access: .readWrite)
    #expect(try found.text("PRAGMA integrity_check") == "ok")
    return try contents(found)
  }

  @Test func `a transaction is one write for each 64 KiB, however many pages it has`() throws {
    try withDirectory { directory in
      let connection = try open("\(directory)/db")
      try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)")
      _ = connection.takePagesWritten()
      let before = try writes()
      try connection.execute(
        "BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
          + "INSERT INTO t SELECT i, randomblob(1500) FROM n; COMMIT")
      let bytes = connection.takePagesWritten() * 4_120
      #expect(bytes > 2 << 16)
      #expect(try writes() - before == (bytes + 65_535) >> 16)
    }
  }

  /// Calls of this thread that have written, by its own account (proc(5), "io").
  private func writes() throws -> Int {
    let account = try String(decoding: File.open("/proc/thread-self/io").read(at: 0, count: 4096), as: UTF8.self)
    let line = account.split(separator: "\n").first { $0.hasPrefix("syscw:") }
    return try #require(line.flatMap { Int($0.dropFirst("syscw: ".count)) })
  }

  @Test func `a reader beside it sees each transaction as soon as it is committed`() throws {
    try withDirectory { directory in
      let connection = try open("\(directory)/db")
      try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)")
      let reader = try Connection(path: "\(directory)/db", access: .readOnly)
      for id in 1...50 {
        try connection.execute("INSERT INTO t VALUES (\(id), randomblob(\(id * 300)))")
        #expect(try contents(reader) == contents(connection))
      }
    }
  }

  @Test func `what one connection has given up is not written over what another has committed since`() throws {
    try withDirectory { directory in
      let path = "\(directory)/db"
      let first = try open(path, pagesInMemory: 40)
      try first.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)")
      for id in 1...60 { try first.execute("INSERT INTO t VALUES (\(id), randomblob(9000))") }
      // The first page is read from the database then, and nothing of the log, when a transaction is taken back.
      try first.checkpoint()
      let second = try open(path, pagesInMemory: 40)
      func change(_ connection: borrowing Connection, _ ids: ClosedRange<Int>) throws {
        for id in ids { try connection.execute("UPDATE t SET body = randomblob(9000) WHERE id = \(id)") }
      }
      try first.execute("BEGIN")
      try change(first, 1...40)
      try first.execute("ROLLBACK")
      try second.execute("BEGIN")
      try change(second, 41...52)
      try second.execute("COMMIT")
      let committed = try contents(second)
      try change(first, 60...60)
      #expect(try contents(first).dropLast() == committed.dropLast())
      #expect(try first.text("PRAGMA integrity_check") == "ok")
      #expect(try afterCrash(path).dropLast() == committed.dropLast())
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `whatever is done, a crash finds the last commit`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    try withDirectory { directory in
      let path = "\(directory)/db"
      // Few pages in memory: transactions are written in parts, and pages once more after they were written.
      let connection = try open(path, pagesInMemory: Int.random(in: 5...40, using: &random))
      try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)")
      var committed = try contents(connection)
      for _ in 1...25 {
        try connection.execute("BEGIN")
        for _ in 1...Int.random(in: 1...60, using: &random) { try change(connection, &random) }
        if Int.random(in: 0..<4, using: &random) == 0 {
          try connection.execute("ROLLBACK")
        } else {
          try connection.execute("COMMIT")
          committed = try contents(connection)
        }
        if Int.random(in: 0..<6, using: &random) == 0 { try connection.checkpoint() }
        #expect(try contents(connection) == committed, "seed \(seed)")
        #expect(try afterCrash(path) == committed, "seed \(seed), after a crash")
      }
    }
  }

  private func change(_ connection: borrowing Connection, _ random: inout SeededRandom) throws {
    let id = Int.random(in: 1...200, using: &random)
    let bytes = Int.random(in: 0..<9_000, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: try connection.execute("DELETE FROM t WHERE id = \(id)")
    case 1:
      try connection.execute(
        "SAVEPOINT s; INSERT OR REPLACE INTO t VALUES (\(id), zeroblob(\(bytes))); ROLLBACK TO s; RELEASE s")
    default: try connection.execute("INSERT OR REPLACE INTO t VALUES (\(id), randomblob(\(bytes)))")
    }
  }
}
