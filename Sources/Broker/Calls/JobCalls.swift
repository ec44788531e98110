import JobModel
import JobStore
import Varlink
import Wire

/// Answers the calls of `org.genbroker.Jobs`.
extension Broker {
  func handle(_ call: JobsAPI.Call, _ session: ClientSession, _ reply: ReplyHandle) {
    switch call {
    case .putInput(let call): putInput(call, session, reply)
    case .submit(let call): submit(call, session, reply)
    case .addTasks(let call): addTasks(call, session, reply)
    case .seal(let call):
      let (id, caller) = (jobID(call.job), session.caller)
      store.perform {
        try $0.seal(id, by: caller, now: $1)
      } then: { result in
        reply.finish(jobs: result, job: call.job) { JobsAPI.Seal.Reply() }
      }
    case .list(let call): list(call, session, reply)
    case .show(let call): show(call, session, reply)
    case .tasks(let call): tasks(call, session, reply)
    case .watch(let call): watch(call, reply)
    case .cancel(let call):
      steer(call.job, session, reply, JobsAPI.Cancel.Reply.init, usesReserve: true) {
        try $0.cancel($1, by: $2, reason: try Parsing.reason(call.reason), now: $3)
      }
    case .pause(let call):
      steer(call.job, session, reply, JobsAPI.Pause.Reply.init) {
        try $0.pause($1, by: $2, reason: try Parsing.reason(call.reason), now: $3)
      }
    case .resume(let call):
      steer(call.job, session, reply, JobsAPI.Resume.Reply.init) { try $0.resume($1, by: $2, now: $3) }
    case .retry(let call): retry(call, session, reply)
    case .setBudget(let call):
      steer(call.job, session, reply, JobsAPI.SetBudget.Reply.init) { store, id, caller, _ in
        try store.setBudget(Parsing.budget(call.budget), of: id, by: caller)
      }
    case .regenerate(let call): regenerate(call, session, reply)
    case .estimate(let call): estimate(call, session, reply)
    case .outdated(let call): outdated(call, session, reply)
    case .groups(let call): groups(call, session, reply)
    case .calls(let call): calls(call, session, reply)
    case .showCall(let call): showCall(call, session, reply)
    case .explain(let call): explain(call, session, reply)
    case .logs(let call): logs(call, session, reply)
    case .errors(let call): errors(call, session, reply)
    }
  }

  private func jobID(_ number: Int) -> JobID { JobID(Int64(number)) }

  // MARK: Submitting

  private func putInput(_ call: JobsAPI.PutInput, _ session: ClientSession, _ reply: ReplyHandle) {
    if let error = room.problem { return reply.fail(jobs: error) }
    let chunk = UploadChunk(sha256: call.sha256, size: call.size, offset: call.offset, data: call.data)
    upload(chunk, session) { result in
      reply.finish(jobs: result) { JobsAPI.PutInput.Reply(stored: $0.isStored, nextOffset: $0.nextOffset) }
    }
  }

  private func submit(_ call: JobsAPI.Submit, _ session: ClientSession, _ reply: ReplyHandle) {
    guard !isDraining else {
      return reply.fail(
        JobsAPI.Draining(message: "the broker is stopping", remedy: "submit again when it has been started again"))
    }
    if let error = room.problem { return reply.fail(jobs: error) }
    do throws(StoreError) {
      let job = try Parsing.refusing { try Parsing.job(call, owner: session.caller.user) }
      let (batch, kinds) = (TaskBatch(of: job), Broker.kinds(of: job))
      store.perform { store, now in
        let (id, existing) = try store.submit(job, batch, now: now)
        return (id, existing, kinds.filter { !store.hasWorker(kind: $0, for: job.owner) })
      } then: { result in
        reply.finish(jobs: result) { outcome in
          JobsAPI.Submit.Reply(
            job: Int(outcome.0.value), existing: outcome.1, warnings: outcome.2.map(Broker.noWorker))
        }
      }
    } catch {
      reply.fail(jobs: error)
    }
  }

  /// The kinds of the tasks that a job begins with, in their order, or of as many as people read of.
  private static func kinds(of job: NewJob) -> [String] {
    var kinds: [String] = []
    for task in job.tasks ?? [] where !kinds.contains(task.kind.name) {
      kinds.append(task.kind.name)
      if kinds.count == StoreReader.plannedKindsMax { break }
    }
    return kinds.isEmpty ? [job.kind.name] : kinds
  }

  static func noWorker(_ kind: String) -> String {
    "No worker of kind '\(kind)' is attached: start one with 'genworker --kind \(kind)'"
  }

  private func addTasks(_ call: JobsAPI.AddTasks, _ session: ClientSession, _ reply: ReplyHandle) {
    if let error = room.problem { return reply.fail(jobs: error, job: call.job) }
    let (id, caller, specs) = (jobID(call.job), session.caller, call.tasks)
    store.perform { store, now in
      let kind = try store.kind(of: id, for: caller)
      let tasks = try Parsing.refusing { try Parsing.tasks(specs, kind: kind) }
      return try store.addTasks(tasks, to: id, by: caller, now: now)
    } then: { result in
      reply.finish(jobs: result, job: call.job) { JobsAPI.AddTasks.Reply(added: $0) }
    }
  }

  // MARK: Steering

  /// Runs a command on a job and answers the job as it is after it.
  ///
  /// - Parameter usesReserve: on a full disk it is run once more, with the space that was put aside.
  private func steer<Reply: WireObject>(
    _ number: Int, _ session: ClientSession, _ reply: ReplyHandle, _ make: @escaping (JobsAPI.Job) -> Reply,
    usesReserve: Bool = false,
    _ body: @escaping @Sendable (JobStore, JobID, Caller, Int64) throws -> Void
  ) {
    let (id, caller) = (jobID(number), session.caller)
    store.perform {
      try body($0, id, caller, $1)
    } then: { [weak self] result in
      guard case .success = result, let self else {
        guard case .failure(let error) = result else { return }
        guard usesReserve, error.isPassing, let self else { return reply.fail(jobs: error, job: number) }
        return steerWithReserve(number, session, reply, make, body, error)
      }
      reads.read {
        try $0.job(id, for: caller)
      } then: { job in
        reply.finish(jobs: job) { make(JobsAPI.Job($0)) }
      }
    }
  }

  private func steerWithReserve<Reply: WireObject>(
    _ number: Int, _ session: ClientSession, _ reply: ReplyHandle, _ make: @escaping (JobsAPI.Job) -> Reply,
    _ body: @escaping @Sendable (JobStore, JobID, Caller, Int64) throws -> Void, _ error: StoreError
  ) {
    store.alone {
      store, _ in
      store.releaseReserve()
    } then: { [weak self] released in
      guard case .success(true) = released, let self else { return reply.fail(jobs: error, job: number) }
      steer(number, session, reply, make, body)
    }
  }

  private func retry(_ call: JobsAPI.Retry, _ session: ClientSession, _ reply: ReplyHandle) {
    let (id, caller) = (jobID(call.job), session.caller)
    store.perform {
      try $0.retry(id, by: caller, matching: try Parsing.match(call.match), now: $1)
    } then: { [weak self] result in
      switch result {
      case .failure(let error): reply.fail(jobs: error, job: call.job)
      case .success(let count):
        self?.reads.read {
          try $0.job(id, for: caller)
        } then: { job in
          reply.finish(jobs: job) { JobsAPI.Retry.Reply(job: JobsAPI.Job($0), tasks: count) }
        }
      }
    }
  }

  private func regenerate(_ call: JobsAPI.Regenerate, _ session: ClientSession, _ reply: ReplyHandle) {
    guard call.outdated == true else { return regenerate(call, among: nil, session, reply) }
    let caller = session.caller
    reads.readInParts(StoreReader.OutdatedSearch(of: jobID(call.job))) { reader, search -> Set<ExactText>? in
      try reader.look(for: &search, caller) ? Set(search.found.map { ExactText($0.key) }) : nil
    } then: { [weak self] result in
      switch result {
      case .failure(let error): reply.fail(jobs: error, job: call.job)
      case .success(let keys): self?.regenerate(call, among: keys, session, reply)
      }
    }
  }

  /// - Parameter keys: only tasks among these; all when absent.
  private func regenerate(
    _ call: JobsAPI.Regenerate, among keys: Set<ExactText>?, _ session: ClientSession, _ reply: ReplyHandle
  ) {
    let (id, caller) = (jobID(call.job), session.caller)
    store.perform {
      var choice = try Parsing.choice(call)
      choice.keys = keys
      return try $0.regenerate(id, by: caller, choice, now: $1)
    } then: { [weak self] result in
      switch result {
      case .failure(let error): reply.fail(jobs: error, job: call.job)
      case .success(let count):
        self?.reads.read {
          try $0.job(id, for: caller)
        } then: { job in
          reply.finish(jobs: job) { JobsAPI.Regenerate.Reply(job: JobsAPI.Job($0), tasks: count) }
        }
      }
    }
  }

  // MARK: Looking

  private func estimate(_ call: JobsAPI.Estimate, _ session: ClientSession, _ reply: ReplyHandle) {
    let (id, caller) = (jobID(call.job), session.caller)
    let search = StoreReader.EstimateSearch(of: id, versions: pluginVersions(for: session.caller))
    reads.readInParts(search) { reader, search -> [EstimateGroup]? in
      try reader.estimate(&search, caller) ? search.groups : nil
    } then: { result in
      reply.finish(jobs: result, job: call.job) { JobsAPI.Estimate.Reply(groups: $0.map(JobsAPI.EstimateGroup.init)) }
    }
  }

  private func outdated(_ call: JobsAPI.Outdated, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    reads.readInParts(StoreReader.OutdatedSearch(of: jobID(call.job))) { reader, search -> [OutdatedTask]? in
      try reader.look(for: &search, caller) ? search.found : nil
    } then: { result in
      reply.finish(jobs: result, job: call.job) { found in
        let tasks = found.prefix(WireLimits.pageItemsMax).map {
          JobsAPI.OutdatedTask(task: $0.key, changed: $0.changed, restsOn: $0.restsOn)
        }
        let fitting = Page.count(of: tasks, bytesMax: Broker.pageBytesMax)
        return JobsAPI.Outdated.Reply(tasks: Array(tasks.prefix(fitting)), count: found.count)
      }
    }
  }

  private func groups(_ call: JobsAPI.Groups, _ session: ClientSession, _ reply: ReplyHandle) {
    do throws(StoreError) {
      let (caller, job) = (session.caller, jobID(call.job))
      let limit = try Parsing.refusing { try Parsing.limit(call.limit, or: 100) }
      let depth = try Parsing.refusing { try Parsing.count(call.depth, "depth", in: 1...8) ?? 1 }
      let search = StoreReader.OutputGroupSearch(
        of: job, depth: depth,
        after: try Parsing.refusing { try Parsing.sought(call.after, "after", bytesMax: ModelLimits.pathBytesMax) },
        limit: limit)
      reads.readInParts(search) { reader, search -> [OutputGroup]? in
        try reader.look(for: &search, caller) ? search.found : nil
      } then: { result in
        reply.finish(jobs: result, job: call.job) { found in
          let groups = found.prefix(limit).map {
            JobsAPI.OutputGroup(group: $0.name, declared: $0.declared, present: $0.present, missing: $0.missing)
          }
          let fitting = Page.count(of: groups, bytesMax: Broker.pageBytesMax)
          return JobsAPI.Groups.Reply(groups: Array(groups.prefix(fitting)), more: found.count > fitting)
        }
      }
    } catch {
      reply.fail(jobs: error, job: call.job)
    }
  }

  /// Of the plugins of the attached workers that could get the tasks of a caller, by kind; of several the newest worker's.
  private func pluginVersions(for caller: Caller) -> [String: String] {
    let serving = workers.values.filter { $0.caller.seesAll || $0.caller.user == caller.user }
    let versions = serving.sorted { $0.connectedMs < $1.connectedMs }.compactMap { worker in
      worker.version.map { (worker.kind.name, $0) }
    }
    return Dictionary(versions) { $1 }
  }

  private func list(_ call: JobsAPI.List, _ session: ClientSession, _ reply: ReplyHandle) {
    let (caller, calling) = (session.caller, waitingByJob)
    do throws(StoreError) {
      let limit = try Parsing.refusing { try Parsing.limit(call.limit, or: 50) }
      let filter = try Parsing.refusing { try jobFilter(call, limit: limit + 1) }
      reads.readInParts(StoreReader.JobSearch(filter)) { reader, search -> ([JobsAPI.Job], Bool)? in
        guard try reader.look(for: &search, caller) else { return nil }
        let jobs = try reader.completed(search.found, calling)
        let fitting = Page.count(of: jobs.prefix(limit), bytesMax: Broker.pageBytesMax)
        return (Array(jobs.prefix(fitting)), jobs.count > fitting)
      } then: { result in
        reply.finish(jobs: result) { JobsAPI.List.Reply(jobs: $0.0, more: $0.1) }
      }
    } catch {
      reply.fail(jobs: error)
    }
  }

  private func jobFilter(_ call: JobsAPI.List, limit: Int) throws -> StoreReader.JobFilter {
    var filter = StoreReader.JobFilter()
    filter.state = call.state.flatMap { JobModel.JobState(rawValue: $0.rawValue) }
    filter.kind = try Parsing.sought(call.kind, "kind", bytesMax: ModelLimits.kindBytesMax)
    filter.labels = try Parsing.labels(call.labels ?? [:])
    filter.before = call.before.map { JobID(Int64($0)) }
    filter.limit = limit
    return filter
  }

  /// Room for the items of a page in one message.
  static let pageBytesMax = WireLimits.messageBytesMax - 4096

  private func show(_ call: JobsAPI.Show, _ session: ClientSession, _ reply: ReplyHandle) {
    let (caller, calling) = (session.caller, waitingByJob)
    reads.read { reader in
      let (job, phases, spending) = try reader.jobWithPhases(call.job.map { JobID(Int64($0)) }, for: caller)
      return (job, try reader.completed([job], calling).first ?? JobsAPI.Job(job), phases, spending)
    } then: { [weak self] result in
      switch result {
      case .failure(let error): reply.fail(jobs: error, job: call.job ?? 0)
      case .success(let (job, shown, phases, spending)):
        reply.done(
          JobsAPI.Show.Reply(
            job: shown, phases: phases.map(JobsAPI.Phase.init),
            warnings: self?.warnings(job, shown.kinds ?? [job.kind]) ?? [],
            spending: spending.map(JobsAPI.Spending.init)))
      }
    }
  }

  private func warnings(_ job: JobSummary, _ kinds: [String]) -> [String] {
    if job.state.isFinal { return [] }
    return kinds.filter { workersServing($0, for: job.owner).isEmpty }.map(Broker.noWorker)
  }

  /// The attached workers that could get the tasks of a user.
  func workersServing(_ kind: String, for owner: UserID) -> [WorkerSession] {
    workers.values.filter { $0.kind.name == kind && ($0.caller.seesAll || $0.caller.user == owner) }
  }

  private func tasks(_ call: JobsAPI.Tasks, _ session: ClientSession, _ reply: ReplyHandle) {
    let (id, caller) = (jobID(call.job), session.caller)
    do throws(StoreError) {
      let limit = try Parsing.refusing { try Parsing.limit(call.limit, or: 100) }
      let filter = try Parsing.refusing { try taskFilter(call, limit: limit + 1) }
      reads.readInParts(StoreReader.TaskSearch(filter, of: id)) { reader, search -> ([JobsAPI.Task], Bool)? in
        guard try reader.look(for: &search, caller) else { return nil }
        let tasks = search.found.map(JobsAPI.Task.init)
        let fitting = Page.count(of: tasks.prefix(limit), bytesMax: Broker.pageBytesMax)
        return (Array(tasks.prefix(fitting)), tasks.count > fitting)
      } then: { result in
        switch result {
        case .failure(let error): reply.fail(jobs: error, job: call.job, task: call.after ?? "")
        case .success(let page): reply.done(JobsAPI.Tasks.Reply(tasks: page.0, more: page.1))
        }
      }
    } catch {
      reply.fail(jobs: error, job: call.job, task: call.after ?? "")
    }
  }

  private func taskFilter(_ call: JobsAPI.Tasks, limit: Int) throws -> StoreReader.TaskFilter {
    var filter = StoreReader.TaskFilter()
    filter.state = call.state.flatMap { JobModel.TaskState(rawValue: $0.rawValue) }
    filter.match = try Parsing.match(call.match)
    filter.after = try Parsing.sought(call.after, "after", bytesMax: ModelLimits.keyBytesMax)
    filter.limit = limit
    return filter
  }

  private func watch(_ call: JobsAPI.Watch, _ reply: ReplyHandle) {
    let (caller, session) = (reply.session.caller, reply.session)
    session.streamOpens()
    reads.read { reader in
      if let job = call.job { _ = try reader.job(JobID(Int64(job)), for: caller) }
      // A job goes as a whole: of one that is there nothing is missing.
      return call.job == nil ? try reader.prunedUpTo(for: caller) : 0
    } then: { [weak self] result in
      guard let self else { return }
      defer { session.streamOpened() }
      switch result {
      case .failure(let error): reply.fail(jobs: error, job: call.job ?? 0)
      case .success(let pruned):
        do {
          watches.add(call, reply, from: try watches.position(call.since, from: pruned), prunedUpTo: pruned)
        } catch let error as JobsAPI.CursorTooOld {
          reply.fail(error)
        } catch {
          reply.fail(jobs: StoreError(error))
        }
      }
    }
  }

  private func logs(_ call: JobsAPI.Logs, _ session: ClientSession, _ reply: ReplyHandle) {
    let (id, caller) = (jobID(call.job), session.caller)
    reads.read { reader in
      let limit = try Parsing.limit(call.limit, or: 200)
      let task = try Parsing.sought(call.task, "task", bytesMax: ModelLimits.keyBytesMax)
      let lines = try reader.logs(of: id, task: task, after: Int64(call.after ?? 0), limit: limit + 1, for: caller)
      let wire = lines.map(JobsAPI.LogLine.init)
      let fitting = Page.count(of: wire.prefix(limit), bytesMax: Broker.pageBytesMax)
      return (Array(wire.prefix(fitting)), wire.count > fitting)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(jobs: error, job: call.job, task: call.task ?? "")
      case .success(let page): reply.done(JobsAPI.Logs.Reply(lines: page.0, more: page.1))
      }
    }
  }

  private func errors(_ call: JobsAPI.Errors, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    do throws(StoreError) {
      let limit = try Parsing.refusing { try Parsing.limit(call.limit, or: 100) }
      let search = StoreReader.ErrorSearch(of: call.job.map(jobID), limit: limit)
      reads.readInParts(search) { reader, search -> [JobsAPI.TaskError]? in
        guard try reader.look(for: &search, caller) else { return nil }
        let errors = search.found.map(JobsAPI.TaskError.init)
        return Array(errors.prefix(Page.count(of: errors, bytesMax: Broker.pageBytesMax)))
      } then: { result in
        switch result {
        case .failure(let error): reply.fail(jobs: error, job: call.job ?? 0)
        case .success(let errors): reply.done(JobsAPI.Errors.Reply(errors: errors))
        }
      }
    } catch {
      reply.fail(jobs: error, job: call.job ?? 0)
    }
  }
}

extension StoreReader {
  /// Jobs in the words of the wire, with how many of their tasks wait, and all kinds that they were submitted for.
  ///
  /// - Parameter calling: how many tasks of each have model calls that wait.
  fileprivate func completed(_ jobs: [JobSummary], _ calling: [JobID: Int]) throws -> [JobsAPI.Job] {
    var delayed = DelayedSearch()
    // One look has to do: a list is no place to count many thousands.
    if jobs.contains(where: { $0.counts[.ready] > 0 }) { _ = try look(for: &delayed) }
    return try jobs.map { job in
      let waiting = delayed.count(of: job.id) + (calling[job.id] ?? 0)
      return JobsAPI.Job(job, waiting: waiting > 0 ? waiting : nil, kinds: try plannedKinds(of: job.id))
    }
  }
}
