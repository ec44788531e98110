import Glibc

/// A directory of its own for one test, removed when the closure is done.
package func withDirectory(_ body: (String) throws -> Void) throws {
  let path = try makeDirectory()
  defer { removeTree(path) }
  try body(path)
}

/// Makes an empty directory under a name that nobody else has; the caller removes it with `removeTree`.
package func makeDirectory() throws -> String {
  var template = Array("/tmp/gbt-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw SupportError(message: "no temporary directory: errno \(errno)") }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Removes a directory and what is in it, without following links.
package func removeTree(_ path: String) {
  if let directory = opendir(path) {
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name == "." || name == ".." { continue }
      if unlink("\(path)/\(name)") != 0 { removeTree("\(path)/\(name)") }
    }
    closedir(directory)
  }
  rmdir(path)
}

/// What kept a test from being set up.
package struct SupportError: Error {
  package let message: String

  package init(message: String) { self.message = message }
}
