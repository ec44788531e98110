import Glibc

/// The absolute path of what is there, with all links followed.
///
/// - Returns: `nil` when there is nothing, or when it cannot be looked at.
package func realPath(_ path: String) -> String? {
  // `realpath` with nil allocates what it returns; it is copied and freed here.
  guard let resolved = unsafe realpath(path, nil) else { return nil }
  defer { unsafe free(resolved) }
  return unsafe String(cString: resolved)
}
