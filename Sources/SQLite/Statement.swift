import CSQLite

/// A prepared statement: bind, run, and be ready for the next run.
///
/// Parameters are numbered from 1 in the order in which they are given; columns are numbered from 0.
package struct Statement: ~Copyable {
  /// Owned: made by `Connection.prepare`, finalized once in `deinit`.
  private let handle: OpaquePointer

  init(handle: OpaquePointer) {
    self.handle = handle
  }

  deinit {
    sqlite3_finalize(handle)
  }

  /// Runs the statement to its end, passing over rows.
  package func run<each Value: SQLiteBindable>(_ values: repeat each Value) throws(SQLiteError) {
    defer { sqlite3_reset(handle) }
    try bind(repeat each values)
    while try step() {}
  }

  /// The first row, read by `row`; `nil` when there is none.
  package func first<Result, each Value: SQLiteBindable>(
    _ values: repeat each Value, row: (borrowing Row) -> Result
  ) throws(SQLiteError) -> Result? {
    defer { sqlite3_reset(handle) }
    try bind(repeat each values)
    return try step() ? row(Row(handle: handle)) : nil
  }

  /// Every row, read by `row`, in order.
  package func all<Result, each Value: SQLiteBindable>(
    _ values: repeat each Value, row: (borrowing Row) -> Result
  ) throws(SQLiteError) -> [Result] {
    var results: [Result] = []
    try forEach(repeat each values) { results.append(row($0)) }
    return results
  }

  /// Hands every row to `body`, in order.
  package func forEach<each Value: SQLiteBindable>(
    _ values: repeat each Value, body: (borrowing Row) -> Void
  ) throws(SQLiteError) {
    defer { sqlite3_reset(handle) }
    try bind(repeat each values)
    while try step() { body(Row(handle: handle)) }
  }

  private func bind<each Value: SQLiteBindable>(_ values: repeat each Value) throws(SQLiteError) {
    var index: Int32 = 0
    for value in repeat each values {
      index += 1
      let code = value.bind(to: Binder(handle: handle, index: index))
      guard code == SQLITE_OK else { throw error(code) }
    }
    // Another number of parameters than the statement has is a mistake in this program, not in its data.
    precondition(index == sqlite3_bind_parameter_count(handle), "wrong number of parameters: \(sql)")
  }

  private func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw error(code)
    }
  }

  private func error(_ code: Int32) -> SQLiteError {
    SQLiteError(code: code, message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))), sql: sql)
  }

  private var sql: String { String(cString: sqlite3_sql(handle)) }
}

/// The row that a statement stands on; valid only inside the closure that it is handed to.
package struct Row: ~Copyable {
  fileprivate let handle: OpaquePointer

  package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  package func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  package func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

  package func bool(_ column: Int32) -> Bool { int(column) != 0 }

  package func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

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
