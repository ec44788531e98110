import JSON

/// A thing that the project keeps, as all its files speak of it. `EntityBuilder` makes it; `plan.json` carries it.
struct Entity: Equatable, Sendable {
  /// The module, such as `blog_post`: unique in the project.
  var name: String
  /// Such as `BlogPost`.
  var className: String
  /// Such as `blog_posts`: the table, and the functions for many.
  var plural: String
  var fields: [Field]

  /// In the URL, such as `blog-posts`.
  var path: String { plural.replacing("_", with: "-") }
  /// For people, such as `blog post`.
  var title: String { Self.words(name) }
  var pluralTitle: String { Self.words(plural) }

  private static func words(_ name: String) -> String {
    name.split(separator: "_").joined(separator: " ")
  }

  /// What another one refers to with a field.
  struct Reference: Hashable, Sendable {
    /// The name of the entity referred to.
    var entity: String
    var className: String
    var table: String
    /// It refers back, by way of others or by itself: neither module can be imported before the other.
    var isCyclic: Bool
  }
}

/// A column of an entity, and the attribute of it.
struct Field: Equatable, Sendable {
  /// The attribute; of a reference, the one that holds the row referred to.
  var name: String
  var type: FieldType
  /// Has to be given, and is never null.
  var isRequired: Bool
  var isUnique: Bool
  /// What it is when it is not given.
  var defaultValue: JSONTree?
  /// Of texts, in characters.
  var minLength: Int?
  var maxLength: Int?
  /// Of numbers: `int` or `double`.
  var minimum: JSONTree?
  var maximum: JSONTree?

  /// In the table and in JSON.
  var column: String { reference == nil ? name : name + "_id" }
  var isNullable: Bool { !isRequired && defaultValue == nil }

  var reference: Entity.Reference? {
    if case .reference(let reference) = type { reference } else { nil }
  }
  var choices: [String] {
    if case .choice(let choices) = type { choices } else { [] }
  }
}

/// What a field holds.
enum FieldType: Hashable, Sendable {
  case text, longText, integer, number, boolean, date, moment, email, url
  case choice([String])
  case reference(Entity.Reference)

  /// The words for it in schemas, the first being the one in `plan.json`.
  static let words: [(words: [String], type: FieldType)] = [
    (["text", "string", "str", "varchar"], .text),
    (["longtext", "long_text", "markdown"], .longText),
    (["integer", "int"], .integer),
    (["number", "float", "decimal"], .number),
    (["boolean", "bool"], .boolean),
    (["date"], .date),
    (["datetime", "timestamp"], .moment),
    (["email"], .email),
    (["url", "uri"], .url),
  ]

  static func named(_ word: String) -> FieldType? { words.first { $0.words.contains(word) }?.type }

  /// The first word for it.
  var word: String {
    switch self {
    case .choice: "choice"
    case .reference: "reference"
    default: Self.words.first { $0.type == self }?.words.first ?? ""
    }
  }

  var isText: Bool { self == .text || self == .longText }
  var isNumber: Bool { self == .integer || self == .number }
  var isTime: Bool { self == .date || self == .moment }
}
