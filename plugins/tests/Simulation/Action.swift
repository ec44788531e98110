/// What a test does to a case. Nodes and flows are indices of the net.
enum Action: Hashable, Sendable {
  /// The case begins.
  case start([Int])
  /// A token is put at a node, for what no start leads to.
  case place(Int)
  /// A token is put on a flow.
  case bring(Int)
  /// From now on the conditions of these flows hold, and no others.
  case decide([Int])
  /// How often the work of a node is done.
  case repeatWork(Int, Int)
  /// Tokens stop at a node that they would otherwise pass.
  case hold(Int)
  /// A token goes on that was held.
  case go(Int)
  /// Work is done.
  case complete(Int)
  /// What an event waits for happens.
  case occur(Int)

  /// Whether tokens may move on it; the others only say how they are to move.
  var moves: Bool {
    switch self {
    case .start, .place, .bring, .go, .complete, .occur: true
    case .decide, .repeatWork, .hold: false
    }
  }
}
