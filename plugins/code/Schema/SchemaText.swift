/// Entities in the text of an idea. A line `entity NAME` begins one, with its fields behind a colon, separated by commas, or in
/// the lines below it, which begin with a space, `-` or `*`:
///
///     A blog for a small team.
///     entity User: name, email unique
///     entity Post
///       - title: text(120) required
///       - status: draft|published default=draft
///       - author: User
///
/// The other lines are what the project is about.
struct SchemaText {
  private(set) var entities: [RawEntity] = []
  /// The lines that belong to no entity.
  private(set) var prose = ""

  init(_ text: String) throws(SchemaProblem) {
    var others: [Substring] = []
    var isInside = false
    for line in lines(of: text) {
      if let head = Self.head(line) {
        entities.append(RawEntity(name: head.name, fields: try Self.fields(head.rest)))
        isInside = true
      } else if isInside, let field = Self.field(line) {
        entities[entities.count - 1].fields.append(try FieldText(field).field())
      } else {
        if !line.allSatisfy(\.isWhitespace) { isInside = false }
        others.append(line)
      }
    }
    prose = trimmed(others.joined(separator: "\n")[...])
  }

  /// The name and what stands behind its colon, when a line begins an entity.
  private static func head(_ line: Substring) -> (name: String, rest: String)? {
    let text = line.drop { $0.isWhitespace || "-*#".contains($0) }
    guard text.lowercased().hasPrefix("entity"), let after = text.dropFirst(6).first, after.isWhitespace else {
      return nil
    }
    let parts = text.dropFirst(6).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = trimmed(parts[0])
    // A sentence that happens to begin with the word is none.
    guard !name.isEmpty, name.split(whereSeparator: \.isWhitespace).count <= 3 else { return nil }
    return (name, parts.count > 1 ? String(parts[1]) : "")
  }

  private static func fields(_ list: String) throws(SchemaProblem) -> [RawField] {
    var fields: [RawField] = []
    for part in list.split(separator: ",") {
      let text = trimmed(part)
      if !text.isEmpty { fields.append(try FieldText(text).field()) }
    }
    return fields
  }

  private static func field(_ line: Substring) -> String? {
    guard let first = line.first, first.isWhitespace || "-*".contains(first) else { return nil }
    let text = trimmed(line.drop { $0.isWhitespace || "-*".contains($0) })
    return text.isEmpty ? nil : text
  }
}
