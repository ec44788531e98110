import Digest
import EventLoop
import JobModel
import JobStore
import Wire

/// Removes finished jobs while everybody works: plans on the thread of long work, then has the store's thread remove one
/// small part after the other between its groups.
///
/// At the end every removal takes up those that have failed or that crashes have cut off. Then go projects without jobs, and
/// large files that no row names: those of these jobs, and what crashes have left. The files are looked for on the thread on
/// which backups are made, so that none goes that a backup still has to copy. Confined to the loop.
final class PruneService {
  private let store: StoreService
  private let reads: ReadService
  private let uploads: UploadService
  private let maintenance: MaintenanceService
  private let watches: WatchRegistry
  private let time: any TimeSource
  private let file: StoreFile
  private let blobs: BlobFiles
  private let log: (String) -> Void
  /// Marked jobs that a removal is at, so that no other one takes them up.
  private var underWay: Set<JobID> = []

  init(
    store: StoreService, reads: ReadService, uploads: UploadService, maintenance: MaintenanceService,
    watches: WatchRegistry, time: any TimeSource, file: StoreFile, blobs: BlobFiles,
    log: @escaping (String) -> Void
  ) {
    (self.store, self.reads, self.uploads, self.maintenance) = (store, reads, uploads, maintenance)
    (self.watches, self.time, self.file, self.blobs, self.log) = (watches, time, file, blobs, log)
  }

  /// What somebody hears of a removal, on the loop.
  struct Listener {
    /// The next job may be removed when `next` is called.
    let tell: (Told, _ next: @escaping () -> Void) -> Void
    /// Nobody wants to know any more: no further job is begun.
    let hasLeft: () -> Bool
    let end: (Result<Int64, StoreError>) -> Void
  }

  /// A job or a file that is gone, would be, or stays.
  struct Told {
    enum What {
      case job(JobSummary, kept: String?)
      case file(ArchivedFile)
    }

    let what: What
    /// Of files that nothing needs any more, so far.
    let freedBytes: Int64
  }

  /// Removes what a policy chooses of the jobs of `caller`.
  func prune(_ policy: PrunePolicy, for caller: Caller, isDryRun: Bool, _ listener: Listener) {
    let (file, now) = (file, time.utcMs)
    maintenance.perform {
      try PrunePlanner(file).plan(policy, for: caller, now: now)
    } then: { [self] plan in
      switch plan {
      case .failure(let error): listener.end(.failure(error))
      case .success(let plan):
        let archive = policy.archivedOlderThanMs.map { Archive(before: now - min($0, now), caller: caller) }
        Removal(plan, archive, isDryRun: isDryRun, service: self, listener).nextKept()
      }
    }
  }

  /// Goes on with what a broker before this one has begun. Nobody waits for it, so the log is told when it fails.
  func goOn() {
    let listener = Listener(tell: { $1() }, hasLeft: { false }) { [log] ended in
      guard case .failure(let error) = ended else { return }
      log("the removal of jobs has stopped, and goes on with the next prune: \(Explained(error).message)")
    }
    Removal(PrunePlan(), nil, isDryRun: false, service: self, listener).sweep()
  }

  /// Which archived files shall go beside the jobs.
  private struct Archive {
    /// Those that were archived before, ms UTC.
    let before: Int64
    let caller: Caller
  }

  /// One removal. It keeps itself until its end.
  private final class Removal {
    private let service: PruneService
    private let isDryRun: Bool
    private let listener: Listener
    private var kept: ArraySlice<PrunePlan.Kept>
    private var groups: ArraySlice<PrunePlan.Group>
    private let archive: Archive?
    /// Jobs that have gone, or would.
    private var going: Set<JobID> = []
    private var freedBytes: Int64 = 0

    init(_ plan: PrunePlan, _ archive: Archive?, isDryRun: Bool, service: PruneService, _ listener: Listener) {
      self.archive = archive
      if isDryRun { going = Set(plan.groups.flatMap(\.jobs)) }
      (self.isDryRun, self.service, self.listener) = (isDryRun, service, listener)
      (kept, groups) = (plan.kept[...], plan.groups[...])
    }

    // MARK: Jobs

    /// Tells of the next job that has to stay; after the last one, removes the first group.
    func nextKept() {
      guard let next = kept.popFirst() else { return nextGroup() }
      look(at: [next.job]) { [self] in tell($0[...], kept: Refusal.rested(next).message) { [self] in nextKept() } }
    }

    private func nextGroup() {
      guard let group = groups.popFirst(), !listener.hasLeft() else { return nextFiles(after: .start) }
      look(at: group.jobs) { [self] jobs in
        if isDryRun { tell(jobs[...], kept: nil) { [self] in nextGroup() } } else { remove(group, jobs) }
      }
    }

    private func remove(_ group: PrunePlan.Group, _ jobs: [JobSummary]) {
      service.store.alone {
        store, _ in
        try store.withReserve { try store.markForRemoval(group) }
      } then: { [self] marked in
        switch marked {
        case .success(let marked):
          service.watches.removed(marked)
          remove(marked[...]) { removal in
            let gone = Set(marked)
            removal.tell(jobs.filter { gone.contains($0.id) }[...], kept: nil) { removal.nextGroup() }
          }
        case .failure(.refused(let refusal)): tell(jobs[...], kept: refusal.message) { [self] in nextGroup() }
        case .failure(let error): listener.end(.failure(error))
        }
      }
    }

    /// Removes marked jobs, one after the other.
    private func remove(_ jobs: ArraySlice<JobID>, then: @escaping (Removal) -> Void) {
      guard !jobs.isEmpty else { return then(self) }
      service.underWay.formUnion(jobs)
      removeFirst(of: jobs, at: .start, then: then)
    }

    private func removeFirst(
      of jobs: ArraySlice<JobID>, at stage: RemovalStage, then: @escaping (Removal) -> Void
    ) {
      let job = jobs[jobs.startIndex]
      service.store.alone {
        store, now in
        try store.withReserve { try store.removePart(of: job, at: stage, now: now) }
      } then: { [self] part in
        switch part {
        case .failure(let error):
          service.underWay.subtract(jobs)
          listener.end(.failure(error))
        case .success(let part):
          freedBytes += part.freedBytes
          if let next = part.next { return removeFirst(of: jobs, at: next, then: then) }
          service.underWay.remove(job)
          remove(jobs.dropFirst(), then: then)
        }
      }
    }

    private func look(at jobs: [JobID], then: @escaping ([JobSummary]) -> Void) {
      service.reads.read { reader in
        try jobs.compactMap { try reader.jobIfThere($0) }
      } then: { [listener] found in
        switch found {
        case .success(let found): then(found)
        case .failure(let error): listener.end(.failure(error))
        }
      }
    }

    /// Tells of one job after the other, each when the last one was taken. Most are taken at once: for those it goes round
    /// here, so that any number of them needs no deeper stack.
    private func tell(_ jobs: ArraySlice<JobSummary>, kept: String?, then: @escaping () -> Void) {
      tell(jobs.map { .job($0, kept: kept) }[...], then: then)
    }

    private func tell(_ whats: ArraySlice<Told.What>, then: @escaping () -> Void) {
      var rest = whats
      while let what = rest.popFirst() {
        let turn = Turn()
        let others = rest
        listener.tell(Told(what: what, freedBytes: freedBytes)) { [self] in
          if turn.isOver { tell(others, then: then) } else { turn.isTaken = true }
        }
        turn.isOver = true
        guard turn.isTaken else { return }
      }
      then()
    }

    /// Whether one that was told of was taken before the call returned.
    private final class Turn {
      var isTaken = false
      var isOver = false
    }

    // MARK: Archived files

    /// Looks at the next page of archived files; after the last one, goes on with what nobody needs any more.
    private func nextFiles(after place: ArchivePlace?) {
      guard let archive, let place, !listener.hasLeft() else { return isDryRun ? end() : sweep() }
      let file = service.file
      service.maintenance.perform {
        try PrunePlanner(file).archived(before: archive.before, after: place, for: archive.caller)
      } then: { [self] page in
        switch page {
        case .failure(let error): listener.end(.failure(error))
        case .success(let page):
          let files = page.files.filter { !going.contains($0.job) }[...]
          if isDryRun {
            tell(files.map { .file($0) }[...]) { [self] in nextFiles(after: page.next) }
          } else {
            remove(files, for: archive.caller) { $0.nextFiles(after: page.next) }
          }
        }
      }
    }

    private func remove(_ files: ArraySlice<ArchivedFile>, for caller: Caller, then: @escaping (Removal) -> Void) {
      let part = Array(JobStore.firstPart(of: files))
      guard !part.isEmpty, !listener.hasLeft() else { return then(self) }
      service.store.alone {
        store, now in
        try store.withReserve { try store.removeArchived(part, by: caller, now: now) }
      } then: { [self] removed in
        switch removed {
        case .failure(let error): listener.end(.failure(error))
        case .success(let removed):
          freedBytes += removed.freedBytes
          tell(removed.files.map { .file($0) }[...]) { [self] in
            remove(files.dropFirst(part.count), for: caller, then: then)
          }
        }
      }
    }

    // MARK: What nobody needs any more

    /// Begins with jobs that are marked and that nobody removes: their removal has failed, or was cut off.
    func sweep() {
      service.store.alone {
        store, _ in
        try store.jobsBeingRemoved()
      } then: { [self] found in
        switch found {
        case .failure(let error): listener.end(.failure(error))
        case .success(let jobs): remove(jobs.filter { !service.underWay.contains($0) }[...]) { $0.sweepRows() }
        }
      }
    }

    private func sweepRows() {
      let (file, before) = (service.file, service.time.utcMs - JobStore.uploadsKeptMs)
      service.maintenance.perform {
        let planner = try PrunePlanner(file)
        return (uploads: try planner.staleUploads(before: before), projects: try planner.projectsWithoutJobs())
      } then: { [self] found in
        switch found {
        case .failure(let error): listener.end(.failure(error))
        case .success(let found):
          release(found.uploads[...]) { $0.remove(found.projects) { $0.removeFiles() } }
        }
      }
    }

    private func release(_ blobs: ArraySlice<Int64>, then: @escaping (Removal) -> Void) {
      let part = Array(blobs.prefix(JobStore.uploadsPerPart))
      guard !part.isEmpty else { return then(self) }
      service.store.alone {
        store, now in
        try store.withReserve { try store.releaseUploads(part, now: now) }
      } then: { [self] freed in
        switch freed {
        case .failure(let error): listener.end(.failure(error))
        case .success(let bytes):
          freedBytes += bytes
          release(blobs.dropFirst(part.count), then: then)
        }
      }
    }

    private func remove(_ projects: IdleProjects, then: @escaping (Removal) -> Void) {
      guard !projects.isEmpty else { return then(self) }
      service.store.alone {
        store, _ in
        try store.withReserve { try store.removeProjects(projects) }
      } then: { [self] rest in
        switch rest {
        case .failure(let error): listener.end(.failure(error))
        case .success(let rest): remove(rest, then: then)
        }
      }
    }

    private func removeFiles() {
      let (file, blobs) = (service.file, service.blobs)
      service.maintenance.perform {
        try PrunePlanner(file).filesWithoutRow(blobs)
      } then: { [self] found in
        switch found {
        case .failure(let error): listener.end(.failure(error))
        case .success(let hashes): removeFiles(hashes)
        }
      }
    }

    /// The store looks once more: since they were found they may have come to be named.
    private func removeFiles(_ hashes: [SHA256Digest]) {
      service.store.alone {
        store, _ in
        try store.filesWithoutRow(hashes)
      } then: { [self] hashes in
        switch hashes {
        case .failure(let error): listener.end(.failure(error))
        case .success(let hashes):
          service.uploads.remove(filesWithoutRow: hashes)
          end()
        }
      }
    }

    private func end() {
      // The space that was put aside may have been used up.
      service.store.alone {
        store, _ in
        store.makeReserve()
      } then: { [listener, freedBytes] _ in
        listener.end(.success(freedBytes))
      }
    }
  }
}

extension StoreReader {
  /// One that is gone meanwhile needs nobody any more; what cannot be read is not gone.
  fileprivate func jobIfThere(_ job: JobID) throws -> JobSummary? {
    do {
      return try self.job(job, for: Caller(user: .root, seesAll: true))
    } catch let refusal as Refusal where refusal.code == .noSuchJob {
      return nil
    }
  }
}
