package import JobModel
import SQLite

/// A file that was archived long enough ago, as a look at the store has found it.
package struct ArchivedFile: Sendable {
  /// Of the job that has made the current version.
  package let owner: UserID
  package let job: JobID
  package let path: String
  package let archivedMs: Int64
  /// Of its path, those that came late included.
  package let versions: Int
  /// Of all versions.
  package let bytes: Int64
  /// Why it has to stay.
  package var kept: String?

  let result: Int64
  let project: Int64
  /// Tasks that have succeeded and have declared the path, whoever has made it.
  let declaredBy: [TaskID]
  /// Number of the last job when this was found.
  let foundAt: JobID
}

/// Where a list of archived files goes on.
package struct ArchivePlace: Sendable {
  let archivedMs: Int64
  let result: Int64

  /// Before all.
  package static let start = ArchivePlace(archivedMs: .min, result: 0)
}

/// Which archived files can be removed.
extension PrunePlanner {
  private static let archivedPerPage = 500

  /// The next current files of `caller`, or of all users for who sees all, that were archived before a time, ms UTC.
  ///
  /// A file stays while a job of its project has not ended: what that may come to rest on is not known yet.
  ///
  /// - Returns: the files, and where to go on, `nil` at the end.
  package func archived(
    before: Int64, after place: ArchivePlace, for caller: Caller
  ) throws -> (files: [ArchivedFile], next: ArchivePlace?) {
    try readJobs()
    let sql = ArchivePlanStatements(connection)
    var declared = DeclaredOutputs(sql, jobs: Dictionary(grouping: jobs.keys) { jobs[$0]?.project ?? 0 })
    var next: ArchivePlace?
    let page = try sql.archived.all(place.archivedMs, place.result, before, PrunePlanner.archivedPerPage) {
      (
        result: $0.int(0), archivedMs: $0.int(1), project: $0.int(2), path: $0.text(3), job: JobID($0.int(4)),
        versions: Int($0.int(5)), bytes: $0.int(6)
      )
    }
    if page.count == PrunePlanner.archivedPerPage, let last = page.last {
      next = ArchivePlace(archivedMs: last.archivedMs, result: last.result)
    }
    let files: [ArchivedFile] = try page.compactMap { found in
      guard let job = jobs[found.job], caller.seesAll || job.owner == caller.user else { return nil }
      let live = declared.jobs[found.project]?.filter { jobs[$0]?.endedMs == nil }.min()
      return ArchivedFile(
        owner: job.owner, job: found.job, path: found.path, archivedMs: found.archivedMs, versions: found.versions,
        bytes: found.bytes, kept: live.map { Refusal.live($0).message }, result: found.result, project: found.project,
        declaredBy: live == nil ? try declared.tasks(found.path, of: found.project) : [], foundAt: last)
    }
    return (files, next)
  }

  /// Which tasks that have succeeded have declared a path of a project; no index tells.
  private struct DeclaredOutputs {
    private let sql: ArchivePlanStatements
    /// By project.
    let jobs: [Int64: [JobID]]
    /// Of one project by path: files of a job are archived together mostly.
    private var known: (project: Int64, tasks: [ExactText: [TaskID]])?

    init(_ sql: ArchivePlanStatements, jobs: [Int64: [JobID]]) { (self.sql, self.jobs) = (sql, jobs) }

    mutating func tasks(_ path: String, of project: Int64) throws -> [TaskID] {
      if known?.project != project {
        var tasks: [ExactText: [TaskID]] = [:]
        for job in jobs[project] ?? [] {
          try sql.outputs.forEach(job.value) { tasks[ExactText($0.text(1)), default: []].append(TaskID($0.int(0))) }
        }
        known = (project, tasks)
      }
      return known?.tasks[ExactText(path)] ?? []
    }
  }
}

extension Refusal {
  /// A file stays for the sake of a job of its project.
  static func live(_ job: JobID) -> Refusal {
    Refusal(.conflict, "job \(job) of its project has not ended", remedy: "wait for its end, and prune once more")
  }
}
