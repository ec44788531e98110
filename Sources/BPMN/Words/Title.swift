/// What a page about a node is called.
package struct Title: Sendable, Equatable {
  /// One line, never empty, unescaped.
  package let text: String
  /// Made from the node's place, since the file gives no name.
  package let isMade: Bool
}
