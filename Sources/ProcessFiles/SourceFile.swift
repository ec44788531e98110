/// One input of the job.
package struct SourceFile: Hashable, Sendable {
  /// As submitted: a relative path.
  package let name: String
  /// 64 hexadecimal digits.
  package let sha256: String

  /// A file of that name and content.
  package init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }
}
