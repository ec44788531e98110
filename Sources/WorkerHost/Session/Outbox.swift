/// What a worker has to tell the broker: what waits, what was sent, what has to be sent again on a new connection.
///
/// Results are let out up to the window that the broker names, everything else up to a bound of its own, each in their
/// order. A result may therefore be overtaken by what is no result; whoever minds waits for the answer first.
struct Outbox {
  struct Message: Equatable {
    let number: Int
    let lease: Int
    /// Counts for the window.
    let isResult: Bool
  }

  /// Results that may be unanswered at a time.
  var window: Int
  private let othersMax: Int
  /// In the order in which they were added.
  private var waiting: [Message] = []
  private var sent: [Message] = []
  /// Leases that are over; their results are delivered once more.
  private var lost: Set<Int> = []
  private var numbersGiven = 0

  init(window: Int, othersMax: Int) {
    self.window = window
    self.othersMax = othersMax
  }

  var isEmpty: Bool { waiting.isEmpty && sent.isEmpty }

  /// Adds a message; returns its number.
  mutating func add(lease: Int, isResult: Bool) -> Int {
    numbersGiven += 1
    waiting.append(Message(number: numbersGiven, lease: lease, isResult: isResult))
    return numbersGiven
  }

  /// The number of the next message to send; `nil` when none may be sent now.
  mutating func next() -> Int? {
    let results = sent.count { $0.isResult }
    let hasRoom = (results: results < max(1, window), others: sent.count - results < othersMax)
    guard let place = waiting.firstIndex(where: { $0.isResult ? hasRoom.results : hasRoom.others }) else { return nil }
    let message = waiting.remove(at: place)
    sent.append(message)
    return message.number
  }

  /// The broker has answered.
  mutating func answered(_ number: Int) {
    if let place = sent.firstIndex(where: { $0.number == number }) { sent.remove(at: place) }
  }

  /// Whether it was sent for a lease that is over.
  func isLost(_ number: Int) -> Bool { sent.contains { $0.number == number && lost.contains($0.lease) } }

  /// The connection ended: what was not answered is to be sent again, in its order. What belonged to a lost lease has had
  /// its chance.
  ///
  /// - Returns: the numbers of what is not sent again.
  mutating func disconnected() -> [Int] {
    let dropped = sent.filter { lost.contains($0.lease) }.map(\.number)
    waiting = (sent.filter { !lost.contains($0.lease) } + waiting).sorted { $0.number < $1.number }
    sent = []
    lost = []
    return dropped
  }

  /// A lease is over: of what waits only its results are sent, the broker keeps them as late ones.
  ///
  /// - Returns: the numbers of what is not sent.
  mutating func lost(_ lease: Int) -> [Int] {
    lost.insert(lease)
    let dropped = waiting.filter { $0.lease == lease && !$0.isResult }.map(\.number)
    waiting.removeAll { dropped.contains($0.number) }
    return dropped
  }
}
