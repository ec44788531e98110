import Digest
import EventLoop
import JobModel
import JobStore
import Recipes

/// Makes the tasks of recipes: a worker inside the broker, for the kind ``Kind/recipe``.
///
/// A job of a recipe begins with the task `recipe`, whose payload is a `RecipeOrder`. Where other tasks are made from the JSON
/// of one that has not ended, a task `recipe/KEY` is added that needs it, and goes on then. Each adds every task that can be
/// told by what is there; tasks that are there already stay what they are. So it is the same in whatever order they run, and
/// one that a crash has cut off begins anew.
///
/// Confined to the loop; the recipe itself is read and expanded on a thread of its own, since it may be a large one.
final class RecipeService {
  /// Of its session.
  let token: String
  /// Called when it has given back its lease.
  var onIdle: (() -> Void)?

  private let loop: EventLoop
  private let store: StoreService
  private let reads: ReadService
  private let thread = SerialThread<@Sendable () -> Void>()
  /// The one that it works on.
  private var lease: LeaseID?
  private var isStopped = false
  /// For each of the last jobs the JSON of which all tasks were added, so that where many tasks make JSON not each of them has
  /// everything looked at again. In memory only: without it more is looked at.
  private var covered: [JobID: [TaskKey: SHA256Digest]] = [:]
  private static let jobsCoveredMax = 16

  init(loop: EventLoop, store: StoreService, reads: ReadService, token: String) {
    self.loop = loop
    self.store = store
    self.reads = reads
    self.token = token
  }

  var isBusy: Bool { lease != nil }

  func start() throws(IOError) {
    try thread.start(name: "recipes", by: loop.threads) { { works in for work in works { work() } } }
    let token = token
    store.insist { store, _ in
      store.openSession(token, kind: .recipe, worker: "broker", pid: nil, owner: nil, slots: 1)
    }
  }

  /// It gets no more leases.
  func drain() {
    let token = token
    store.insist { store, _ in store.setSlots(token, 0) }
  }

  func stop() {
    isStopped = true
    thread.stop()
    thread.join()
  }

  /// A lease has come.
  func take(_ grant: LeaseGrant) {
    lease = grant.lease
    let job = grant.job
    let maker = TaskKey.maker(ofRecipeTask: grant.key)
    let known = maker.flatMap { covered[job]?[$0] }
    reads.read { reader -> [UInt8]? in
      if let maker, let known, case .made(_, known, _) = try reader.recipeOutput(of: maker, in: job) { return nil }
      return try reader.recipePayload(of: job)
    } then: { [self] result in
      go(on: grant, result) { payload in
        guard let payload else { return complete(grant) }
        expand(RecipeWork(payload: payload, covered: covered[job] ?? [:], decides: maker == nil), grant)
      }
    }
  }

  /// Its lease is over: the job was cancelled, say.
  func drop(_ lease: LeaseID) {
    guard self.lease == lease else { return }
    self.lease = nil
    onIdle?()
  }

  // MARK: Steps

  /// Goes on with the outcome of a step, unless the lease is over.
  private func go<Outcome>(on grant: LeaseGrant, _ result: Result<Outcome, StoreError>, _ next: (Outcome) -> Void) {
    guard lease == grant.lease, !isStopped else { return }
    switch result {
    case .success(let outcome): next(outcome)
    case .failure(let error): fail(grant, error)
    }
  }

  /// Finds out which tasks there are, by what is known.
  private func expand(_ work: RecipeWork, _ grant: LeaseGrant) {
    onThread { () throws(Refusal) in
      var work = work
      try work.expand()
      return work
    } then: { [self] result in
      go(on: grant, result) { look(for: $0, grant) }
    }
  }

  /// Does what may take long; `then` is called on the loop.
  private func onThread<Outcome: Sendable>(
    _ body: @escaping @Sendable () throws(Refusal) -> Outcome,
    then: @escaping (Result<Outcome, StoreError>) -> Void
  ) {
    let reply = LoopCallback(then)
    thread.add { [loop] in
      let result = Result { () throws(Refusal) in try body() }.mapError { StoreError.refused($0) }
      loop.post { reply.call(result) }
    }
  }

  /// Reads what has been made of that for which tasks wait, and expands again when anything has.
  private func look(for work: RecipeWork, _ grant: LeaseGrant) {
    let job = grant.job
    reads.readInParts(work) { reader, work in
      try work.read(reader, job) ? work : nil
    } then: { [self] result in
      go(on: grant, result) { work in
        if work.hasMore { expand(work, grant) } else { add(work, grant) }
      }
    }
  }

  private func add(_ work: RecipeWork, _ grant: LeaseGrant) {
    onThread { () throws(Refusal) in
      try work.batches()
    } then: { [self] result in
      go(on: grant, result) { batches in say(work, grant) { [self] in add(batches[...], of: work, grant) } }
    }
  }

  /// Logs what people should know of the tasks, before these are there.
  private func say(_ work: RecipeWork, _ grant: LeaseGrant, then next: @escaping () -> Void) {
    let (claim, remarks) = (LeaseClaim(session: token, lease: grant.lease), work.remarks)
    guard !remarks.isEmpty else { return next() }
    store.perform { store, now in
      try store.log(claim, lines: remarks, now: now)
    } then: { [self] result in
      again(grant, result, { [self] in say(work, grant, then: next) }) { next() }
    }
  }

  /// Adds tasks, batch by batch, then ends.
  private func add(_ batches: ArraySlice<[NewTask]>, of work: RecipeWork, _ grant: LeaseGrant) {
    let claim = LeaseClaim(session: token, lease: grant.lease)
    guard let batch = batches.first else {
      cover(grant.job, work.hashes)
      return complete(grant)
    }
    store.perform { store, now in
      _ = try store.spawn(batch, under: claim, now: now)
    } then: { [self] result in
      again(grant, result, { [self] in add(batches, of: work, grant) }) { add(batches.dropFirst(), of: work, grant) }
    }
  }

  private func cover(_ job: JobID, _ hashes: [TaskKey: SHA256Digest]) {
    if covered[job] == nil, covered.count >= Self.jobsCoveredMax,
      let other = covered.keys.min(by: { $0.value < $1.value })
    {
      covered[other] = nil
    }
    covered[job] = hashes
  }

  private func complete(_ grant: LeaseGrant) {
    let claim = LeaseClaim(session: token, lease: grant.lease)
    store.perform { store, now in
      try store.complete(claim, results: 0, digest: CompletionDigest.of([]), now: now)
    } then: { [self] result in
      again(grant, result, { [self] in complete(grant) }) { drop(grant.lease) }
    }
  }

  /// The same once more, after a while, when only the disk was full, say.
  private func again(
    _ grant: LeaseGrant, _ result: Result<Void, StoreError>, _ body: @escaping () -> Void, then: () -> Void
  ) {
    guard case .failure(let error) = result, error.isPassing else { return go(on: grant, result) { then() } }
    store.onTrouble?("the tasks of a recipe are added again: \(error)")
    loop.after(ms: GroupCommit.retryMs) { [self] in if lease == grant.lease, !isStopped { body() } }
  }

  private func fail(_ grant: LeaseGrant, _ error: StoreError) {
    let claim = LeaseClaim(session: token, lease: grant.lease)
    let (message, isPassing) = (RecipeService.message(of: error), error.isPassing)
    store.insist { store, now in
      _ = try store.fail(
        claim, class: "bad_recipe", message: message, retryable: isPassing, crash: false, retryAfterMs: nil, now: now)
    } then: { [self] in
      drop(grant.lease)
    }
  }

  private static func message(of error: StoreError) -> String {
    guard case .refused(let refusal) = error else { return String(describing: error) }
    return "\(refusal.message)\n  \(refusal.remedy)"
  }
}
