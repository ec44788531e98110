import Glibc

/// The environment, as a dictionary; of a name that is there twice, the first counts, as for `getenv`.
package func processEnvironment() -> [String: String] {
  var found: [String: String] = [:]
  // `environ` is a NULL-terminated array of C strings; nothing in this process changes it after the start.
  var entry = unsafe environ
  while let text = unsafe entry.pointee {
    let parts = unsafe String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, found[String(parts[0])] == nil { found[String(parts[0])] = String(parts[1]) }
    unsafe entry += 1
  }
  return found
}
