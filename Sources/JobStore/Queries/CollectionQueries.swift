package import JobModel
import SQLite

/// How far a file of a collection is.
package enum CollectionItemState: String, Sendable {
  case completed
  /// Its task has not ended, or the file itself says so.
  case processing
  /// Its task has ended without success, or the file itself says so.
  case failed
  /// It is archived, and counts no more.
  case archived
  /// Nobody is going to make it.
  case missing
}

/// A collection with its sums.
package struct CollectionSummary: Sendable {
  package let name: String
  package let status: String
  package let about: String?
  package let createdMs: Int64
  package fileprivate(set) var counts: [CollectionItemState: Int] = [:]
  /// Of everything that its files were charged with.
  package fileprivate(set) var credits: Int64 = 0

  /// Those that count: all but the archived ones.
  package var files: Int { counts.reduce(0) { $0 + ($1.key == .archived ? 0 : $1.value) } }
  /// 0 to 100, rounded down; 0 for an empty one.
  package var percent: Int { files == 0 ? 0 : 100 * counts[.completed, default: 0] / files }
}

/// A file of a collection.
package struct CollectionItem: Sendable {
  package let position: Int64
  package let section: String?
  package let project: String
  package let path: String
  package let state: CollectionItemState
  /// What has made it, or shall: absent when nobody knows any more.
  package let job: JobID?
  package let task: String?
  package let credits: Int64
}

/// Collections of the caller's own.
extension StoreReader {
  /// A list of collections that is being made.
  package struct CollectionSearch: Sendable {
    fileprivate var after: String
    fileprivate let limit: Int
    package fileprivate(set) var found: [CollectionSummary] = []
    package fileprivate(set) var hasMore = false

    /// - Parameter after: begins behind this name.
    package init(after: String?, limit: Int) {
      self.after = after ?? ""
      self.limit = limit
    }
  }

  /// Adds up one collection after the other.
  ///
  /// - Returns: whether the list is made.
  package func look(for search: inout CollectionSearch, _ caller: Caller) throws -> Bool {
    let next = try files.collectionAfter.first(Int64(caller.user.value), search.after) {
      ($0.int(0), CollectionSummary($0))
    }
    guard let (id, summary) = next else { return true }
    guard search.found.count < search.limit else {
      search.hasMore = true
      return true
    }
    search.found.append(try summed(summary, id))
    search.after = summary.name
    return false
  }

  /// One collection with its sums.
  ///
  /// - Throws: `Refusal` when the caller has none of that name.
  package func collection(_ name: String, for caller: Caller) throws -> CollectionSummary {
    let (id, summary) = try found(name, caller)
    return try summed(summary, id)
  }

  /// Its files in their order, behind a position.
  package func items(
    of name: String, after: Int64, limit: Int, for caller: Caller
  ) throws -> [CollectionItem] {
    let id = try found(name, caller).0
    return try files.collectionItems.all(id, after, limit) { CollectionItem($0) }
  }

  private func found(_ name: String, _ caller: Caller) throws -> (Int64, CollectionSummary) {
    let found = try files.collection.first(Int64(caller.user.value), name) { ($0.int(0), CollectionSummary($0)) }
    guard let found else { throw Refusal.noSuchCollection(name) }
    return found
  }

  private func summed(_ summary: CollectionSummary, _ id: Int64) throws -> CollectionSummary {
    var summary = summary
    try files.collectionStates.forEach(id) { row in
      guard let state = CollectionItemState(rawValue: row.text(0)) else { return }
      summary.counts[state] = Int(row.int(1))
    }
    summary.credits = try files.collectionCredits.first(id) { $0.int(0) } ?? 0
    return summary
  }
}

extension CollectionSummary {
  /// Reads what follows the number of a collection.
  fileprivate init(_ row: borrowing Row) {
    name = row.text(1)
    status = row.text(2)
    about = row.optionalText(3)
    createdMs = row.int(4)
  }
}

extension CollectionItem {
  /// Reads the columns of `ReaderFileStatements.collectionItems`.
  fileprivate init(_ row: borrowing Row) {
    position = row.int(0)
    section = row.optionalText(1)
    project = row.text(2)
    path = row.text(3)
    state = CollectionItemState(rawValue: row.text(4)) ?? .missing
    job = row.optionalInt(5).map(JobID.init)
    task = row.optionalText(6)
    credits = row.int(7)
  }
}
