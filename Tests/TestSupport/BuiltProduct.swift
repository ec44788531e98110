import Glibc

/// Executables of this package: those in `GENBROKER_PROGRAMS`, such as a release to be tried, or else those that were built
/// beside the tests.
package enum BuiltProduct {
  /// Whether the programs were given from outside.
  package static let isGiven = getenv("GENBROKER_PROGRAMS") != nil

  /// Where they are.
  package static let directory: String? = {
    if let given = getenv("GENBROKER_PROGRAMS") { return String(cString: given) }
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return own.lastIndex(of: "/").map { String(own[..<$0]) }
  }()

  /// The path of an executable; `nil` when it was not built.
  package static func path(_ name: String) -> String? {
    guard let path = directory.map({ $0 + "/" + name }) else { return nil }
    return access(path, X_OK) == 0 ? path : nil
  }
}
