/// Takes the members of an object one by one by name.
///
/// Writers mostly write members in the order in which readers ask for them, so each search begins behind the member that
/// was taken last; then an object is read in one pass.
package struct JSONObjectReader {
  private let document: JSONDocument
  /// Token index of the first key.
  private let first: Int
  private let end: Int
  private var next: Int
  private var taken = 0

  /// - Returns: `nil` when `value` is no object.
  package init?(_ value: JSONValue) {
    let token = value.document.tokens[value.index]
    guard token.kind == .object else { return nil }
    document = value.document
    first = value.index + 1
    end = Int(token.next)
    next = first
  }

  /// The value of the member `key`; `nil` when there is none.
  package mutating func take(_ key: String) -> JSONValue? {
    guard let place = find(key, from: next, to: end) ?? find(key, from: first, to: next) else { return nil }
    next = Int(document.tokens[place + 1].next)
    taken += 1
    return JSONValue(document: document, index: place + 1)
  }

  /// True when the object has a member that nobody took. Each name must be asked for only once.
  package var hasUntakenMembers: Bool {
    var members = 0
    var place = first
    while place < end {
      members += 1
      place = Int(document.tokens[place + 1].next)
    }
    return members != taken
  }

  private func find(_ key: String, from start: Int, to end: Int) -> Int? {
    var place = start
    while place < end {
      if JSONValue(document: document, index: place).equals(key) { return place }
      place = Int(document.tokens[place + 1].next)
    }
    return nil
  }
}
