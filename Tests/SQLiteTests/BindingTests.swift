import SQLite
import Testing

/// What goes into a database comes out again, and as what it went in.
struct BindingTests {
  /// Stores a value in a column without a type and hands its type, its length in bytes and the row to `read`.
  private func store<Result>(
    _ value: some SQLiteBindable, read: (borrowing Row) -> Result
  ) throws -> (type: String, bytes: Int64, value: Result) {
    let connection = try Connection(path: ":memory:", access: .readWrite)
    try connection.execute("CREATE TABLE t (value)")
    try connection.prepare("INSERT INTO t VALUES (?1)").run(value)
    let statement = connection.prepare("SELECT value, typeof(value), length(CAST(value AS BLOB)) FROM t")
    let found = try statement.first { (type: $0.text(1), bytes: $0.int(2), value: read($0)) }
    return try #require(found)
  }

  @Test(arguments: [
    "", "a", "\0", "a\0b", "\0\0", "ü€𝄞", "'; DROP TABLE t; --", String(repeating: "x", count: 3_000_000),
  ])
  func `a text`(text: String) throws {
    let found = try store(text) { $0.text(0) }
    #expect(found.type == "text")
    #expect(found.bytes == text.utf8.count)
    #expect(Array(found.value.utf8) == Array(text.utf8))
  }

  @Test(arguments: [[], [0], [0, 0], Array(0...255)] as [[UInt8]])
  func `a blob`(bytes: [UInt8]) throws {
    let found = try store(bytes) { $0.optionalBytes(0) }
    #expect(found.type == "blob")
    #expect(found.bytes == bytes.count)
    #expect(found.value == bytes)
  }

  @Test func `three million bytes, as text and as blob`() throws {
    let bytes = [UInt8](repeating: 0x78, count: 3_000_000)
    let isSameBlob = try store(bytes) { $0.bytes(0) == bytes }.value
    let isSameText = try store(String(decoding: bytes, as: UTF8.self)) { $0.bytes(0) == bytes }.value
    #expect(isSameBlob && isSameText)
  }

  @Test(arguments: ["", "{}", "{\"a\":\"\\u0000\"}", "ü"]) func `bytes of a text`(text: String) throws {
    let found = try store(TextBytes(Array(text.utf8))) { $0.bytes(0) }
    #expect(found.type == "text")
    #expect(found.value == Array(text.utf8))
  }

  @Test(arguments: [Int64.min, -1, 0, 1, Int64.max]) func `an integer`(number: Int64) throws {
    let found = try store(number) { $0.int(0) }
    #expect(found.type == "integer")
    #expect(found.value == number)
  }

  @Test func `a user id beyond the signed numbers of 32 bits`() throws {
    #expect(try store(UInt32.max) { $0.int(0) }.value == 4_294_967_295)
  }

  @Test func `nothing is not the empty text, the empty blob or zero`() throws {
    #expect(try store(String?.none) { $0.optionalText(0) == nil && $0.isNull(0) }.value)
    #expect(try store([UInt8]?.none) { $0.optionalBytes(0) == nil }.value)
    #expect(try store(Int64?.none) { $0.optionalInt(0) == nil }.value)
    #expect(try store(String?.some("")) { $0.optionalText(0) == "" }.value)
    #expect(try store([UInt8]?.some([])) { $0.optionalBytes(0) == [] }.value)
    #expect(try store(Int64?.some(0)) { $0.optionalInt(0) == 0 }.value)
  }

  @Test func `a text that is no UTF-8 is read with replacements, its bytes as they are`() throws {
    let found = try store(TextBytes([0x61, 0xFF, 0x62])) { (text: $0.text(0), bytes: $0.bytes(0)) }
    #expect(found.value.text == "a\u{FFFD}b")
    #expect(found.value.bytes == [0x61, 0xFF, 0x62])
  }

  @Test func `a statement that is run again forgets what was bound before`() throws {
    let connection = try Connection(path: ":memory:", access: .readWrite)
    let statement = connection.prepare("SELECT ?1, ?2")
    #expect(try statement.first("one", [1, 2, 3] as [UInt8]) { $0.text(0) } == "one")
    #expect(try statement.first(Int64?.none, Int64?.none) { $0.isNull(0) && $0.isNull(1) } == true)
  }
}
