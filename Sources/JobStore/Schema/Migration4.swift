/// The same checks in words that cost less. For a list of more than two values SQLite builds a table each time a CHECK is
/// looked at; a row of comparisons is looked at from the left and left at the first that holds. Nothing in the file is
/// different but the text of the schema (https://sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema
/// Changes", the second procedure).
let migration4 = Migration(
  version: 4,
  sql: """
    DROP INDEX job_live;
    PRAGMA writable_schema = ON;
    \(rewordings.map(\.sql).joined(separator: "\n"))
    PRAGMA writable_schema = RESET;
    CREATE INDEX job_live ON job (id) WHERE ended_ms IS NULL;
    """)

/// A text of the schema that is put in the place of another one.
private struct Rewording {
  let table: String
  let old: String
  let new: String

  /// `column IN (values)`, and the same as comparisons.
  init(_ table: String, _ column: String, _ values: [String], break before: String = "") {
    self.table = table
    old = "\(column) IN (\(before)\(values.map { "'\($0)'" }.joined(separator: ", ")))"
    new = "(\(values.map { "\(column) = '\($0)'" }.joined(separator: " OR ")))"
  }

  /// Any other text.
  init(_ table: String, _ old: String, _ new: String) {
    self.table = table
    self.old = old
    self.new = new
  }

  var sql: String {
    func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
    return "UPDATE sqlite_schema SET sql = replace(sql, \(quoted(old)), \(quoted(new))) WHERE name = '\(table)';"
  }
}

private let rewordings = [
  // The states that most steps come to stand first.
  Rewording("job", "state", ["pending", "running", "paused", "succeeded", "failed", "cancelled"]),
  Rewording(
    "job", "state NOT IN ('succeeded', 'failed', 'cancelled') OR blocked + ready + leased = 0",
    "ended_ms IS NULL OR blocked + ready + leased = 0"),
  Rewording("job", "state", ["succeeded", "failed", "cancelled"]),
  Rewording("task", "state", ["blocked", "ready", "leased", "succeeded", "failed", "skipped", "cancelled"]),
  Rewording(
    "task", "state NOT IN ('ready', 'leased', 'succeeded') OR unmet = 0",
    "unmet = 0 OR (state <> 'ready' AND state <> 'leased' AND state <> 'succeeded')"),
  Rewording("task", "state", ["succeeded", "failed", "skipped", "cancelled"]),
  Rewording(
    "lease", "state", ["live", "tainted", "grace", "completed", "failed", "released", "lost", "expired", "revoked"],
    break: "\n    "),
  Rewording("lease", "state", ["live", "tainted", "grace"]),
  Rewording("result", "standing", ["head", "past", "late"]),
]
