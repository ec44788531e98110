/// Why a text is no interface description, and where.
package struct InterfaceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// From 1.
  package let line: Int
  /// From 1, counted in bytes.
  package let column: Int
  package let message: String

  package var description: String { "line \(line), column \(column): \(message)" }
}
