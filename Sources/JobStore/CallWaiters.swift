import JobModel

/// What a call takes of which others wait for it.
enum CallResource: Hashable, Sendable {
  /// A call at a time.
  case slot(LimitScope)
  /// Money, tokens, credits or calls.
  case budget(BudgetScope)
  /// The answer to the same question.
  case answer(CallKey)
}

/// Whose budget it is.
enum BudgetScope: Hashable, Sendable {
  case job(JobID)
  case userDay(UserID, day: Int64)
  case allDay(Int64)
}

/// A model call that somebody wants to make.
struct CallQuestion {
  let key: CallKey
  let job: JobID
  let model: ModelName
  let account: String
  /// The user of the worker.
  let workerOwner: UserID
  let estimate: CallEstimate
}

/// The calls that wait for something that will be told, in the order in which they were asked for. In memory only: after a
/// restart of the broker their workers ask again.
///
/// Who can go on is told, and has its turn for a while: what it needs is kept from those behind it, so that nobody is overtaken
/// again and again. Who lets its turn pass is forgotten, so that it holds up nobody.
struct CallWaiters {
  struct Waiter {
    let id: ID
    let session: String
    let question: CallQuestion
    /// What it waits for.
    var resource: CallResource
    /// When it was told to ask again.
    var toldMs: Int64?

    /// Whether it was told, and has still time to ask. The clock may have been set back since.
    func hasTurn(now: Int64) -> Bool { toldMs.map { abs(now - $0) < ModelLimits.callTurnMs } ?? false }
  }

  struct ID: Hashable {
    let lease: LeaseID
    let request: [UInt8]
    let sample: Int64
  }

  /// By their places.
  private var waiters: [Int: Waiter] = [:]
  private var places: [ID: Int] = [:]
  private var perLease: [LeaseID: Int] = [:]
  private var nextPlace = 0
  /// Something has become free since they were last looked at, or one has gone.
  private(set) var isDirty = false
  /// Goes up with every change.
  private(set) var changes: Int64 = 0

  var isEmpty: Bool { waiters.isEmpty }
  var count: Int { waiters.count }

  /// In the order in which they have asked.
  var inOrder: [Waiter] { waiters.sorted { $0.key < $1.key }.map(\.value) }

  /// Those that have asked before this one; all when it does not wait yet. The calls of one lease do not stand in each other's
  /// way: it is the lease that is told.
  func ahead(of id: ID) -> [Waiter] {
    let own = waiters.filter { $0.value.id.lease == id.lease && ($0.value.id == id || $0.value.toldMs != nil) }.keys
    let place = own.min() ?? Int.max
    return waiters.filter { $0.key < place && $0.value.id.lease != id.lease }.map(\.value)
  }

  /// Something has become free.
  mutating func somethingIsFree() {
    guard !waiters.isEmpty else { return }
    isDirty = true
    changes += 1
  }

  mutating func wereLookedAt() {
    isDirty = false
    changes += 1
  }

  /// A call has to wait; it keeps the place that it has.
  ///
  /// - Returns: false when too many of its lease wait already.
  mutating func add(_ id: ID, session: String, _ question: CallQuestion, for resource: CallResource) -> Bool {
    changes += 1
    if let place = places[id] {
      let waiter = Waiter(id: id, session: session, question: question, resource: resource, toldMs: nil)
      // Others have waited for what it does not take.
      if waiters.updateValue(waiter, forKey: place)?.toldMs != nil { isDirty = true }
      return true
    }
    guard perLease[id.lease, default: 0] < ModelLimits.callsWaitingPerLeaseMax else { return false }
    perLease[id.lease, default: 0] += 1
    places[id] = nextPlace
    waiters[nextPlace] = Waiter(id: id, session: session, question: question, resource: resource, toldMs: nil)
    nextPlace += 1
    return true
  }

  /// It waits for something else now.
  mutating func wait(_ id: ID, for resource: CallResource) {
    guard let place = places[id] else { return }
    waiters[place]?.resource = resource
    changes += 1
  }

  /// It was told to ask again.
  mutating func told(_ id: ID, now: Int64) {
    guard let place = places[id] else { return }
    waiters[place]?.toldMs = now
    changes += 1
  }

  /// It waits no longer.
  mutating func forget(_ id: ID) {
    guard let place = places.removeValue(forKey: id) else { return }
    waiters[place] = nil
    if let count = perLease[id.lease] { perLease[id.lease] = count > 1 ? count - 1 : nil }
    isDirty = true
    changes += 1
  }

  /// A lease is over, and nobody waits under it.
  mutating func forget(_ lease: LeaseID) {
    guard perLease[lease] != nil else { return }
    for id in places.keys.filter({ $0.lease == lease }) { forget(id) }
  }

  /// Whether one that was told has let its turn pass.
  func hasTurnPassed(now: Int64) -> Bool { waiters.values.contains { $0.toldMs != nil && !$0.hasTurn(now: now) } }

  /// When the first of those who were told lets its turn pass; `nil` when none was told.
  func turnEndsMs(now: Int64) -> Int64? {
    waiters.values.compactMap(\.toldMs).min().map { min($0, now) + ModelLimits.callTurnMs }
  }
}

/// What those take whose turn it is before a call.
struct CallsAhead {
  private var load: [CallResource: Spent] = [:]
  private var blocked: Set<CallResource> = []

  /// One that was told, and will take what it needs.
  mutating func add(_ question: CallQuestion, now: Int64) {
    for resource in question.resources(now: now) { load[resource, default: .zero] += question.estimate.worst }
  }

  /// One that waits: nobody behind it takes what it waits for. For an answer nobody has to stand in line.
  mutating func block(_ resource: CallResource) {
    if case .answer = resource { return }
    blocked.insert(resource)
  }

  func taken(_ resource: CallResource) -> Spent { load[resource] ?? .zero }

  func isBlocked(_ resource: CallResource) -> Bool { blocked.contains(resource) }
}

extension CallQuestion {
  /// Everything that it takes.
  func resources(now: Int64) -> [CallResource] {
    CallLimits.scopes(of: model).map(CallResource.slot) + budgetScopes(now: now).map(CallResource.budget) + [
      .answer(key)
    ]
  }

  /// The budgets that it has to fit, the narrowest first.
  func budgetScopes(now: Int64) -> [BudgetScope] {
    BudgetScope.all(of: job, key.owner, day: utcDay(ofMs: now))
  }
}
