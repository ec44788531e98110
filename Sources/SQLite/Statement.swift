import CSQLite

/// A statement that is prepared when it is first run and then kept: bind, run, and be ready for the next run.
///
/// Parameters are numbered from 1 in the order in which they are given; columns are numbered from 0. Used by the thread
/// of its connection, and not after it.
package final class Statement {
  private let connection: OpaquePointer
  private let sql: String
  /// Owned: prepared once, finalized once in `deinit`. SQLite keeps a closed connection until its last statement goes
  /// (`sqlite3_close_v2`), so the order in which they go does not matter.
  private var prepared: OpaquePointer?

  init(_ sql: String, on connection: OpaquePointer) {
    self.sql = sql
    self.connection = connection
  }

  deinit {
    sqlite3_finalize(prepared)
  }

  private func handle() throws(SQLiteError) -> OpaquePointer {
    if let prepared { return prepared }
    let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard code == SQLITE_OK, let prepared else { throw error(code) }
    return prepared
  }

  /// Runs the statement to its end, passing over rows.
  package func run(_ values: any SQLiteBindable...) throws(SQLiteError) { try run(values) }

  /// The same with as many values as there are.
  package func run(_ values: [any SQLiteBindable]) throws(SQLiteError) {
    let handle = try handle()
    defer { sqlite3_reset(handle) }
    try bind(handle, values)
    while try step(handle) {}
  }

  /// The first row, read by `row`; `nil` when there is none.
  package func first<Result>(
    _ values: any SQLiteBindable..., row: (borrowing Row) -> Result
  ) throws(SQLiteError) -> Result? {
    let handle = try handle()
    defer { sqlite3_reset(handle) }
    try bind(handle, values)
    return try step(handle) ? row(Row(handle: handle)) : nil
  }

  /// Every row, read by `row`, in order.
  package func all<Result>(
    _ values: any SQLiteBindable..., row: (borrowing Row) -> Result
  ) throws(SQLiteError) -> [Result] {
    var results: [Result] = []
    let handle = try handle()
    defer { sqlite3_reset(handle) }
    try bind(handle, values)
    while try step(handle) { results.append(row(Row(handle: handle))) }
    return results
  }

  /// Hands every row to `body`, in order.
  package func forEach(
    _ values: any SQLiteBindable..., body: (borrowing Row) -> Void
  ) throws(SQLiteError) {
    let handle = try handle()
    defer { sqlite3_reset(handle) }
    try bind(handle, values)
    while try step(handle) { body(Row(handle: handle)) }
  }

  /// How often it has been run (https://sqlite.org/c3ref/c_stmtstatus_counter.html); tests hold work against it.
  package var runs: Int {
    prepared.map { Int(sqlite3_stmt_status($0, SQLITE_STMTSTATUS_RUN, 0)) } ?? 0
  }

  private func bind(_ handle: OpaquePointer, _ values: [any SQLiteBindable]) throws(SQLiteError) {
    var index: Int32 = 0
    for value in values {
      index += 1
      let code = value.bind(to: Binder(handle: handle, index: index))
      guard code == SQLITE_OK else { throw error(code) }
    }
    // Another number of parameters than the statement has is a mistake in this program, not in its data.
    precondition(index == sqlite3_bind_parameter_count(handle), "wrong number of parameters: \(sql)")
  }

  private func step(_ handle: OpaquePointer) throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw error(code)
    }
  }

  private func error(_ code: Int32) -> SQLiteError {
    SQLiteError(code, of: connection, sql: sql)
  }
}

/// The row that a statement stands on; valid only inside the closure that it is handed to.
package struct Row: ~Copyable {
  fileprivate let handle: OpaquePointer

  package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  package func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  package func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

  package func bool(_ column: Int32) -> Bool { int(column) != 0 }

  package func text(_ column: Int32) -> String {
    // As in `bytes`; the string is a copy.
    guard let start = sqlite3_column_blob(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }

  package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  /// The bytes of a text or blob; a copy.
  package func bytes(_ column: Int32) -> [UInt8] {
    // The order of the two calls is the one that sqlite.org/c3ref/column_blob.html prescribes; the pointer is valid
    // until the statement moves on, and the bytes are copied here.
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, column))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  package func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }
}
