import CGatheredLog

/// A VFS that writes each transaction to the write-ahead log with one call instead of two for each page.
///
/// For the connection that writes; others need nothing of it, since the files are the same.
package enum GatheredLog {
  /// The name of such a VFS over `base`, or over SQLite's default. When it cannot be made, for want of memory, the name of
  /// the base.
  package static func vfs(over base: String?) -> String? {
    // Looking for a VFS is a use of the library.
    _ = SQLiteLibrary.isSetUp
    // The name belongs to the VFS, which stays; it is copied here.
    return gathered_log_vfs(base).map { String(cString: $0) } ?? base
  }

  /// Forgets the VFS over one that is about to go; no connection may use it any more.
  package static func forget(over base: String) {
    gathered_log_forget(base)
  }
}
