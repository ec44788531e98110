package import JobModel
import SQLite

/// A task whose files rest on others that are not what they were when it was made.
package struct OutdatedTask: Sendable, Equatable {
  package let key: String
  /// Files of tasks that it needs which have other bytes now, or came, or went; the first few.
  package let changed: [String]
  /// The task that it needs and that is out of date itself, when only that is the reason.
  package let restsOn: String?
}

extension StoreReader {
  /// A look for tasks that are out of date, while it is made.
  ///
  /// Nothing is stored about it: a task is out of date while what it needs is not what it was before the task's first file, so going
  /// forward again ends it.
  package struct OutdatedSearch: Sendable {
    fileprivate let job: JobID
    fileprivate var place: Int64 = 0
    /// In the order of the tasks, then those that rest on them.
    package fileprivate(set) var found: [OutdatedTask] = []

    package init(of job: JobID) { self.job = job }
  }

  private static let outdatedTasksPerPart = 64
  private static let filesLookedAtMax = 10_000
  private static let pathsToldMax = 3

  /// Looks at some tasks.
  ///
  /// - Returns: whether all were looked at.
  /// - Throws: `Refusal`: there is no such job.
  package func look(for search: inout OutdatedSearch, _ caller: Caller) throws -> Bool {
    _ = try job(search.job, for: caller)
    let part = try outdated.tasks.all(search.job.value, search.place, StoreReader.outdatedTasksPerPart) {
      (id: $0.int(0), key: $0.text(1), byMeta: $0.bool(2))
    }
    for task in part {
      guard let made = try firstEvent(of: task.id) else { continue }
      let changed = try changedNeeds(of: task.id, since: made - 1, byMeta: task.byMeta)
      guard !changed.isEmpty else { continue }
      let told = Array(changed.prefix(StoreReader.pathsToldMax))
      search.found.append(OutdatedTask(key: task.key, changed: told, restsOn: nil))
    }
    search.place = part.last?.id ?? search.place
    guard part.count < StoreReader.outdatedTasksPerPart else { return false }
    search.found += try resting(on: search.found, in: search.job)
    return true
  }

  /// The event of the first of the files that a task has now, from when they were made; `nil` when that is not known.
  private func firstEvent(of task: Int64) throws -> Int64? {
    let files = try outdated.made.all(task, StoreReader.filesLookedAtMax) {
      (project: $0.int(0), path: $0.text(1), event: $0.int(2), restored: $0.optionalInt(3))
    }
    var first: Int64?
    for file in files {
      var (event, restored) = (file.event, file.restored)
      while let version = restored {
        let origin = try outdated.origin.first(file.project, file.path, version) { ($0.int(0), $0.optionalInt(1)) }
        // It went with its job.
        guard let origin else { return nil }
        (event, restored) = origin
      }
      first = min(first ?? event, event)
    }
    return first.flatMap { $0 > 0 ? $0 : nil }
  }

  /// A version of a file of a needed task.
  private struct NeededVersion {
    let path: String
    let isRetired: Bool
    let event: Int64
    let retiredEvent: Int64
    let sha256: [UInt8]
    let meta: [UInt8]?
    let isOfNow: Bool

    /// Reads the columns of `OutdatedStatements.changed`.
    init(_ row: borrowing Row) {
      path = row.text(0)
      isRetired = row.text(1) == "retired"
      (event, retiredEvent) = (row.int(2), row.int(3))
      (sha256, meta) = (row.bytes(4), row.optionalBytes(5))
      isOfNow = row.bool(6)
    }

    /// What somebody who needs it looks at.
    func content(byMeta: Bool) -> [UInt8] { byMeta ? meta ?? [] : sha256 }
  }

  private func changedNeeds(of task: Int64, since event: Int64, byMeta: Bool) throws -> [String] {
    let versions = try outdated.changed.all(task, event, StoreReader.filesLookedAtMax) { NeededVersion($0) }
    // They come by path, the newest first.
    return versions.chunked { $0.path == $1.path }.compactMap { versions in
      let now = versions.first { $0.isOfNow && !$0.isRetired }
      let before = versions.first { $0.event <= event }
      let then = before.flatMap { $0.isRetired && $0.retiredEvent <= event ? nil : $0 }
      return now?.content(byMeta: byMeta) == then?.content(byMeta: byMeta) ? nil : versions.first?.path
    }
  }

  /// What needs tasks that are out of date, and so on.
  private func resting(on found: [OutdatedTask], in job: JobID) throws -> [OutdatedTask] {
    var known = Set(found.map { ExactText($0.key) })
    var resting: [OutdatedTask] = []
    var open = found.map(\.key)[...]
    while let key = open.popFirst() {
      for dependent in try outdated.dependents.all(job.value, key, row: { $0.text(0) })
      where known.insert(ExactText(dependent)).inserted {
        resting.append(OutdatedTask(key: dependent, changed: [], restsOn: key))
        open.append(dependent)
      }
    }
    return resting
  }
}

extension Array {
  /// Neighbours that belong together.
  fileprivate func chunked(by belong: (Element, Element) -> Bool) -> [ArraySlice<Element>] {
    var chunks: [ArraySlice<Element>] = []
    var start = startIndex
    for index in indices where index + 1 == endIndex || !belong(self[index], self[index + 1]) {
      chunks.append(self[start...index])
      start = index + 1
    }
    return chunks
  }
}
