/// Lets those who come with the same key go one after the other, in the order in which they came. Who comes with another
/// key does not wait.
final class Turns<Key: Hashable> {
  /// The turns that wait behind the one that goes on; no entry where nobody is.
  private var waiting: [Key: [() -> Void]] = [:]

  /// Calls `turn` when everybody who came before with this key has called ``end(_:)``; at once when nobody is there.
  func begin(_ key: Key, _ turn: @escaping () -> Void) {
    guard waiting[key] == nil else { return waiting[key, default: []].append(turn) }
    waiting[key] = []
    turn()
  }

  /// The turn that goes on under this key is over: begins the next.
  func end(_ key: Key) {
    guard let next = waiting[key]?.first else { return waiting[key] = nil }
    waiting[key]?.removeFirst()
    next()
  }
}
