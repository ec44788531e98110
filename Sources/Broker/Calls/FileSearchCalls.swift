import JobModel
import JobStore
import Wire

/// Answers the calls of `org.genbroker.Files` that find files and records, and that archive files.
extension Broker {
  func find(_ call: FilesAPI.Find, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    answer(reply, job: call.job ?? 0) {
      var filter = try Parsing.foundFilter(call.columns, sinceMs: call.sinceMs)
      filter.job = call.job.map { JobID(Int64($0)) }
      filter.withArchived = call.archived == true
      let before = try Parsing.count(call.before, "before", in: 0...Int.max).map(Int64.init)
      return StoreReader.FoundSearch(filter, before: before, limit: try Parsing.limit(call.limit, or: 100))
    } look: { reader, search -> FilesAPI.Find.Reply? in
      guard try reader.look(for: &search, caller) else { return nil }
      let all = search.found.map(FilesAPI.FoundFile.init)
      let fitting = Page.count(of: all, bytesMax: Broker.pageBytesMax)
      return FilesAPI.Find.Reply(files: Array(all.prefix(fitting)), more: search.hasMore || fitting < all.count)
    }
  }

  func stats(_ call: FilesAPI.Stats, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    answer(reply) {
      StoreReader.StatisticsSearch(try Parsing.foundFilter(call.columns, sinceMs: call.sinceMs))
    } look: { reader, search -> FilesAPI.Stats.Reply? in
      guard try reader.look(for: &search, caller) else { return nil }
      let credits = try reader.credits(search.filter, for: caller)
      return FilesAPI.Stats.Reply(
        files: search.found.map(FilesAPI.FileGroup.init), credits: credits.map(FilesAPI.CreditGroup.init))
    }
  }

  func records(_ call: FilesAPI.Records, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    reads.read { reader in
      let limit = try Parsing.limit(call.limit, or: 200)
      let found = try reader.records(
        of: JobID(Int64(call.job)), set: try Parsing.recordSet(call.set), after: try Parsing.recordName(call),
        limit: limit + 1, for: caller)
      let records = found.prefix(limit).compactMap(FilesAPI.Record.init)
      let fitting = Page.count(of: records, bytesMax: Broker.pageBytesMax)
      return (Array(records.prefix(fitting)), found.count > fitting)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(files: error, job: call.job, path: call.set ?? "")
      case .success(let page): reply.done(FilesAPI.Records.Reply(records: page.0, more: page.1))
      }
    }
  }

  func archive(_ call: FilesAPI.Archive, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    store.perform { store, now in
      let target = try Parsing.refusing { try Parsing.archiveTarget(call) }
      let why = try Parsing.refusing { try Parsing.sought(call.why, "why", bytesMax: ModelLimits.titleBytesMax) }
      return try store.archive(
        JobID(Int64(call.job)), target, undo: call.undo == true, by: caller, why: why, now: now)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(files: error, job: call.job, path: call.paths?.first ?? "")
      case .success(let files): reply.done(FilesAPI.Archive.Reply(files: files))
      }
    }
  }
}

extension Parsing {
  fileprivate static func foundFilter(_ columns: [String: String]?, sinceMs: Int?) throws -> FoundFilter {
    var filter = FoundFilter()
    filter.columns = try Parsing.columns(columns)
    filter.sinceMs = try count(sinceMs, "since_ms", in: 0...Int.max).map(Int64.init)
    return filter
  }

  fileprivate static func recordSet(_ name: String?) throws(StoreError) -> String? {
    try refusing { try name.map { try RecordName(set: $0, key: "any").set } }
  }

  fileprivate static func recordName(_ call: FilesAPI.Records) throws -> RecordName? {
    switch (call.afterSet, call.afterKey) {
    case (let set?, let key?): return try refusing { try RecordName(set: set, key: key) }
    case (nil, nil): return nil
    default:
      throw invalid("after_set and after_key belong together", remedy: "give both, those of the last record")
    }
  }

  fileprivate static func archiveTarget(_ call: FilesAPI.Archive) throws -> ArchiveTarget {
    guard let paths = call.paths else { return .tasks(try choice(match: call.match, phase: call.phase)) }
    guard call.match == nil, call.phase == nil else {
      throw invalid("paths beside a pattern or a phase", remedy: "choose files, or tasks")
    }
    guard !paths.isEmpty, paths.count <= WireLimits.pageItemsMax else {
      throw invalid("\(paths.count) paths", remedy: "name 1 to \(WireLimits.pageItemsMax) in a call")
    }
    return .files(try paths.map { try ResultPath($0) })
  }
}

extension FilesAPI.FoundFile {
  init(_ found: FoundFile) {
    self.init(
      id: Int(found.id), project: found.project, file: FilesAPI.File(found.file),
      madeInMs: found.madeInMs.map { Int($0) },
      credits: Int(found.credits))
  }
}

extension FilesAPI.FileGroup {
  init(_ group: FileGroup) {
    self.init(
      type: group.type, status: group.status, files: group.files, bytes: Int(group.bytes), made: group.madeByWorkers,
      madeInMs: Int(group.madeInMs))
  }
}

extension FilesAPI.CreditGroup {
  init(_ group: CreditGroup) {
    self.init(product: group.product, charges: group.charges, credits: Int(group.credits))
  }
}

extension FilesAPI.Record {
  /// - Returns: `nil` for what is no JSON, which the store does not take.
  init?(_ record: StoredRecord) {
    guard let value = storedJSON(record.value) else { return nil }
    self.init(
      set: record.name.set, key: record.name.key, value: value, version: Int(record.version),
      job: Int(record.job.value), task: record.task, atMs: Int(record.atMs))
  }
}

/// The columns of a file, by their names; `nil` when nothing is said.
func wireColumns(_ columns: FileColumns) -> [String: String]? {
  columns.isEmpty ? nil : Dictionary(uniqueKeysWithValues: columns.members.map { ($0.name.rawValue, $0.value) })
}
