/// One input of the job.
struct SourceFile: Hashable, Sendable {
  /// As submitted: a relative path.
  let name: String
  /// 64 hexadecimal digits.
  let sha256: String
}
