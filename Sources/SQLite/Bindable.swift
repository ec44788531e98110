import CSQLite

/// Where a value is to be bound.
package struct Binder {
  let handle: OpaquePointer
  let index: Int32
}

/// A value that can be a parameter of a statement.
package protocol SQLiteBindable {
  /// Binds the value; returns SQLite's result code. SQLite copies the bytes (`SQLITE_TRANSIENT`).
  func bind(to binder: Binder) -> Int32
}

extension Int64: SQLiteBindable {
  package func bind(to binder: Binder) -> Int32 { sqlite3_bind_int64(binder.handle, binder.index, self) }
}

extension Int: SQLiteBindable {
  package func bind(to binder: Binder) -> Int32 { Int64(self).bind(to: binder) }
}

extension UInt32: SQLiteBindable {
  package func bind(to binder: Binder) -> Int32 { Int64(self).bind(to: binder) }
}

extension Bool: SQLiteBindable {
  package func bind(to binder: Binder) -> Int32 { Int64(self ? 1 : 0).bind(to: binder) }
}

extension String: SQLiteBindable {
  /// With an explicit count of bytes, so that a text may hold U+0000.
  package func bind(to binder: Binder) -> Int32 {
    var copy = self
    return copy.withUTF8 { utf8 in
      // An empty string has no base address; SQLite would take the null pointer for NULL.
      guard let start = utf8.baseAddress else { return gb_sqlite3_bind_text(binder.handle, binder.index, "", 0) }
      return start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
        gb_sqlite3_bind_text(binder.handle, binder.index, $0, sqlite3_uint64(utf8.count))
      }
    }
  }
}

/// Bound as a blob.
extension Array: SQLiteBindable where Element == UInt8 {
  package func bind(to binder: Binder) -> Int32 {
    withUnsafeBytes { bytes in
      // An empty array may have no base address; a null pointer would be NULL.
      guard let start = bytes.baseAddress, !bytes.isEmpty else {
        return sqlite3_bind_zeroblob(binder.handle, binder.index, 0)
      }
      return gb_sqlite3_bind_blob(binder.handle, binder.index, start, sqlite3_uint64(bytes.count))
    }
  }
}

extension Optional: SQLiteBindable where Wrapped: SQLiteBindable {
  package func bind(to binder: Binder) -> Int32 {
    switch self {
    case .some(let value): value.bind(to: binder)
    case .none: sqlite3_bind_null(binder.handle, binder.index)
    }
  }
}

/// Bytes of UTF-8 that are bound as a text: JSON, which people shall be able to read in the file.
package struct TextBytes: SQLiteBindable, Sendable {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  package func bind(to binder: Binder) -> Int32 {
    bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return gb_sqlite3_bind_text(binder.handle, binder.index, "", 0) }
      return start.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
        gb_sqlite3_bind_text(binder.handle, binder.index, $0, sqlite3_uint64(buffer.count))
      }
    }
  }
}
