import JobModel
import JobStore
import Wire

/// Answers the calls of `org.genbroker.Files` on collections.
extension Broker {
  func collections(_ call: FilesAPI.Collections, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    answer(reply, name: call.after ?? "") {
      let after = try Parsing.sought(call.after, "after", bytesMax: ModelLimits.collectionBytesMax)
      return StoreReader.CollectionSearch(after: after, limit: try Parsing.limit(call.limit, or: 50))
    } look: { reader, search -> FilesAPI.Collections.Reply? in
      guard try reader.look(for: &search, caller) else { return nil }
      let all = search.found.map(FilesAPI.Collection.init)
      let fitting = Page.count(of: all, bytesMax: Broker.pageBytesMax)
      return FilesAPI.Collections.Reply(
        collections: Array(all.prefix(fitting)), more: search.hasMore || fitting < all.count)
    }
  }

  func showCollection(_ call: FilesAPI.ShowCollection, _ session: ClientSession, _ reply: ReplyHandle) {
    let caller = session.caller
    reads.read { reader in
      let name = try Parsing.refusing { try CollectionName(call.name).text }
      let limit = try Parsing.limit(call.limit, or: 200)
      let after = try Parsing.count(call.after, "after", in: 0...Int.max) ?? 0
      let summary = FilesAPI.Collection(try reader.collection(name, for: caller))
      let found = try reader.items(of: name, after: Int64(after), limit: limit + 1, for: caller)
      let items = found.prefix(limit).map(FilesAPI.CollectionItem.init)
      let fitting = Page.count(of: items, bytesMax: Broker.pageBytesMax)
      return (summary, Array(items.prefix(fitting)), found.count > fitting)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(files: error, job: 0, path: call.name)
      case .success(let (summary, items, more)):
        reply.done(FilesAPI.ShowCollection.Reply(collection: summary, items: items, more: more))
      }
    }
  }

  func setCollection(_ call: FilesAPI.SetCollection, _ session: ClientSession, _ reply: ReplyHandle) {
    change(call.name, session, reply) { store, name, caller, now in
      var change = CollectionChange()
      change.name = try call.newName.map { try CollectionName($0) }
      change.status = call.status.flatMap { CollectionStatus(rawValue: $0.rawValue) }
      change.about = try Parsing.sought(call.about, "about", bytesMax: ModelLimits.titleBytesMax)
      return FilesAPI.SetCollection.Reply(created: try store.setCollection(name, change, by: caller, now: now))
    }
  }

  func deleteCollection(_ call: FilesAPI.DeleteCollection, _ session: ClientSession, _ reply: ReplyHandle) {
    change(call.name, session, reply) { store, name, caller, _ in
      try store.deleteCollection(name, by: caller)
      return FilesAPI.DeleteCollection.Reply()
    }
  }

  func addToCollection(_ call: FilesAPI.AddToCollection, _ session: ClientSession, _ reply: ReplyHandle) {
    change(call.name, session, reply) { store, name, caller, now in
      let section = try call.section.map {
        try Parsing.name($0, "section", bytesMax: ModelLimits.collectionBytesMax)
      }
      let added = try store.addToCollection(
        name, try Parsing.collectionFiles(call.files), section: section, by: caller, now: now)
      return FilesAPI.AddToCollection.Reply(added: added)
    }
  }

  func removeFromCollection(_ call: FilesAPI.RemoveFromCollection, _ session: ClientSession, _ reply: ReplyHandle) {
    change(call.name, session, reply) { store, name, caller, _ in
      try store.removeFromCollection(name, try Parsing.collectionFiles(call.files), by: caller)
      return FilesAPI.RemoveFromCollection.Reply()
    }
  }

  func moveInCollection(_ call: FilesAPI.MoveInCollection, _ session: ClientSession, _ reply: ReplyHandle) {
    change(call.name, session, reply) { store, name, caller, _ in
      try store.moveInCollection(
        name, try Parsing.collectionFile(call.file), before: try call.before.map { try Parsing.collectionFile($0) },
        by: caller)
      return FilesAPI.MoveInCollection.Reply()
    }
  }

  /// Changes a collection of the caller's.
  private func change<Reply: WireObject & Sendable>(
    _ name: String, _ session: ClientSession, _ reply: ReplyHandle,
    _ body: @escaping @Sendable (JobStore, CollectionName, Caller, Int64) throws -> Reply
  ) {
    let caller = session.caller
    store.perform { store, now in
      // What is wrong with the words of the call is refused like what is wrong with the call.
      let name = try Parsing.refusing { try CollectionName(name) }
      return try Parsing.refusing { try body(store, name, caller, now) }
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(files: error, job: 0, path: name)
      case .success(let answer): reply.done(answer)
      }
    }
  }

  /// Answers a search that is made in parts.
  func answer<Search: Sendable, Reply: WireObject & Sendable>(
    _ reply: ReplyHandle, job: Int = 0, name: String = "", begin: () throws -> Search,
    look: @escaping @Sendable (StoreReader, inout Search) throws -> Reply?
  ) {
    do throws(StoreError) {
      let search = try Parsing.refusing(begin)
      reads.readInParts(search, look) { result in
        switch result {
        case .failure(let error): reply.fail(files: error, job: job, path: name)
        case .success(let answer): reply.done(answer)
        }
      }
    } catch {
      reply.fail(files: error, job: job, path: name)
    }
  }
}

extension Parsing {
  static func collectionFile(_ file: FilesAPI.CollectionFile) throws -> CollectionFile {
    CollectionFile(job: JobID(Int64(file.job)), path: try ResultPath(file.path))
  }

  static func collectionFiles(_ files: [FilesAPI.CollectionFile]) throws -> [CollectionFile] {
    guard !files.isEmpty, files.count <= WireLimits.pageItemsMax else {
      throw invalid("\(files.count) files", remedy: "name 1 to \(WireLimits.pageItemsMax) in a call")
    }
    return try files.map { try collectionFile($0) }
  }
}

extension FilesAPI.Collection {
  init(_ summary: CollectionSummary) {
    func count(_ state: CollectionItemState) -> Int { summary.counts[state, default: 0] }
    self.init(
      name: summary.name, status: FilesAPI.CollectionStatus(rawValue: summary.status) ?? .active, about: summary.about,
      createdMs: Int(summary.createdMs), files: summary.files, completed: count(.completed),
      processing: count(.processing), failed: count(.failed), missing: count(.missing), archived: count(.archived),
      percent: summary.percent, credits: Int(summary.credits))
  }
}

extension FilesAPI.CollectionItem {
  init(_ item: CollectionItem) {
    self.init(
      position: Int(item.position), section: item.section, project: item.project, path: item.path,
      state: FilesAPI.CollectionItemState(rawValue: item.state.rawValue) ?? .missing,
      job: item.job.map { Int($0.value) }, task: item.task, credits: Int(item.credits))
  }
}
