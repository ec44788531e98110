import JobModel

/// What the store has read once and need not read again for every call.
///
/// Only the store's thread changes what is stored, so a fact holds until the store itself ends it; each says what does.
/// None of them rests on a change that a rollback could take back.
struct KnownFacts {
  /// Jobs of which no task needs another. Ended by a task of the job that needs one.
  private var needless: Set<JobID> = []
  /// Directories at whose own path no file stands. Ended by a file at that path.
  private var directories: Set<Place> = []
  /// Whether a task may wait for its time. Set when one begins to, and when a transaction is taken back.
  var mayHaveDue = true
  /// Whether credits may be put aside for a task. Set when some are, and when a transaction is taken back.
  var mayHaveCharges = true

  private struct Place: Hashable {
    let project: Int64
    let path: ExactText
  }

  /// Above these everything of the sort is forgotten, and read again when it is wanted.
  private static let needlessMax = 1_000
  private static let directoriesMax = 10_000

  func isNeedless(_ job: JobID) -> Bool { needless.contains(job) }

  mutating func addNeedless(_ job: JobID) {
    if needless.count >= KnownFacts.needlessMax { needless = [] }
    needless.insert(job)
  }

  mutating func hasNeeds(_ job: JobID) { needless.remove(job) }

  func isDirectory(_ path: ResultPath, in project: Int64) -> Bool {
    directories.contains(Place(project: project, path: ExactText(path.text)))
  }

  /// What a transaction has learned after it had taken files away may not be so when it is given up.
  mutating func forgetDirectories() { directories.removeAll(keepingCapacity: true) }

  mutating func addDirectory(_ path: ResultPath, in project: Int64) {
    if directories.count >= KnownFacts.directoriesMax { directories = [] }
    directories.insert(Place(project: project, path: ExactText(path.text)))
  }

  mutating func isFile(_ path: ResultPath, in project: Int64) {
    if !directories.isEmpty { directories.remove(Place(project: project, path: ExactText(path.text))) }
  }
}
