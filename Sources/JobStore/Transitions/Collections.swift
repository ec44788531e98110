package import JobModel
import SQLite

/// How far a collection is meant to be; its user says so.
package enum CollectionStatus: String, CaseIterable, Sendable {
  case planned
  case active
  case completed
  case archived
}

/// What is to be changed of a collection; what is absent stays.
package struct CollectionChange: Sendable {
  package var name: CollectionName?
  package var status: CollectionStatus?
  /// An empty one takes it away.
  package var about: String?

  package init() {}
}

/// A file of a collection: a path in the project of a job.
package struct CollectionFile: Sendable {
  package let job: JobID
  package let path: ResultPath

  package init(job: JobID, path: ResultPath) {
    self.job = job
    self.path = path
  }
}

/// Collections: named groups of files of one user, across projects. A file belongs to one as soon as a task has promised it.
extension JobStore {
  // MARK: Tasks

  /// The declared outputs of a task belong to its collections, which are made if they are not there.
  func addToCollections(_ new: NewTask, _ task: TaskID, of job: JobRow, now: Int64) throws {
    for name in new.collections {
      let id = try collection(name, of: job.owner) ?? insertCollection(name, of: job.owner, about: nil, now: now)
      for output in new.outputs {
        // One that is there stays at its place, and needs no room.
        let place = try sql.collections.item.first(id, job.project, output.text) { $0.int(0) }
        let position = try place ?? nextPosition(in: id)
        try sql.collections.promise.run(id, job.project, output.text, new.section, position, task.value)
      }
    }
  }

  private func nextPosition(in collection: Int64) throws -> Int64 {
    let last = try sql.collections.last.first(collection) { $0.int(0) } ?? 0
    // Files that were moved or taken out leave places free, so a high place alone says nothing.
    let hasRoom =
      try last < ModelLimits.itemsPerCollectionMax
      || sql.collections.count.first(collection) { $0.int(0) } ?? 0 < ModelLimits.itemsPerCollectionMax
    guard hasRoom else {
      throw Refusal(
        .invalid, "the collection has \(ModelLimits.itemsPerCollectionMax) files",
        remedy: "begin another collection for more")
    }
    return last + 1
  }

  private func collection(_ name: CollectionName, of owner: UserID) throws -> Int64? {
    try sql.collections.byName.first(Int64(owner.value), name.text) { $0.int(0) }
  }

  private func insertCollection(_ name: CollectionName, of owner: UserID, about: String?, now: Int64) throws -> Int64 {
    try sql.collections.insert.run(Int64(owner.value), name.text, about, now)
    return connection.lastInsertRowID
  }

  // MARK: Users

  /// A collection of the caller's own: nobody changes those of others.
  private func own(_ name: CollectionName, of caller: Caller) throws -> Int64 {
    guard let id = try collection(name, of: caller.user) else { throw Refusal.noSuchCollection(name.text) }
    return id
  }

  /// Makes an empty collection, or changes one.
  ///
  /// - Returns: whether it was made.
  /// - Throws: `Refusal` when the new name is taken.
  package func setCollection(
    _ name: CollectionName, _ change: CollectionChange, by caller: Caller, now: Int64
  ) throws -> Bool {
    let known = try collection(name, of: caller.user)
    if let new = change.name, new != name, try collection(new, of: caller.user) != nil {
      throw Refusal(
        .conflict, "there is a collection '\(visible(new.text))' already", remedy: "choose another name")
    }
    let id = try known ?? insertCollection(name, of: caller.user, about: nil, now: now)
    if let status = change.status { try sql.collections.setStatus.run(id, status.rawValue) }
    if let about = change.about { try sql.collections.setAbout.run(id, about.isEmpty ? nil : about) }
    if let new = change.name { try sql.collections.rename.run(id, new.text) }
    return known == nil
  }

  /// Takes a collection away; its files stay where they are.
  package func deleteCollection(_ name: CollectionName, by caller: Caller) throws {
    let id = try own(name, of: caller)
    try sql.collections.deleteItems.run(id)
    try sql.collections.delete.run(id)
  }

  /// Adds files that are there, or that tasks of the job have promised; those that are in it stay at their places.
  ///
  /// - Parameter section: `nil` leaves that of a file as it is.
  /// - Returns: how many were added.
  package func addToCollection(
    _ name: CollectionName, _ files: [CollectionFile], section: String?, by caller: Caller, now: Int64
  ) throws -> Int {
    let places = try files.map { try place($0, for: caller) }
    let id = try collection(name, of: caller.user) ?? insertCollection(name, of: caller.user, about: nil, now: now)
    var added = 0
    for (project, path) in places {
      if try sql.collections.item.first(id, project, path, row: { _ in true }) == nil {
        try sql.collections.add.run(id, project, path, section, nextPosition(in: id))
        added += 1
      } else if let section {
        try sql.collections.setSection.run(id, project, path, section)
      }
    }
    return added
  }

  /// The project and the path of a file that the caller may put into a collection: also root puts only files of its own there.
  private func place(_ file: CollectionFile, for caller: Caller) throws -> (project: Int64, path: String) {
    let job = try ownJob(file.job, of: caller)
    let isThere = try sql.collections.hasFileOrPromise.first(job.project, file.path.text, file.job.value) { $0.bool(0) }
    guard isThere == true else { throw Refusal.noSuchFile(file.path.text, version: nil, of: file.job) }
    return (job.project, file.path.text)
  }

  /// A job of the caller's own, also for root: of others it is not even said whether they are there.
  private func ownJob(_ id: JobID, of caller: Caller) throws -> JobRow {
    try job(id, for: Caller(user: caller.user, seesAll: false))
  }

  /// Takes files out of a collection.
  ///
  /// - Throws: `Refusal` when one is not in it.
  package func removeFromCollection(_ name: CollectionName, _ files: [CollectionFile], by caller: Caller) throws {
    let id = try own(name, of: caller)
    let items = try files.map { try item($0, in: id, name, of: caller) }
    for item in items { try sql.collections.deleteItem.run(id, item.project, item.path) }
  }

  private struct Item {
    let project: Int64
    let path: String
    let position: Int64
  }

  private func item(
    _ file: CollectionFile, in id: Int64, _ name: CollectionName, of caller: Caller
  ) throws -> Item {
    let project = try ownJob(file.job, of: caller).project
    let position = try sql.collections.item.first(id, project, file.path.text) { $0.int(0) }
    guard let position else {
      throw Refusal(
        .noSuchFile, "'\(visible(file.path.text))' of job \(file.job) is not in the collection '\(visible(name.text))'",
        remedy: "'genbroker collection show' lists its files")
    }
    return Item(project: project, path: file.path.text, position: position)
  }

  /// Moves a file to another place of its collection.
  ///
  /// - Parameter before: the file that it comes to stand before; `nil` for the end.
  package func moveInCollection(
    _ name: CollectionName, _ file: CollectionFile, before: CollectionFile?, by caller: Caller
  ) throws {
    let id = try own(name, of: caller)
    let item = try item(file, in: id, name, of: caller)
    guard let before else {
      let last = try sql.collections.last.first(id) { $0.int(0) } ?? 0
      if item.position < last { try sql.collections.move.run(id, item.project, item.path, last + 1) }
      return
    }
    let next = try self.item(before, in: id, name, of: caller)
    try sql.collections.makeRoom.run(id, next.position)
    try sql.collections.move.run(id, item.project, item.path, next.position)
  }
}

extension Refusal {
  static func noSuchCollection(_ name: String) -> Refusal {
    Refusal(
      .noSuchCollection, "there is no collection '\(visible(name))' of yours",
      remedy: "'genbroker collection list' lists them")
  }
}
