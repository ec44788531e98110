/// What a file is marked with, to be found by: indexed columns beside its path.
///
/// They come from the file's own metadata, else from the task that has made it, else from the labels of its job.
package struct FileColumns: Hashable, Sendable {
  /// One of them.
  package enum Name: String, CaseIterable, Sendable {
    /// Such as `close-up`.
    case type
    /// Such as `front`.
    case view
    case category
    case product
    /// Of the product.
    case revision
    case batch
    /// `completed` when nothing else is said.
    case status

    /// Those that a task, or a label of a job, can say: how a file stands is its own matter.
    package static let ofTasks = allCases.filter { $0 != .status }
  }

  /// The status of a file of which none is said.
  package static let completed = "completed"
  /// The status of a file that its owner has archived; nothing else gives it.
  package static let archived = "archived"

  private var values = Self.none
  /// Shared by all that say nothing, which are most.
  private static let none: [String?] = Array(repeating: nil, count: Name.allCases.count)

  package init() {}

  /// One of them; `nil` where nothing is said.
  package subscript(name: Name) -> String? {
    get { values[Self.index[name] ?? 0] }
    set { values[Self.index[name] ?? 0] = newValue }
  }

  private static let index = Dictionary(uniqueKeysWithValues: Name.allCases.enumerated().map { ($1, $0) })

  package var isEmpty: Bool { values.allSatisfy { $0 == nil } }

  /// Those that are there, in the order of their names.
  package var members: [(name: Name, value: String)] {
    Name.allCases.compactMap { name in self[name].map { (name, $0) } }
  }

  /// Says what is not said yet.
  package mutating func fill(from other: FileColumns) {
    for (name, value) in other.members where self[name] == nil { self[name] = value }
  }

  /// - Throws: `NameError` when it is empty, too long or holds control characters.
  package static func value(_ text: String, of name: Name) throws(NameError) -> String {
    guard isValue(text) else {
      throw NameError(
        "'\(visible(text))' cannot be the \(name.rawValue) of a file",
        remedy: "use 1 to \(ModelLimits.columnBytesMax) bytes without control characters")
    }
    return text
  }

  /// Whether a text can stand in a column.
  package static func isValue(_ text: String) -> Bool {
    isName(text, bytesMax: ModelLimits.columnBytesMax)
  }
}
