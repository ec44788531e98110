import EventLoop
import JobStore

/// Queries on a thread of their own: they never delay a commit, and show only what is on disk.
///
/// Confined to the loop but for what runs inside the thread's closures.
final class ReadService {
  private let loop: EventLoop
  private let thread = SerialThread<any Query>()
  private let progress: CommitProgress
  /// Queries that have seen a group that is not on disk yet, with its number.
  private var waiting: [(number: Int, query: any Query)] = []

  init(loop: EventLoop, progress: CommitProgress) {
    self.loop = loop
    self.progress = progress
  }

  /// Starts the thread. The reader is handed over: from here on only the thread touches it.
  func start(_ reader: sending StoreReader) throws(IOError) {
    let box = Handover(reader)
    let (loop, progress) = (loop, progress)
    let owner = LoopReference(self)
    try thread.start(name: "reader", by: loop.threads) {
      let reader = box.take()
      return { queries in
        for query in queries {
          let isOver = query.run(on: reader)
          let number = progress.lastBegun
          loop.post { isOver ? owner.value?.finish(query, seen: number) : owner.value?.thread.add(query) }
        }
      }
    }
  }

  /// Runs a query; `then` is called on the loop.
  func read<Outcome: Sendable>(
    _ body: @escaping @Sendable (StoreReader) throws -> Outcome,
    then: @escaping (Result<Outcome, StoreError>) -> Void
  ) {
    thread.add(ReadQuery(body: body, then: then))
  }

  /// Runs a query that may look at very much, in parts; what others have asked meanwhile is served between two.
  ///
  /// - Parameter part: goes on with what it has found so far; `nil` as long as that is not all.
  func readInParts<Found: Sendable, Outcome: Sendable>(
    _ found: Found, _ part: @escaping @Sendable (StoreReader, inout Found) throws -> Outcome?,
    then: @escaping (Result<Outcome, StoreError>) -> Void
  ) {
    thread.add(PartedQuery(found: found, part: part, then: then))
  }

  private func finish(_ query: any Query, seen number: Int) {
    if number <= progress.lastSynced { query.deliver() } else { waiting.append((number, query)) }
  }

  /// Called on the loop when a group is on disk.
  func synced() {
    guard !waiting.isEmpty else { return }
    let ready = waiting.filter { $0.number <= progress.lastSynced }
    waiting.removeAll { $0.number <= progress.lastSynced }
    for item in ready { item.query.deliver() }
  }

  func stop() {
    thread.stop()
    thread.join()
  }
}

private protocol Query: AnyObject, Sendable {
  /// - Returns: whether it is over; otherwise it has to be run again.
  func run(on reader: StoreReader) -> Bool
  func deliver()
}

/// A query on its way to the reader's thread and back.
///
/// Unchecked `Sendable`: `then` is made and called on the loop only; `outcome` is written by the reader's thread before
/// it hands the query back through the loop's inbox, whose lock orders the two.
private final class ReadQuery<Outcome: Sendable>: Query, @unchecked Sendable {
  private let body: @Sendable (StoreReader) throws -> Outcome
  private let then: (Result<Outcome, StoreError>) -> Void
  private var outcome: Result<Outcome, StoreError>?

  init(
    body: @escaping @Sendable (StoreReader) throws -> Outcome, then: @escaping (Result<Outcome, StoreError>) -> Void
  ) {
    self.body = body
    self.then = then
  }

  func run(on reader: StoreReader) -> Bool {
    do {
      outcome = .success(try body(reader))
    } catch {
      outcome = .failure(StoreError(error))
    }
    return true
  }

  func deliver() {
    then(outcome ?? .failure(.failed("the query was not run")))
  }
}

/// A query in parts.
///
/// Unchecked `Sendable`: `then` is made and called on the loop only; the rest is used by the reader's thread, and between
/// two runs nobody has the query but the loop's inbox and the thread's queue, whose locks order them.
private final class PartedQuery<Found: Sendable, Outcome: Sendable>: Query, @unchecked Sendable {
  private var found: Found
  private let part: @Sendable (StoreReader, inout Found) throws -> Outcome?
  private let then: (Result<Outcome, StoreError>) -> Void
  private var outcome: Result<Outcome, StoreError>?

  init(
    found: Found, part: @escaping @Sendable (StoreReader, inout Found) throws -> Outcome?,
    then: @escaping (Result<Outcome, StoreError>) -> Void
  ) {
    self.found = found
    self.part = part
    self.then = then
  }

  func run(on reader: StoreReader) -> Bool {
    do {
      outcome = try part(reader, &found).map { .success($0) }
    } catch {
      outcome = .failure(StoreError(error))
    }
    return outcome != nil
  }

  func deliver() {
    then(outcome ?? .failure(.failed("the query was not run")))
  }
}
