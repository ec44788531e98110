/// What a backup runs on its copy, and a broker that starts on one.
enum BackupStatements {
  /// Says in the copy that it is one; the first broker that starts on it takes the mark away.
  static let mark = "INSERT INTO setting (name, value) VALUES ('\(markName)', 1)"
  static let isMarked = "SELECT count(*) FROM setting WHERE name = '\(markName)'"
  static let markName = "copied"
  static let unmark = "DELETE FROM setting WHERE name = '\(markName)'"
  /// The blobs that are files, in the order of their names.
  static let files = "SELECT sha256 FROM blob WHERE body IS NULL ORDER BY sha256"
  static let counts = """
    SELECT (SELECT count(*) FROM job), (SELECT count(*) FROM result), (SELECT count(*) FROM event)
    """
}
