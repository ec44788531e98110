/// The type of a field of which only the name is given. The first line that fits counts; `plugins/code/README.md` has the same table.
enum TypeFromName {
  static let rules: [(endings: Set<String>, type: FieldType)] = [
    (["at", "datetime", "timestamp"], .moment),
    (["on", "date", "day", "birthday", "deadline"], .date),
    (["email", "mail"], .email),
    (["url", "uri", "link", "website", "homepage"], .url),
    (
      ["count", "quantity", "age", "year", "position", "rank", "stock", "level", "points", "minutes", "hours", "days"],
      .integer
    ),
    (
      [
        "price", "amount", "total", "cost", "weight", "height", "width", "length", "rate", "score", "latitude",
        "longitude",
      ], .number
    ),
    (
      ["active", "enabled", "published", "done", "completed", "archived", "visible", "public", "verified", "paid"],
      .boolean
    ),
    (["text", "body", "content", "description", "summary", "notes", "note", "bio", "message", "comment"], .longText),
  ]
  static let booleanBeginnings: Set<String> = ["is", "has", "can"]

  /// - Parameter name: as Python writes it; its last word decides, but for `is_…`, `has_…`, `can_…`.
  static func type(of name: String) -> FieldType {
    let words = name.split(separator: "_").map(String.init)
    guard let first = words.first, let last = words.last else { return .text }
    if words.count > 1, booleanBeginnings.contains(first) { return .boolean }
    // "at" and "on" alone are no endings.
    let ending = words.count > 1 || !["at", "on"].contains(last) ? last : ""
    return rules.first { $0.endings.contains(ending) }?.type ?? .text
  }
}
