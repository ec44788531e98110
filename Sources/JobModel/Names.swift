/// Why a name was refused: one sentence that says what is wrong and one that says what to do.
package struct NameError: Error, Equatable, Sendable {
  package let message: String
  package let remedy: String

  package init(_ message: String, remedy: String) {
    self.message = message
    self.remedy = remedy
  }
}

/// A name that is the same only byte by byte, as it is for SQLite and the file system. Swift's own strings are equal
/// when they look the same: `ü` in one character is then that in two.
package protocol ExactName: Hashable {
  var text: String { get }
}

extension ExactName {
  package static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  /// The bytes, not the look: of names that look the same there can be any number, and they shall not meet in one place.
  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    // No byte of UTF-8: ends the name.
    hasher.combine(UInt8.max)
  }
}

/// A name that was checked when it came in, to be compared.
package struct ExactText: ExactName, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }
}

/// A generator type, such as `docs`. It becomes part of the name of an executable (`genplugin-docs`), so it holds
/// nothing that a path could be made of.
package struct Kind: Hashable, Sendable, CustomStringConvertible {
  package let name: String

  /// - Throws: `NameError` unless the name is a lower-case letter followed by letters, digits and single hyphens.
  package init(_ name: String) throws(NameError) {
    let bytes = Array(name.utf8)
    let isWord = bytes.allSatisfy { isLowercase($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    guard let first = bytes.first, isLowercase(first), isWord, bytes.count <= ModelLimits.kindBytesMax,
      bytes.last != UInt8(ascii: "-"), !name.contains("--")
    else {
      throw NameError(
        "'\(visible(name))' is not a kind",
        remedy: "a kind is a short word in lower case, such as docs; letters, digits and hyphens, "
          + "at most \(ModelLimits.kindBytesMax)")
    }
    self.name = name
  }

  private init(known name: String) { self.name = name }

  /// The kind of tasks that the broker does itself: it makes the tasks of a recipe.
  package static let recipe = Kind(known: "recipe")

  package var description: String { name }
}

/// The name of a task in its job, such as `page/orders/Task_17`.
package struct TaskKey: ExactName, Sendable, CustomStringConvertible {
  package let text: String

  /// - Throws: `NameError` when it is empty, too long or holds control characters.
  package init(_ text: String) throws(NameError) {
    guard isName(text, bytesMax: ModelLimits.keyBytesMax) else {
      throw NameError(
        "'\(visible(text))' cannot be the key of a task",
        remedy: "use 1 to \(ModelLimits.keyBytesMax) bytes without control characters")
    }
    self.text = text
  }

  private init(known text: String) { self.text = text }

  /// The task that plans a job.
  package static let plan = TaskKey(known: "plan")
  /// The task that plans what one of several kinds makes in a job.
  package static func plan(of kind: Kind) -> TaskKey { TaskKey(known: "\(plan.text)/\(kind)") }
  /// The task that begins to make the tasks of a recipe.
  package static let recipe = TaskKey(known: "recipe")

  /// The task that goes on with a recipe when another one has made its JSON.
  ///
  /// - Throws: `NameError` when that one's key leaves no room.
  package static func recipe(after maker: TaskKey) throws(NameError) -> TaskKey {
    try TaskKey(recipePrefix + maker.text)
  }

  /// What ``recipe(after:)`` has made a key of; `nil` for any other.
  package static func maker(ofRecipeTask key: String) -> TaskKey? {
    key.utf8.starts(with: recipePrefix.utf8)
      ? TaskKey(known: String(decoding: key.utf8.dropFirst(recipePrefix.utf8.count), as: UTF8.self)) : nil
  }

  /// Whether it is, or could be, a task that makes those of a recipe.
  package var isOfRecipe: Bool { self == .recipe || Self.maker(ofRecipeTask: text) != nil }

  /// How the keys begin of those that go on.
  private static let recipePrefix = recipe.text + "/"

  package var description: String { text }
}

/// Where a result lives in its project: relative, with `/` between components, and safe to create below any directory.
package struct ResultPath: ExactName, Sendable, CustomStringConvertible {
  package let text: String

  /// How the files begin that `genbroker export` keeps for itself beside those of the job.
  package static let reservedPrefix = ".genbroker-export"

  /// - Throws: `NameError` for anything that could leave the directory it is exported to, or could not be a file there.
  package init(_ text: String) throws(NameError) {
    func refuse(_ why: String) -> NameError {
      NameError(
        "'\(visible(text))' cannot be the path of a file: \(why)",
        remedy: "use a relative path such as pages/order.html, without '.', '..' and control characters")
    }
    guard !text.isEmpty else { throw refuse("it is empty") }
    guard text.utf8.count <= ModelLimits.pathBytesMax else { throw refuse("it has more than 1024 bytes") }
    guard !hasControls(text) else { throw refuse("it holds a control character") }
    guard !text.utf8.contains(UInt8(ascii: "\\")) else { throw refuse("it holds a backslash") }
    for component in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      if component.isEmpty { throw refuse("it is absolute or has an empty component") }
      if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
        throw refuse("it holds '.' or '..'")
      }
      if component.count > ModelLimits.pathComponentBytesMax { throw refuse("a component has more than 255 bytes") }
      if component.starts(with: Self.reservedPrefix.utf8) {
        throw refuse("names that begin with \(Self.reservedPrefix) are those of the export's own files")
      }
    }
    self.text = text
  }

  private init(known text: String) { self.text = text }

  /// Where a record lives; no file can be there.
  package init(_ record: RecordName) { text = record.path }

  /// A path as a plugin or the store has it: that of a file, or of a record.
  ///
  /// - Throws: `NameError` when it is neither.
  package init(fileOrRecord text: String) throws(NameError) {
    if RecordName.isPath(text) { self.init(try RecordName(path: text)) } else { try self.init(text) }
  }

  /// Whether it is that of a record.
  package var isRecord: Bool { RecordName.isPath(text) }

  /// The directories that the file lies in, the outermost first: `a` and `a/b` for `a/b/c`. A record lies in none.
  package var directories: [ResultPath] {
    if isRecord { return [] }
    return text.utf8.indices.filter { text.utf8[$0] == UInt8(ascii: "/") }.map {
      ResultPath(known: String(text[..<$0]))
    }
  }

  package var description: String { text }
}

/// The name of a project: one component of a path.
package struct ProjectName: ExactName, Sendable, CustomStringConvertible {
  package let text: String

  /// - Throws: `NameError` when it is empty, too long, or more than one component.
  package init(_ text: String) throws(NameError) {
    guard isName(text, bytesMax: ModelLimits.projectBytesMax), !text.hasPrefix("."),
      !text.utf8.contains(UInt8(ascii: "/"))
    else {
      throw NameError(
        "'\(visible(text))' cannot be the name of a project",
        remedy: "use 1 to \(ModelLimits.projectBytesMax) bytes without '/', control characters and a leading '.'")
    }
    self.text = text
  }

  package var description: String { text }
}

/// The name of a collection of files.
package struct CollectionName: ExactName, Sendable, CustomStringConvertible {
  package let text: String

  /// - Throws: `NameError` when it is empty, too long or holds control characters.
  package init(_ text: String) throws(NameError) {
    guard isName(text, bytesMax: ModelLimits.collectionBytesMax) else {
      throw NameError(
        "'\(visible(text))' cannot be the name of a collection",
        remedy: "use 1 to \(ModelLimits.collectionBytesMax) bytes without control characters")
    }
    self.text = text
  }

  package var description: String { text }
}

private func isLowercase(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// Whether a text has bytes, no more of them than that, and no control characters.
func isName(_ text: String, bytesMax: Int) -> Bool {
  !text.isEmpty && text.utf8.count <= bytesMax && !hasControls(text)
}

/// Whether a text holds characters that stand for no sign, such as U+0000 and a line feed.
package func hasControls(_ text: String) -> Bool {
  text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
}

/// The text with control characters made visible and cut to a length that fits an error message.
package func visible(_ text: String) -> String {
  let scalars = text.unicodeScalars.prefix(80).map { scalar in
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      ? "\\u{\(String(scalar.value, radix: 16))}" : String(Character(scalar))
  }
  return scalars.joined() + (text.unicodeScalars.count > 80 ? "…" : "")
}
