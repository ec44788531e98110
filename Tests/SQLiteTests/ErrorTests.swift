import Glibc
import SQLite
import TestSupport
import Testing

/// What SQLite refuses comes out with its extended code (https://sqlite.org/rescode.html) and leaves the connection usable.
struct ErrorTests {
  private func code(_ body: () throws -> Void) throws -> SQLiteError.Code {
    try #require(throws: SQLiteError.self) { try body() }.code
  }

  private func connection() throws -> Connection {
    let connection = try Connection(path: ":memory:", access: .readWrite)
    try connection.execute("PRAGMA foreign_keys = ON")
    try connection.execute(
      """
      CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id),
        age INTEGER CHECK (age >= 0)) STRICT;
      CREATE TABLE pair (a TEXT, b TEXT, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID;
      INSERT INTO parent VALUES (1, 'a');
      INSERT INTO pair VALUES ('a', 'b');
      """)
    return connection
  }

  @Test(
    arguments: [
      ("INSERT INTO parent VALUES (2, 'a')", 2067),  // SQLITE_CONSTRAINT_UNIQUE
      ("INSERT INTO parent VALUES (1, 'b')", 1555),  // SQLITE_CONSTRAINT_PRIMARYKEY
      ("INSERT INTO pair VALUES ('a', 'b')", 1555),
      ("INSERT INTO parent VALUES (2, NULL)", 1299),  // SQLITE_CONSTRAINT_NOTNULL
      ("INSERT INTO child VALUES (1, 1, -1)", 275),  // SQLITE_CONSTRAINT_CHECK
      ("INSERT INTO child VALUES (1, 7, 1)", 787),  // SQLITE_CONSTRAINT_FOREIGNKEY
      ("INSERT INTO child VALUES (1, 1, 'old')", 3091),  // SQLITE_CONSTRAINT_DATATYPE
    ] as [(String, Int32)])
  func `a constraint`(sql: String, expected: Int32) throws {
    let connection = try connection()
    let statement = connection.prepare(sql)
    let found = try code { try statement.run() }
    #expect(found.rawValue == expected)
    #expect(found.isConstraint)
    #expect(try code { try connection.execute(sql) }.rawValue == expected)
    // The statement and the connection go on.
    #expect(try code { try statement.run() }.rawValue == expected)
    let parents = try connection.integer("SELECT count(*) FROM parent")
    #expect(parents == 1)
  }

  @Test func `a mistake in a statement tells the statement and SQLite's words`() throws {
    let connection = try connection()
    let error = try #require(throws: SQLiteError.self) { try connection.prepare("SELEC 1").run() }
    #expect(error.code.primary == 1)
    #expect(error.description == "SQLite error 1: near \"SELEC\": syntax error [SELEC 1]")
  }

  @Test func `a value that is too large for a row is refused`() throws {
    let connection = try connection()
    let statement = connection.prepare("SELECT zeroblob(?1)")
    #expect(try code { try statement.run(1_000_000_001) }.primary == 18)  // SQLITE_TOOBIG
  }

  @Test func `a file that is not there, a directory, and a text are three errors that name the path`() throws {
    try withDirectory { directory in
      let missing = try #require(throws: SQLiteError.self) {
        _ = try Connection(path: "\(directory)/no/store", access: .readWrite)
      }
      #expect(missing.code.primary == 14)  // SQLITE_CANTOPEN
      #expect(missing.message.contains("\(directory)/no/store"))
      #expect(
        try code { _ = try Connection(path: "\(directory)/store", access: .readOnly) }.primary == 14)
      #expect(try code { _ = try Connection(path: directory, access: .readWrite) }.primary == 14)
      let file = try #require(fopen("\(directory)/text", "w"))
      fputs("this is a text, and a long one: " + String(repeating: "x", count: 4096), file)
      fclose(file)
      let text = try Connection(path: "\(directory)/text", access: .readWrite)
      #expect(try code { _ = try text.integer("PRAGMA user_version") }.isNotADatabase)
    }
  }

  @Test func `a connection that only reads does not write`() throws {
    try withDirectory { directory in
      let writer = try Connection(path: "\(directory)/store", access: .readWrite)
      try writer.execute("CREATE TABLE t (a)")
      let reader = try Connection(path: "\(directory)/store", access: .readOnly)
      #expect(try code { try reader.execute("INSERT INTO t VALUES (1)") }.isReadOnly)
    }
  }

  @Test func `a second writer hears that the file is busy`() throws {
    try withDirectory { directory in
      let first = try Connection(path: "\(directory)/store", access: .readWrite)
      try first.execute("CREATE TABLE t (a); BEGIN IMMEDIATE")
      let second = try Connection(path: "\(directory)/store", access: .readWrite)
      #expect(try code { try second.execute("BEGIN IMMEDIATE") }.isBusy)
      try first.execute("COMMIT")
      try second.execute("BEGIN IMMEDIATE; COMMIT")
    }
  }

  @Test func `a full disk ends the whole transaction, and the connection tells`() throws {
    try withDirectory { directory in
      let connection = try Connection(path: "\(directory)/store", access: .readWrite)
      try connection.execute("CREATE TABLE t (a)")
      try connection.execute("PRAGMA max_page_count = 3")
      try connection.execute("BEGIN IMMEDIATE")
      try connection.execute("INSERT INTO t VALUES (1)")
      let insert = connection.prepare("INSERT INTO t VALUES (zeroblob(100000))")
      #expect(try #require(throws: SQLiteError.self) { try insert.run() }.isDiskFull)
      let isInTransaction = connection.isInTransaction
      let rows = try connection.integer("SELECT count(*) FROM t")
      #expect(!isInTransaction && rows == 0)
    }
  }

  @Test func `rows are counted from the last statement and since the opening`() throws {
    let connection = try connection()
    let before = connection.totalChanges
    try connection.execute("INSERT INTO parent VALUES (2, 'b'), (3, 'c')")
    let (changes, last) = (connection.changes, connection.lastInsertRowID)
    #expect(changes == 2 && last == 3)
    try connection.execute("DELETE FROM parent WHERE id = 3")
    let total = connection.totalChanges - before
    #expect(total == 3)
  }
}
