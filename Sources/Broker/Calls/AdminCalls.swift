import EventLoop
import FileSystem
import Glibc
import JobModel
import JobStore
import Varlink
import Wire

/// Answers the calls of `org.genbroker.Admin`.
extension Broker {
  func handle(_ call: AdminAPI.Call, _ session: ClientSession, _ reply: ReplyHandle) {
    switch call {
    case .status: status(reply)
    case .workers: listWorkers(session, reply)
    case .check:
      guard mayAdminister(session, reply) else { return }
      check(reply)
    case .backup(let call):
      guard mayAdminister(session, reply) else { return }
      backup(call, reply)
    case .prune(let call): prune(call, session, reply)
    case .drain(let call):
      guard mayAdminister(session, reply) else { return }
      reply.done(AdminAPI.Drain.Reply(leases: leasesOut))
      drain(timeoutMs: call.timeoutMs.map { Int64($0) })
    case .drainWorker(let call): drainWorker(call, session, reply)
    case .usage(let call): usage(call, session, reply)
    case .limits: limits(session, reply)
    case .setLimit(let call):
      guard mayAdminister(session, reply) else { return }
      setLimit(call, reply)
    case .unpark(let call):
      guard mayAdminister(session, reply) else { return }
      unpark(call, reply)
    }
  }

  private func mayAdminister(_ session: ClientSession, _ reply: ReplyHandle) -> Bool {
    if session.caller.seesAll { return true }
    reply.fail(
      AdminAPI.NotAllowed(
        message: "user \(session.peer.uid) may not do this", remedy: "ask the user who runs the broker, or root"))
    return false
  }

  private func status(_ reply: ReplyHandle) {
    let path = file.path
    reads.read { reader in
      let sums = try reader.sums()
      let database = try [path, path + "-wal"].reduce(0) { $0 + (try FileTree.status($1)?.size ?? 0) }
      return (sums, database + sums.fileBytes)
    } then: { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let error): reply.fail(admin: error)
      case .success(let (sums, size)):
        reply.done(
          AdminAPI.Status.Reply(
            version: version, pid: Int(getpid()), uid: Int(getuid()), socket: socketPath, store: path,
            startedMs: Int(startedMs), draining: isDraining, connections: sessions.count, workers: workers.count,
            jobsLive: sums.jobsLive, tasksReady: sums.tasksReady, tasksLeased: sums.tasksLeased,
            events: Int(watches.eventHigh), storeBytes: Int(size)))
      }
    }
  }

  private func listWorkers(_ session: ClientSession, _ reply: ReplyHandle) {
    let now = loop.time.monotonicMs
    let infos = workers(visibleTo: session.caller).map { worker in
      AdminAPI.WorkerInfo(
        name: worker.name, kind: worker.kind.name, pid: worker.pid, owner: Int(worker.caller.user.value),
        slots: worker.slots, leases: worker.held.count, silentMs: Int(worker.silentMs(now: now)),
        connectedMs: Int(worker.connectedMs))
    }
    reply.done(AdminAPI.Workers.Reply(workers: infos))
  }

  /// In the order in which they have come.
  private func workers(visibleTo caller: Caller) -> [WorkerSession] {
    workers.values.filter { caller.seesAll || $0.caller.user == caller.user }.sorted { $0.data.number < $1.data.number }
  }

  private func drainWorker(_ call: AdminAPI.DrainWorker, _ session: ClientSession, _ reply: ReplyHandle) {
    let named = workers(visibleTo: session.caller).filter { $0.name == call.worker }
    guard !named.isEmpty else {
      return reply.fail(
        AdminAPI.NoSuchWorker(
          worker: visible(call.worker), message: "no worker of yours is named '\(visible(call.worker))'",
          remedy: "'genbroker workers' lists them"))
    }
    for worker in named { worker.tellDrain() }
    let leases = named.reduce(0) { $0 + $1.held.count }
    reply.done(AdminAPI.DrainWorker.Reply(workers: named.count, leases: leases))
  }

  private func check(_ reply: ReplyHandle) {
    let (file, blobs) = (file, blobs)
    maintenance.perform {
      try StoreCheck.run(file, blobs: blobs)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(admin: error)
      case .success(let report):
        reply.done(
          AdminAPI.Check.Reply(
            findings: report.findings.map { AdminAPI.Finding(check: $0.check, message: $0.message) },
            tasks: report.tasks, results: report.results, blobs: report.blobs, events: report.events))
      }
    }
  }

  private func prune(_ call: AdminAPI.Prune, _ session: ClientSession, _ reply: ReplyHandle) {
    let policy: PrunePolicy
    do throws(Refusal) { policy = try Parsing.policy(call) } catch { return reply.fail(admin: .refused(error)) }
    let listener = PruneService.Listener(
      tell: { told, next in
        reply.next(AdminAPI.Prune.Reply(told))
        reply.session.whenDrained(next)
      },
      hasLeft: { reply.session.isBroken },
      end: { freed in
        switch freed {
        case .failure(let error): reply.fail(admin: error, job: policy.jobs.first.map { Int($0.value) } ?? 0)
        case .success(let bytes): reply.done(AdminAPI.Prune.Reply(freedBytes: Int(bytes)))
        }
      })
    pruning.prune(policy, for: session.caller, isDryRun: call.dryRun == true, listener)
  }

  /// On the same thread as the removal of large files: none that the snapshot names can go before the copy is made.
  private func backup(_ call: AdminAPI.Backup, _ reply: ReplyHandle) {
    let (file, blobs) = (file, blobs)
    maintenance.perform {
      let directory = try Parsing.text(call.directory, "directory", bytesMax: Int(PATH_MAX) - 1)
      return try StoreBackup.run(file, blobs: blobs, to: directory)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(admin: error)
      case .success(let report):
        reply.done(
          AdminAPI.Backup.Reply(
            jobs: report.jobs, results: report.results, events: report.events, bytes: Int(report.bytes)))
      }
    }
  }
}

extension AdminAPI.Prune.Reply {
  fileprivate init(_ told: PruneService.Told) {
    let freed = Int(told.freedBytes)
    switch told.what {
    case .job(let job, let kept): self.init(job: AdminAPI.PrunedJob(job, kept: kept), freedBytes: freed)
    case .file(let file): self.init(file: AdminAPI.PrunedFile(file), freedBytes: freed)
    }
  }
}

extension AdminAPI.PrunedFile {
  fileprivate init(_ file: ArchivedFile) {
    self.init(
      job: Int(file.job.value), owner: Int(file.owner.value), path: file.path, archivedMs: Int(file.archivedMs),
      versions: file.versions, bytes: Int(file.bytes), kept: file.kept)
  }
}

extension AdminAPI.PrunedJob {
  fileprivate init(_ job: JobSummary, kept: String?) {
    self.init(
      job: Int(job.id.value), owner: Int(job.owner.value), title: job.title, state: job.state.rawValue,
      endedMs: Int(job.endedMs ?? 0), files: Int(job.files), bytes: Int(job.bytes), kept: kept)
  }
}
