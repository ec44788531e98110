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
    /// Leases that the worker wants to hold.
    var slots: Int
    /// Leases that it holds.
    var held: Int
  }

  private(set) var sessions: [String: Session] = [:] { didSet { changes += 1 } }
  /// Goes up with every change of a session.
  private(set) var changes: Int64 = 0
  /// Tokens by kind, the one that waited longest first.
  private var waiting: [String: [String]] = [:]

  mutating func open(_ session: Session) {
    sessions[session.token] = session
    enlist(session.token)
  }

  mutating func close(_ token: String) {
    guard let session = sessions.removeValue(forKey: token) else { return }
    waiting[session.kind]?.removeAll { $0 == token }
  }

  mutating func setSlots(_ token: String, _ slots: Int) {
    sessions[token]?.slots = slots
    enlist(token)
  }

  /// A lease of the session has ended.
  mutating func leaseEnded(_ token: String) {
    guard let held = sessions[token]?.held, held > 0 else { return }
    sessions[token]?.held = held - 1
    enlist(token)
  }

  mutating func leaseGiven(_ token: String) {
    sessions[token]?.held += 1
  }

  /// The kinds for which somebody waits.
  var kinds: [String] { waiting.filter { !$0.value.isEmpty }.keys.sorted() }

  /// Takes the sessions of a kind that wait, the one that waited longest first; they have to be put back.
  mutating func takeWaiting(_ kind: String) -> [Session] {
    let tokens = waiting.removeValue(forKey: kind) ?? []
    return tokens.compactMap { sessions[$0] }.filter { $0.held < $0.slots }
  }

  /// Puts a session in line again if it has a free slot.
  mutating func enlist(_ token: String) {
    guard let session = sessions[token], session.held < session.slots else { return }
    var line = waiting[session.kind] ?? []
    if !line.contains(token) { line.append(token) }
    waiting[session.kind] = line
  }
}
