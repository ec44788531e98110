import Digest
import JobModel
import JobStore
import JSON
import Wire

/// Answers the calls of `org.genbroker.Files`.
extension Broker {
  func handle(_ call: FilesAPI.Call, _ session: ClientSession, _ reply: ReplyHandle) {
    switch call {
    case .list(let call): list(call, session, reply)
    case .read(let call): read(call, session, reply)
    case .history(let call): history(call, session, reply)
    case .rollback(let call): rollback(call, session, reply)
    case .put(let call): put(call, session, reply)
    case .archive(let call): archive(call, session, reply)
    case .records(let call): records(call, session, reply)
    case .find(let call): find(call, session, reply)
    case .stats(let call): stats(call, session, reply)
    case .collections(let call): collections(call, session, reply)
    case .showCollection(let call): showCollection(call, session, reply)
    case .setCollection(let call): setCollection(call, session, reply)
    case .deleteCollection(let call): deleteCollection(call, session, reply)
    case .addToCollection(let call): addToCollection(call, session, reply)
    case .removeFromCollection(let call): removeFromCollection(call, session, reply)
    case .moveInCollection(let call): moveInCollection(call, session, reply)
    }
  }

  private func history(_ call: FilesAPI.History, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    reads.read { reader in
      let path = try Parsing.text(call.path, "path", bytesMax: ModelLimits.pathBytesMax)
      let before = try Parsing.count(call.before, "before", in: 1...Int.max).map(Int64.init)
      let limit = try Parsing.count(call.limit, "limit", in: 1...WireLimits.versionsPerPageMax) ?? 20
      let found = try reader.history(
        of: path, before: before, limit: limit + 1, of: JobID(Int64(call.job)), for: caller)
      let versions = found.prefix(limit).map(FilesAPI.Version.init)
      let fitting = Page.count(of: versions, bytesMax: Broker.pageBytesMax)
      return (Array(versions.prefix(fitting)), found.count > fitting)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(files: error, job: call.job, path: call.path)
      case .success(let page): reply.done(FilesAPI.History.Reply(versions: page.0, more: page.1))
      }
    }
  }

  private func rollback(_ call: FilesAPI.Rollback, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    store.perform { store, now in
      try store.rollback(
        JobID(Int64(call.job)), to: try Parsing.refusing { try Parsing.rollbackTarget(call) }, by: caller,
        why: try Parsing.refusing { try Parsing.sought(call.why, "why", bytesMax: ModelLimits.titleBytesMax) }, now: now
      )
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(files: error, job: call.job, path: call.path ?? "")
      case .success(let files): reply.done(FilesAPI.Rollback.Reply(files))
      }
    }
  }

  private func put(_ call: FilesAPI.Put, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    store.perform { store, now in
      try store.put(
        try Parsing.refusing { try Parsing.handMade(call) }, in: JobID(Int64(call.job)), by: caller, now: now)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(files: error, job: call.job, path: call.path)
      case .success(.committed(let version)):
        reply.done(FilesAPI.Put.Reply(version: Int(version), duplicate: false))
      case .success(.duplicate(let version)): reply.done(FilesAPI.Put.Reply(version: Int(version), duplicate: true))
      case .success(.late): preconditionFailure("what comes under no lease is not late")
      }
    }
  }

  private func list(_ call: FilesAPI.List, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    reads.read { reader in
      var filter = StoreReader.FileFilter()
      filter.prefix = try Parsing.sought(call.prefix, "prefix", bytesMax: ModelLimits.pathBytesMax)
      filter.ownOnly = call.own == true
      filter.allVersions = call.allVersions == true
      filter.withArchived = call.archived == true
      filter.after = try Parsing.sought(call.after, "after", bytesMax: ModelLimits.pathBytesMax)
      filter.afterVersion = call.afterVersion.map { Int64($0) }
      let limit = try Parsing.limit(call.limit, or: 200)
      filter.limit = limit + 1
      let files = try reader.files(of: JobID(Int64(call.job)), filter, for: caller).map(FilesAPI.File.init)
      let fitting = Page.count(of: files.prefix(limit), bytesMax: Broker.pageBytesMax)
      return (Array(files.prefix(fitting)), files.count > fitting)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(files: error, job: call.job, path: call.prefix ?? "")
      case .success(let page): reply.done(FilesAPI.List.Reply(files: page.0, more: page.1))
      }
    }
  }

  private func read(_ call: FilesAPI.Read, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    reads.read { reader in
      let path = try Parsing.text(call.path, "path", bytesMax: ModelLimits.pathBytesMax)
      return try reader.file(path, version: call.version.map { Int64($0) }, of: JobID(Int64(call.job)), for: caller)
    } then: { [weak self] result in
      switch result {
      case .failure(let error): reply.fail(files: error, job: call.job, path: call.path)
      case .success(let found):
        self?.stream(FileStream(file: FilesAPI.File(found.file), place: found.place, job: call.job), reply)
      }
    }
  }

  /// A file on its way to a client, chunk by chunk.
  private struct FileStream {
    let file: FilesAPI.File
    let place: BlobPlace
    let job: Int
    var offset: Int64 = 0
    /// Of what was sent so far.
    var hash = SHA256()
  }

  static let damageRemedy =
    "run 'genbroker check', which names all damaged files; a new job makes them again"

  private func stream(_ stream: FileStream, _ reply: ReplyHandle) {
    let (place, offset, before) = (stream.place, stream.offset, stream.hash)
    reads.read { reader in
      let bytes = try reader.bytes(place, at: offset, count: WireLimits.inlineDataBytesMax)
      var hash = before
      hash.update(bytes)
      return (bytes, hash)
    } then: { [weak self] result in
      guard !reply.session.isBroken else { return reply.abandon() }
      switch result {
      case .failure(let error):
        self?.unlessRemoved(stream, for: reply) { reply.fail(files: error, job: stream.job, path: stream.file.path) }
      case .success(let (bytes, hash)):
        self?.send(bytes, hashed: hash, of: stream, reply)
      }
    }
  }

  /// Bytes are missing: nothing is damaged if the job was removed while its file was read.
  private func unlessRemoved(_ stream: FileStream, for reply: ReplyHandle, _ damaged: @escaping () -> Void) {
    let (job, caller) = (JobID(Int64(stream.job)), reply.session.caller)
    reads.read {
      try $0.job(job, for: caller)
    } then: { found in
      if case .failure(let error) = found {
        reply.fail(files: error, job: stream.job, path: stream.file.path)
      } else {
        damaged()
      }
    }
  }

  /// - Parameter hash: of all bytes up to the end of these.
  private func send(_ bytes: [UInt8], hashed hash: SHA256, of stream: FileStream, _ reply: ReplyHandle) {
    var next = stream
    next.hash = hash
    next.offset += Int64(bytes.count)
    let isLast = next.offset >= stream.place.size
    guard isLast || !bytes.isEmpty else {
      let damaged = FilesAPI.Damaged(
        path: stream.file.path,
        message: "only \(next.offset) of \(stream.place.size) bytes of '\(visible(stream.file.path))' are there",
        remedy: Broker.damageRemedy)
      return unlessRemoved(stream, for: reply) { reply.fail(damaged) }
    }
    // The last chunk is held back until it is known that all of them are what was committed.
    guard !isLast || next.hash.finish().hex == stream.file.sha256 else {
      return reply.fail(
        FilesAPI.Damaged(
          path: stream.file.path,
          message: "the bytes of '\(visible(stream.file.path))' are not those that were committed",
          remedy: Broker.damageRemedy))
    }
    let chunk = FilesAPI.Read.Reply(
      file: stream.offset == 0 ? stream.file : nil, data: Base64.string(bytes), eof: isLast)
    if isLast { return reply.done(chunk) }
    reply.next(chunk)
    // The next chunk is read when this one is mostly gone, so that a slow client costs no memory.
    reply.session.whenDrained { [weak self] in self?.stream(next, reply) }
  }
}
