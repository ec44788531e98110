/// A promise that was broken, or a simulation that cannot go on.
package struct Violation: Error, CustomStringConvertible {
  /// What it was.
  package let description: String

  /// A promise that was broken in this way.
  package init(_ description: String) { self.description = description }
}
