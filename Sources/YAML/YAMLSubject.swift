/// What a file is to hold: its bounds, and the words of errors that depend on it.
package struct YAMLSubject: Sendable {
  /// One of them, as in `recipe`.
  package let name: String
  /// How a file of them begins.
  package let beginning: String
  /// Bytes of the file.
  package let bytesMax: Int
  /// What to do about one that is larger.
  package let sizeRemedy: String

  /// - parameters: see the members of the same names.
  package init(name: String, beginning: String, bytesMax: Int, sizeRemedy: String) {
    self.name = name
    self.beginning = beginning
    self.bytesMax = bytesMax
    self.sizeRemedy = sizeRemedy
  }
}
