package import Digest
package import JobModel
import SQLite

/// Which jobs can be removed together, by a look at the store; what has changed since is found when they are.
package struct PrunePlan: Sendable {
  /// Jobs of one project that go at once.
  package struct Group: Sendable {
    let project: Int64
    let members: [Member]
    /// Whether any of their files is the current one of its path.
    let hasHeads: Bool
    /// Number of the last job when this was planned.
    let plannedAt: JobID
    let plannedAtMs: Int64

    package var jobs: [JobID] { members.map(\.job) }
  }

  /// A job, and which of its ends was looked at: one that was taken up again since is not the job that was chosen.
  struct Member {
    let job: JobID
    let endedMs: Int64
  }

  /// A job that the policy has chosen and that has to stay.
  package struct Kept: Sendable {
    package let job: JobID
    /// The one for whose sake it stays.
    package let neededBy: JobID
  }

  package fileprivate(set) var groups: [Group] = []
  package fileprivate(set) var kept: [Kept] = []

  /// Nothing.
  package init() {}
}

/// Projects that no job has named, up to a certain one.
package struct IdleProjects: Sendable {
  var ids: ArraySlice<Int64>
  /// Number of the newest job before they were looked for.
  let newestJob: Int64

  /// Whether there are none.
  package var isEmpty: Bool { ids.isEmpty }
}

/// Plans what to remove, on a thread and a connection that read only, with short statements.
package final class PrunePlanner {
  struct Job {
    let owner: UserID
    let project: Int64
    let endedMs: Int64?
    let bytes: Int64
  }

  let connection: Connection
  private let sql: PrunePlanStatements
  private(set) var jobs: [JobID: Job] = [:]
  private(set) var last = JobID(0)

  /// Opens the store for reading.
  package init(_ file: StoreFile) throws {
    connection = try file.openReader()
    sql = PrunePlanStatements(connection)
  }

  private static let jobsPerRead = 1_000

  /// The jobs of `caller` that a policy chooses, or of all users for who sees all.
  ///
  /// A job stays while another one that stays rests on its files: if they are the current ones of paths that the other has
  /// declared, or has made before. Otherwise older bytes would become current, or a promised file would be missing.
  ///
  /// - Throws: `Refusal` for a job named that is not there, has not ended, or has to stay.
  package func plan(_ policy: PrunePolicy, for caller: Caller, now: Int64) throws -> PrunePlan {
    try readJobs()
    let own = jobs.filter { caller.seesAll || $0.value.owner == caller.user }
    for id in policy.jobs { try requireEnded(id, own[id]) }
    let ended = own.compactMap { id, job in
      job.endedMs.map { PrunePolicy.Ended(id: id, endedMs: $0, bytes: job.bytes) }
    }
    let chosen = policy.chosen(among: ended, now: now)
    let plan = try plan(chosen, now: now)
    if let kept = plan.kept.first(where: { policy.jobs.contains($0.job) }) { throw Refusal.rested(kept) }
    return plan
  }

  func readJobs() throws {
    while true {
      let page = try sql.jobs.all(last.value, PrunePlanner.jobsPerRead) {
        (
          JobID($0.int(0)),
          Job(
            owner: UserID(UInt32(truncatingIfNeeded: $0.int(1))), project: $0.int(2), endedMs: $0.optionalInt(3),
            bytes: $0.int(4))
        )
      }
      guard let end = page.last?.0 else { return }
      for (id, job) in page { jobs[id] = job }
      last = end
    }
  }

  private func requireEnded(_ id: JobID, _ job: Job?) throws {
    guard let job else { throw Refusal.noSuchJob(id) }
    guard job.endedMs != nil else {
      throw Refusal(
        .conflict, "job \(id) has not ended", remedy: "wait for its end, or end it: 'genbroker cancel \(id)'")
    }
  }

  /// Groups the chosen jobs by project, in their order, without those that have to stay.
  private func plan(_ chosen: [JobID], now: Int64) throws -> PrunePlan {
    var plan = PrunePlan()
    let byProject = Dictionary(grouping: jobs.keys) { jobs[$0]?.project }
    var isPlanned: Set<Int64> = []
    let isChosen = Set(chosen)
    let chosenOf = Dictionary(grouping: chosen) { jobs[$0]?.project }
    for project in chosen.compactMap({ jobs[$0]?.project }) where isPlanned.insert(project).inserted {
      let all = byProject[project] ?? []
      var going = Set(all.filter(isChosen.contains))
      try hold(&going, among: all, of: project, &plan)
      guard !going.isEmpty else { continue }
      let hasHeads = try going.contains { try sql.heads.first($0.value) { _ in true } ?? false }
      plan.groups.append(
        PrunePlan.Group(
          project: project, members: members((chosenOf[project] ?? []).filter(going.contains)), hasHeads: hasHeads,
          plannedAt: last, plannedAtMs: now))
    }
    return plan
  }

  private func members(_ ended: [JobID]) -> [PrunePlan.Member] {
    ended.compactMap { id in jobs[id]?.endedMs.map { PrunePlan.Member(job: id, endedMs: $0) } }
  }

  /// Takes out those on whose files others rest, and those on whose files these do.
  private func hold(
    _ going: inout Set<JobID>, among all: [JobID], of project: Int64, _ plan: inout PrunePlan
  ) throws {
    var staying = all.filter { !going.contains($0) }.sorted()
    while let job = staying.popLast() {
      for other in try needed(by: job, of: project, among: going) where going.remove(other) != nil {
        plan.kept.append(PrunePlan.Kept(job: other, neededBy: job))
        staying.append(other)
      }
    }
  }

  private func needed(by job: JobID, of project: Int64, among going: Set<JobID>) throws -> [JobID] {
    // What a job that works may come to rest on is not known yet.
    guard jobs[job]?.endedMs != nil else {
      return try going.filter { try sql.heads.first($0.value) { _ in true } ?? false }.sorted()
    }
    return try sql.restsOn.all(job.value, project) { JobID($0.int(0)) }
  }

  // MARK: What nobody needs any more

  /// Blobs that were uploaded up to a time and that nothing needs. Each costs the store's thread work, so those in use are
  /// left out here.
  package func staleUploads(before ms: Int64) throws -> [Int64] {
    var blobs: [Int64] = []
    var place: (owner: Int64, blob: Int64) = (-1, 0)
    while true {
      let page = try sql.staleUploads.all(place.owner, place.blob, ms, PrunePlanner.jobsPerRead) {
        (owner: $0.int(0), blob: $0.int(1), isStale: $0.bool(2))
      }
      guard let end = page.last else { return blobs }
      blobs += page.filter(\.isStale).map(\.blob)
      place = (end.owner, end.blob)
    }
  }

  /// Projects that no job names. Others may come to be without jobs while this looks.
  package func projectsWithoutJobs() throws -> IdleProjects {
    // Read first: what is newer than this can be told from what was looked at.
    let newest = try sql.newestJob.first { $0.int(0) } ?? 0
    return IdleProjects(ids: try sql.idleProjects.all { $0.int(0) }[...], newestJob: newest)
  }

  /// Large files that no row names. Others may come to be named while this looks.
  package func filesWithoutRow(_ blobs: BlobFiles) throws -> [SHA256Digest] {
    try blobs.all().filter { try sql.hasBlob.first($0.bytes) { _ in true } == nil }
  }
}

extension Refusal {
  /// A job stays for the sake of another one.
  package static func rested(_ kept: PrunePlan.Kept) -> Refusal {
    Refusal(
      .conflict, "job \(kept.job) has made the current files of its project, and job \(kept.neededBy) rests on them",
      remedy: "prune both, or neither")
  }
}
