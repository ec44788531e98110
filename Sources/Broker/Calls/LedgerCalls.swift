import EventLoop
import JobModel
import JobStore
import Wire

/// Answers what people ask of model calls: budgets, lists, sums and limits.
extension Broker {
  func calls(_ call: JobsAPI.Calls, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    do throws(StoreError) {
      let limit = try Parsing.refusing { try Parsing.limit(call.limit, or: 100) }
      var filter = try Parsing.refusing { try Parsing.callFilter(call) }
      filter.limit = limit + 1
      reads.readInParts(StoreReader.CallSearch(filter)) { reader, search -> ([JobsAPI.ModelCall], Bool)? in
        guard try reader.look(for: &search, caller) else { return nil }
        let calls = search.found.map(JobsAPI.ModelCall.init)
        let fitting = Page.count(of: calls.prefix(limit), bytesMax: Broker.pageBytesMax)
        return (Array(calls.prefix(fitting)), calls.count > fitting)
      } then: { result in
        reply.finish(jobs: result, job: call.job ?? 0) { JobsAPI.Calls.Reply(calls: $0.0, more: $0.1) }
      }
    } catch {
      reply.fail(jobs: error, job: call.job ?? 0)
    }
  }

  func showCall(_ call: JobsAPI.ShowCall, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    reads.read {
      try $0.call(CallID(Int64(call.call)), for: caller)
    } then: { result in
      switch result {
      case .success(let details): reply.done(JobsAPI.ShowCall.Reply(details))
      case .failure(let error): reply.fail(jobs: error, call: call.call)
      }
    }
  }

  func usage(_ call: AdminAPI.Usage, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    do throws(StoreError) {
      let since = try Parsing.refusing { try Parsing.count(call.sinceMs, "since_ms", in: 0...Int.max) }
      let search = StoreReader.UsageSearch(
        by: UsageGrouping(call.by), job: call.job.map { JobID(Int64($0)) }, sinceMs: since.map(Int64.init))
      reads.readInParts(search) { reader, search -> [AdminAPI.UsageRow]? in
        guard try reader.look(for: &search, caller) else { return nil }
        let rows = AdminAPI.UsageRow.rows(search.found, by: call.by)
        return Array(rows.prefix(Page.count(of: rows, bytesMax: Broker.pageBytesMax)))
      } then: { result in
        switch result {
        case .success(let rows): reply.done(AdminAPI.Usage.Reply(rows: rows))
        case .failure(let error): reply.fail(admin: error, job: call.job ?? 0)
        }
      }
    } catch {
      reply.fail(admin: error, job: call.job ?? 0)
    }
  }

  func limits(_ session: ClientSession, _ reply: ReplyHandle) {
    let (caller, now) = (session.caller, loop.time.utcMs)
    reads.read { reader in
      let limits = try reader.limits(for: caller, now: now).filter { $0.key.scope.isVisible(to: caller) }
      return (limits.map(AdminAPI.Limit.init), try reader.parked(for: caller, now: now).map(AdminAPI.Parked.init))
    } then: { result in
      switch result {
      case .success(let (limits, parked)): reply.done(AdminAPI.Limits.Reply(limits: limits, parked: parked))
      case .failure(let error): reply.fail(admin: error)
      }
    }
  }

  func setLimit(_ call: AdminAPI.SetLimit, _ reply: ReplyHandle) {
    store.perform { store, now in
      let key = try Parsing.refusing {
        try CallLimits.Key(
          LimitScope(Parsing.text(call.scope, "scope", bytesMax: ModelLimits.labelBytesMax)), .init(call.unit))
      }
      try store.setLimit(key, try Parsing.count(call.value, "value", in: 0...Int.max).map(Int64.init), now: now)
    } then: { result in
      switch result {
      case .success: reply.done(AdminAPI.SetLimit.Reply())
      case .failure(let error): reply.fail(admin: error)
      }
    }
  }

  func unpark(_ call: AdminAPI.Unpark, _ reply: ReplyHandle) {
    store.perform { store, now in
      try store.unpark(Parsing.text(call.account, "account", bytesMax: ModelLimits.accountBytesMax), now: now)
    } then: { result in
      switch result {
      case .success: reply.done(AdminAPI.Unpark.Reply())
      case .failure(let error): reply.fail(admin: error, account: call.account)
      }
    }
  }
}

extension LimitScope {
  /// Users do not see what others may take.
  fileprivate func isVisible(to caller: Caller) -> Bool {
    switch self {
    case .user(let user): caller.seesAll || user == caller.user
    case .all, .provider, .model, .users: true
    }
  }
}
