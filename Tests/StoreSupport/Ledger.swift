/// What the broker has acknowledged, or shown, to anybody: none of it may ever be untrue again.
package final class Ledger {
  /// Nobody was told anything yet.
  package init() {}

  /// One thing that somebody was told.
  package enum Fact: Equatable {
    /// A submission was acknowledged.
    case job(Int, title: String)
    /// A submission was refused: nothing of it may be there.
    case refused(title: String)
    /// A file was committed.
    case result(job: Int, path: String, version: Int, sha256: String)
    /// The bytes came when the lease was over: kept, and never the current file.
    case late(lease: Int, path: String, sha256: String)
    /// The task of a lease is done.
    case completed(job: Int, key: String)
    /// A lease is over, by its worker's word.
    case ended(lease: Int, state: String)
    /// Tasks were added.
    case tasks(job: Int, keys: [String])
    /// No more tasks will come.
    case sealed(job: Int)
    /// The job was ended by its user.
    case cancelled(job: Int)
    /// An input is stored.
    case uploaded(sha256: String)
    /// A model call may be made: it is written down whatever becomes of it.
    case allowed(call: Int)
    /// A model call has ended, and stays as it is.
    case callEnded(call: Int, state: String)
    /// What a settled model call was answered.
    case answer(call: Int, text: String)
    /// A file of the job's project was archived, or brought back.
    case archived(job: Int, path: String, undone: Bool)
    /// A file belongs to a collection, and nobody takes it out.
    case member(user: Int, collection: String, path: String, job: Int)
    /// A line of the history was shown.
    case event(number: Int, job: Int, type: String, task: String?)
  }

  /// Everything that anybody was told, in the order in which it was written down.
  package private(set) var facts: [Fact] = []
  /// Jobs by the idempotency key of their submission.
  private var jobs: [String: Int] = [:]
  /// Leases that any worker was given, and for what.
  private var leases: [Int: String] = [:]
  /// How many leases any worker was given.
  package var leasesGiven: Int { leases.count }
  private var callsAllowed: Set<Int> = []
  private var events: [Int: Fact] = [:]
  /// The store as it is now; `nil` while no broker runs.
  package var look: Look?

  /// Writes down what was acknowledged just now; it has to be in the store already.
  package func add(_ fact: Fact) throws {
    facts.append(fact)
    if let look { try verify(fact, look) }
  }

  /// A submission was answered with a job: the same one for the same key, for ever.
  package func submitted(_ job: Int, key: String, title: String, existing: Bool) throws {
    if let known = jobs[key], known != job { throw Violation("key '\(key)' made job \(known), and then job \(job)") }
    if jobs[key] != nil, !existing { throw Violation("key '\(key)' was used before, and that was not said") }
    if jobs.contains(where: { $0.value == job && $0.key != key }) {
      throw Violation("job number \(job) was given to two submissions")
    }
    jobs[key] = job
    try add(.job(job, title: title))
  }

  /// A worker was given a lease.
  package func leased(_ lease: Int, job: Int, key: String) throws {
    if let before = leases[lease] { throw Violation("lease \(lease) was given twice: for \(before) and \(job):\(key)") }
    leases[lease] = "\(job):\(key)"
  }

  /// A worker may make a model call. Nobody else may make one for the same question, and there is no answer yet. One that was
  /// allowed later says nothing: a worker whose session was ended for what it sent may still read what was sent to it.
  package func allowed(_ call: Int, job: Int, request: String, sample: Int) throws {
    guard callsAllowed.insert(call).inserted else { throw Violation("call \(call) was allowed twice") }
    try add(.allowed(call: call))
    guard let look else { return }
    let others = try look.texts(
      """
      SELECT o.id || ' ' || o.state FROM model_call c JOIN model_call o
        ON o.owner = c.owner AND o.request = c.request AND o.sample = c.sample AND o.id <> c.id
      WHERE c.id = ?1 AND o.id < c.id AND (o.state = 'reserved' OR (o.state = 'settled' AND o.ended_ms < c.at_ms))
      """, call)
    guard others.isEmpty else { throw Violation("call \(call) was allowed beside \(others)") }
    try checkBudgets(look)
  }

  /// Nothing that is spent, may be, or may become so is more than a budget, as long as nobody bills more than was put aside.
  /// A budget that was lowered bounds what comes later.
  package func checkBudgets(_ look: Look) throws {
    let exceeded = try look.texts(
      """
      SELECT 'job ' || j.id FROM job j WHERE budget_pico_usd < (
        SELECT sum(CASE
          WHEN state = 'failed' OR state = 'unsent' THEN 0
          WHEN state = 'reserved' OR state = 'unknown' THEN worst_pico_usd
          ELSE coalesce(pico_usd, worst_pico_usd) END)
        FROM model_call c WHERE c.job = j.id)
      """)
    guard exceeded.isEmpty else { throw Violation("the budget is exceeded: \(exceeded)") }
  }

  /// A worker was told how a model call stands.
  package func settled(_ call: Int, as state: String) throws {
    if state != "unknown" { try add(.callEnded(call: call, state: state)) }
  }

  /// A watcher was told of an event; the same number is the same event for everybody and for ever.
  package func seen(_ number: Int, job: Int, type: String, task: String?) throws {
    let event = Fact.event(number: number, job: job, type: type, task: task)
    guard let before = events.updateValue(event, forKey: number) else { return try add(event) }
    guard before == event else { throw Violation("an event was \(before) and is now \(event)") }
  }

  /// Holds everything against the store: after every start of the broker, and at the end.
  package func verifyAll(_ look: Look) throws {
    for fact in facts { try verify(fact, look) }
  }

  private func verify(_ fact: Fact, _ look: Look) throws {
    guard try holds(fact, look) else { throw Violation("this was told and is not in the store: \(fact)") }
  }

  private func holds(_ fact: Fact, _ look: Look) throws -> Bool {
    switch fact {
    case .job(let job, let title):
      return try look.exists("SELECT 1 FROM job WHERE id = ?1 AND title = ?2", job, title)
    case .refused(let title):
      return try !look.exists("SELECT 1 FROM job WHERE title = ?1", title)
    case .result(let job, let path, let version, let sha256):
      return try look.exists(
        """
        SELECT 1 FROM result r JOIN blob b ON b.id = r.blob
        WHERE r.project = (SELECT project FROM job WHERE id = ?1) AND r.path = ?2 AND r.version = ?3
          AND lower(hex(b.sha256)) = ?4
        """, job, path, version, sha256)
    case .late(let lease, let path, let sha256):
      return try look.exists(
        """
        SELECT 1 FROM result r JOIN blob b ON b.id = r.blob
        WHERE r.lease = ?1 AND r.path = ?2 AND lower(hex(b.sha256)) = ?3 AND r.standing = 'late'
        """, lease, path, sha256)
    case .completed(let job, let key):
      // Unless somebody has had it made again.
      return try look.exists(
        "SELECT 1 FROM task WHERE job = ?1 AND key = ?2 AND (state = 'succeeded' OR sample > 0)", job, key)
    case .ended(let lease, let state):
      return try look.exists("SELECT 1 FROM lease WHERE id = ?1 AND state = ?2", lease, state)
    case .tasks(let job, let keys):
      for key in keys where try !look.exists("SELECT 1 FROM task WHERE job = ?1 AND key = ?2", job, key) {
        return false
      }
      return true
    case .sealed(let job):
      return try look.exists("SELECT 1 FROM job WHERE id = ?1 AND sealed", job)
    case .cancelled(let job):
      return try look.exists(
        "SELECT 1 FROM event WHERE job = ?1 AND type = 'job.state' AND detail ->> 'state' = 'cancelled'", job)
    case .uploaded(let sha256):
      return try look.exists("SELECT 1 FROM blob WHERE lower(hex(sha256)) = ?1", sha256)
    case .allowed(let call): return try look.exists("SELECT 1 FROM model_call WHERE id = ?1", call)
    case .callEnded(let call, let state):
      return try look.exists("SELECT 1 FROM model_call WHERE id = ?1 AND state = ?2", call, state)
    case .answer(let call, let text):
      return try look.exists(
        """
        SELECT 1 FROM model_call c JOIN call_content t ON t.call = c.id
        WHERE c.id = ?1 AND c.state = 'settled' AND t.answer ->> 'text' = ?2
        """, call, text)
    case .archived(let job, let path, let undone):
      return try look.exists(
        """
        SELECT 1 FROM event WHERE job IN (SELECT id FROM job WHERE project = (SELECT project FROM job WHERE id = ?1))
          AND type = ?2 AND detail ->> 'path' = ?3
        """, job, undone ? "result.unarchived" : "result.archived", path)
    case .member(let user, let collection, let path, let job):
      return try look.exists(
        """
        SELECT 1 FROM collection_item i JOIN collection c ON c.id = i.collection
        WHERE c.owner = ?1 AND c.name = ?2 AND i.project = (SELECT project FROM job WHERE id = ?3) AND i.path = ?4
        """, user, collection, job, path)
    case .event(let number, let job, let type, let task):
      return try look.exists(
        "SELECT 1 FROM event WHERE id = ?1 AND job = ?2 AND type = ?3 AND task IS ?4", number, job, type, task)
    }
  }
}
