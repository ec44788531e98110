import JobModel

/// The leases that this broker has given and that are still as they were given, with what a result and the end of a task
/// have to know of them.
///
/// A task that is leased changes with its lease only. Whatever changes a lease forgets it here, and a rollback forgets all:
/// what is not here is read from the database.
struct HeldLeases {
  private struct Held {
    let lease: LeaseRow
    let task: TaskRow
    /// What is committed for the generation of the task, by path; `nil` when that is not known.
    var files: [ExactText: DoneFile]?
  }

  private var held: [LeaseID: Held] = [:]

  /// Above these a lease, or its files, are read when they are wanted.
  static let leasesMax = 10_000
  static let filesPerLeaseMax = 64

  subscript(id: LeaseID) -> (LeaseRow, TaskRow)? { held[id].map { ($0.lease, $0.task) } }

  /// A lease was given.
  ///
  /// - Parameters:
  ///   - task: as it is now.
  ///   - files: what is committed for its generation: everything, or more than are kept here.
  mutating func add(_ lease: LeaseRow, _ task: TaskRow, files: [DoneFile]) {
    guard held.count < HeldLeases.leasesMax else { return }
    let isKept = files.count <= HeldLeases.filesPerLeaseMax
    let byPath = files.map { (ExactText($0.path), $0) }
    held[lease.id] = Held(
      lease: lease, task: task, files: isKept ? Dictionary(byPath, uniquingKeysWith: { $1 }) : nil)
  }

  /// A file was committed under a lease.
  mutating func committed(_ file: DoneFile, under id: LeaseID) {
    guard held[id]?.files != nil else { return }
    held[id]?.files?[ExactText(file.path)] = file
    if let count = held[id]?.files?.count, count > HeldLeases.filesPerLeaseMax { held[id]?.files = nil }
  }

  /// What is committed for the generation of the task of a lease, in no order; `nil` when that is not known.
  func files(of id: LeaseID) -> [DoneFile]? { held[id]?.files.map { Array($0.values) } }

  mutating func forget(_ id: LeaseID) { held[id] = nil }

  mutating func forgetAll() { held.removeAll(keepingCapacity: true) }
}
