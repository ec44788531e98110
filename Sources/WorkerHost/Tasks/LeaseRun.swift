import Digest
import JobModel
import Wire

/// The work on one lease, without I/O: which files are committed, what is still on its way, how it has to end.
///
/// ```
///  working ──plugin done──▶ ending ──everything answered──▶ Complete, or Fail if something was refused
///     │                        ▲
///     ├──plugin failed, died, out of time──┘ (then Fail)
///     └──lease lost──▶ over: nothing is told
/// ```
struct LeaseRun {
  /// How the lease ends.
  enum Ending: Equatable {
    case complete(results: Int, digest: String)
    case fail(TaskFailure)
  }

  let lease: WorkerAPI.Lease
  /// What is committed: by earlier leases and by this one.
  private var files: [ExactText: SHA256Digest] = [:]
  /// What earlier leases committed, in the order of the paths' bytes.
  private(set) var done: [WorkerAPI.DoneItem] = []
  /// Writes that the broker has not answered.
  private(set) var unanswered = 0
  private var verdict: Result<Void, TaskFailure>?
  /// The first write that was refused. After it the attempt cannot succeed, whatever the plugin says.
  private var flaw: TaskFailure?
  /// The lease is over at the broker.
  private(set) var isLost = false
  /// The ending was handed out.
  private var isTold = false

  /// Nothing more is to be done under this lease.
  var isOver: Bool { isLost || isTold }

  init(_ lease: WorkerAPI.Lease) {
    self.lease = lease
    add(done: lease.done)
  }

  /// Whether the plugin is through, so that nothing it still says counts.
  var isEnding: Bool { verdict != nil }

  /// Takes a page of done items.
  mutating func add(done items: [WorkerAPI.DoneItem]) {
    for item in items {
      guard let digest = SHA256Digest(hex: item.sha256) else { continue }
      files[ExactText(item.path)] = digest
    }
    done = (done + items).sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The done items behind a path.
  func done(after path: String) -> ArraySlice<WorkerAPI.DoneItem> {
    done.drop { !path.utf8.lexicographicallyPrecedes($0.path.utf8) }
  }

  /// A write is on its way.
  mutating func writeBegan() { unanswered += 1 }

  /// A result is on disk.
  mutating func committed(_ path: String, _ sha256: SHA256Digest) {
    unanswered -= 1
    files[ExactText(path)] = sha256
  }

  /// A write that is no result was accepted.
  mutating func accepted() { unanswered -= 1 }

  /// A write that was on its way was refused.
  mutating func refused(_ failure: TaskFailure) {
    unanswered -= 1
    spoil(failure)
  }

  /// Something the plugin asked for was not done, so that the attempt cannot succeed.
  mutating func spoil(_ failure: TaskFailure) { flaw = flaw ?? failure }

  /// The plugin says that the task is done.
  mutating func pluginDone() { verdict = verdict ?? .success(()) }

  /// The attempt has failed. The first reason counts; an answer without a class of its own gets that of the refusal before it.
  mutating func failed(_ failure: TaskFailure) { verdict = verdict ?? .failure(failure) }

  /// The lease is over at the broker.
  mutating func lost() { isLost = true }

  /// How the lease is to be ended, once it can be; handed out once.
  mutating func takeEnding() -> Ending? {
    guard !isOver, unanswered == 0, let verdict else { return nil }
    isTold = true
    switch verdict {
    case .failure(let failure): return .fail(failure.because(of: flaw))
    case .success:
      if let flaw { return .fail(flaw) }
      let digest = CompletionDigest.of(files.map { (path: $0.key.text, sha256: $0.value) })
      return .complete(results: files.count, digest: digest.hex)
    }
  }
}
