import SQLite

/// What the store holds at this moment, whether it is on disk or not; independent of the broker's own queries.
package final class Look {
  private let connection: Connection
  private var statements: [String: Statement] = [:]

  init(_ path: String, vfs: String?) throws {
    connection = try Connection(path: path, access: .readOnly, vfs: vfs)
  }

  private func statement(_ sql: String) -> Statement {
    if let known = statements[sql] { return known }
    let made = connection.prepare(sql)
    statements[sql] = made
    return made
  }

  // Statements take a fixed number of values of their own types; these are the shapes that are needed.

  func exists(_ sql: String, _ first: Int) throws -> Bool {
    try statement(sql).first(first) { _ in true } ?? false
  }

  func exists(_ sql: String, _ first: Int, _ second: String) throws -> Bool {
    try statement(sql).first(first, second) { _ in true } ?? false
  }

  func exists(_ sql: String, _ text: String) throws -> Bool {
    try statement(sql).first(text) { _ in true } ?? false
  }

  func exists(_ sql: String, _ first: Int, _ second: String, _ third: Int, _ fourth: String) throws -> Bool {
    try statement(sql).first(first, second, third, fourth) { _ in true } ?? false
  }

  func exists(_ sql: String, _ first: Int, _ second: Int, _ third: String, _ fourth: String?) throws -> Bool {
    try statement(sql).first(first, second, third, fourth) { _ in true } ?? false
  }

  package func integer(_ sql: String) throws -> Int { try statement(sql).first { Int($0.int(0)) } ?? 0 }

  func integer(_ sql: String, _ first: Int) throws -> Int? { try statement(sql).first(first) { Int($0.int(0)) } }

  func integer(_ sql: String, _ first: Int, _ second: String, _ third: Int) throws -> Int? {
    try statement(sql).first(first, second, third) { Int($0.int(0)) }
  }

  package func texts(_ sql: String) throws -> [String] { try statement(sql).all { $0.text(0) } }

  func texts(_ sql: String, _ first: Int, _ second: String) throws -> [String] {
    try statement(sql).all(first, second) { $0.text(0) }
  }

  /// A line of the history, as it is stored.
  struct Event {
    let number: Int
    let job: Int
    let type: String
    let task: String?
    let detail: [UInt8]
  }

  func events(after number: Int) throws -> [Event] {
    try statement("SELECT id, job, type, task, detail FROM event WHERE id > ?1 ORDER BY id").all(number) {
      Event(
        number: Int($0.int(0)), job: Int($0.int(1)), type: $0.text(2), task: $0.optionalText(3), detail: $0.bytes(4))
    }
  }
}
