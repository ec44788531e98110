import Glibc

/// Executables of this package, as built beside the tests.
package enum BuiltProduct {
  /// The path of an executable; `nil` when it was not built.
  package static func path(_ name: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let slash = own.lastIndex(of: "/") else { return nil }
    let path = own[..<slash] + "/" + name
    return access(String(path), X_OK) == 0 ? String(path) : nil
  }
}
