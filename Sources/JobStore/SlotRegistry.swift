import JobModel

/// The sessions that could take a lease, and how many each could take. In memory only: sessions end with the broker.
struct SlotRegistry {
  struct Session {
    let token: String
    let kind: String
    let worker: String
    /// The worker's process; `nil` when it cannot be seen from here.
    let pid: Int32?
    /// Only tasks of this user; `nil` for a worker of the broker's own user or of root.
    let owner: UserID?
    /// Of its plugin.
    let version: String?
    /// Leases that the worker wants to hold.
    var slots: Int
    /// Leases that it holds.
    var held: Int

    var hasFreeSlot: Bool { held < slots }
  }

  private(set) var sessions: [String: Session] = [:] { didSet { changes += 1 } }
  /// Goes up with every change of a session.
  private(set) var changes: Int64 = 0
  /// The sessions with a free slot, by kind. A kind for which nobody waits has no line.
  private(set) var lines: [String: WaitingLine] = [:]

  mutating func open(_ session: Session) {
    sessions[session.token] = session
    place(session.token)
  }

  mutating func close(_ token: String) {
    guard let session = sessions.removeValue(forKey: token) else { return }
    leave(token, session.kind)
  }

  mutating func setSlots(_ token: String, _ slots: Int) {
    sessions[token]?.slots = slots
    place(token)
  }

  /// A lease of the session has ended.
  mutating func leaseEnded(_ token: String) {
    guard let held = sessions[token]?.held, held > 0 else { return }
    sessions[token]?.held = held - 1
    place(token)
  }

  mutating func leaseGiven(_ token: String) {
    sessions[token]?.held += 1
    if let session = sessions[token], !session.hasFreeSlot { leave(token, session.kind) }
  }

  /// The kinds for which somebody waits.
  var kinds: [String] { lines.keys.sorted() }

  /// The session of a kind that waits at `position`, or at the next one behind it, where `position` then is. The first
  /// position is 0, and each stays what it is while leases are given.
  func next(_ kind: String, from position: inout Int) -> Session? {
    lines[kind]?.next(from: &position).flatMap { sessions[$0] }
  }

  /// A session that got a lease goes to the end of its line.
  mutating func moveToEnd(_ token: String) {
    guard let session = sessions[token], session.hasFreeSlot else { return }
    lines[session.kind]?.remove(token)
    lines[session.kind]?.append(token)
  }

  /// Puts a session in line if it has a free slot; it keeps the place that it has. Takes it out if it has none.
  private mutating func place(_ token: String) {
    guard let session = sessions[token] else { return }
    guard session.hasFreeSlot else { return leave(token, session.kind) }
    lines[session.kind, default: WaitingLine()].append(token)
    // Not when leases are given: positions hold as long as a line is gone through.
    lines[session.kind]?.closeGapsIfMany()
  }

  private mutating func leave(_ token: String, _ kind: String) {
    lines[kind]?.remove(token)
    if lines[kind]?.isEmpty == true { lines[kind] = nil }
  }
}

/// Tokens in the order in which they came, each once. Coming and going cost the same however many wait.
struct WaitingLine {
  /// `nil` where one has left.
  private var tokens: [String?] = []
  private var positions: [String: Int] = [:]

  var isEmpty: Bool { positions.isEmpty }
  /// With its gaps.
  var length: Int { tokens.count }

  mutating func append(_ token: String) {
    guard positions[token] == nil else { return }
    positions[token] = tokens.count
    tokens.append(token)
  }

  mutating func remove(_ token: String) {
    guard let position = positions.removeValue(forKey: token) else { return }
    tokens[position] = nil
  }

  func next(from position: inout Int) -> String? {
    while position < tokens.count {
      if let token = tokens[position] { return token }
      position += 1
    }
    return nil
  }

  /// However often somebody comes and goes, the line gets no longer than twice those who wait.
  mutating func closeGapsIfMany() {
    guard tokens.count > 2 * positions.count + 16 else { return }
    let waiting = tokens.compactMap { $0 }
    tokens = waiting
    for (position, token) in waiting.enumerated() { positions[token] = position }
  }
}
