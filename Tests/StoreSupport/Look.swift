import SQLite

/// What the store holds at this moment, whether it is on disk or not; independent of the broker's own queries.
package final class Look {
  private let connection: Connection
  private var statements: [String: Statement] = [:]

  /// Opens the database at `path` for reading.
  package init(_ path: String, vfs: String?) throws {
    connection = try Connection(path: path, access: .readOnly, vfs: vfs)
  }

  private func statement(_ sql: String) -> Statement {
    if let known = statements[sql] { return known }
    let made = connection.prepare(sql)
    statements[sql] = made
    return made
  }

  // Statements take a fixed number of values of their own types; these are the shapes that are needed.

  /// Whether the query finds anything.
  package func exists(_ sql: String, _ first: Int) throws -> Bool {
    try statement(sql).first(first) { _ in true } ?? false
  }

  /// The same with a number and a text.
  package func exists(_ sql: String, _ first: Int, _ second: String) throws -> Bool {
    try statement(sql).first(first, second) { _ in true } ?? false
  }

  /// The same with a text.
  package func exists(_ sql: String, _ text: String) throws -> Bool {
    try statement(sql).first(text) { _ in true } ?? false
  }

  /// The same with a number and two texts.
  package func exists(_ sql: String, _ first: Int, _ second: String, _ third: String) throws -> Bool {
    try statement(sql).first(first, second, third) { _ in true } ?? false
  }

  /// The same with what tells a result.
  package func exists(_ sql: String, _ first: Int, _ second: String, _ third: Int, _ fourth: String) throws -> Bool {
    try statement(sql).first(first, second, third, fourth) { _ in true } ?? false
  }

  /// The same with what tells an event.
  package func exists(_ sql: String, _ first: Int, _ second: Int, _ third: String, _ fourth: String?) throws -> Bool {
    try statement(sql).first(first, second, third, fourth) { _ in true } ?? false
  }

  /// The number that the query finds; 0 for none.
  package func integer(_ sql: String) throws -> Int { try statement(sql).first { Int($0.int(0)) } ?? 0 }

  /// The number that the query finds.
  package func integer(_ sql: String, _ first: Int) throws -> Int? {
    try statement(sql).first(first) { Int($0.int(0)) }
  }

  /// The same with a number and a text.
  package func integer(_ sql: String, _ first: Int, _ second: String) throws -> Int? {
    try statement(sql).first(first, second) { Int($0.int(0)) }
  }

  /// The same for what tells a result.
  package func integer(_ sql: String, _ first: Int, _ second: String, _ third: Int) throws -> Int? {
    try statement(sql).first(first, second, third) { Int($0.int(0)) }
  }

  /// Every text that the query finds.
  package func texts(_ sql: String) throws -> [String] { try statement(sql).all { $0.text(0) } }

  /// The same with a number.
  package func texts(_ sql: String, _ first: Int) throws -> [String] {
    try statement(sql).all(first) { $0.text(0) }
  }

  /// The same with a number and a text.
  package func texts(_ sql: String, _ first: Int, _ second: String) throws -> [String] {
    try statement(sql).all(first, second) { $0.text(0) }
  }

  /// A line of the history, as it is stored.
  package struct Event {
    /// From 1, without gaps.
    package let number: Int
    /// The job that it is about.
    package let job: Int
    /// Such as `task.leased`.
    package let type: String
    /// The key of the task that it is about.
    package let task: String?
    /// One line of JSON; empty when there is nothing to say.
    package let detail: [UInt8]
  }

  /// The history behind an event.
  package func events(after number: Int) throws -> [Event] {
    try statement("SELECT id, job, type, task, detail FROM event WHERE id > ?1 ORDER BY id").all(number) {
      Event(
        number: Int($0.int(0)), job: Int($0.int(1)), type: $0.text(2), task: $0.optionalText(3), detail: $0.bytes(4))
    }
  }
}
