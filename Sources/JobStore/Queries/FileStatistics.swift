import JobModel
import SQLite

/// How many files there are of a type and a status, and how long they took.
package struct FileGroup: Sendable, Equatable {
  /// `nil` for files of no type.
  package let type: String?
  package let status: String
  package fileprivate(set) var files: Int
  package fileprivate(set) var bytes: Int64
  /// Of those that workers have made: from the lease of their task to their commit.
  package fileprivate(set) var madeByWorkers: Int
  package fileprivate(set) var madeInMs: Int64
}

/// What tasks have been charged with.
package struct CreditGroup: Sendable, Equatable {
  package let product: String
  package let charges: Int
  package let credits: Int64
}

/// Sums over files that are marked.
extension StoreReader {
  /// Sums that are being made.
  package struct StatisticsSearch: Sendable {
    fileprivate var files: FoundSearch
    fileprivate var groups: [Key: FileGroup] = [:]

    fileprivate struct Key: Hashable {
      let type: String?
      let status: String
    }

    /// By type and status.
    package var found: [FileGroup] {
      groups.values.sorted { ($0.type ?? "", $0.status) < ($1.type ?? "", $1.status) }
    }

    package init(_ filter: FoundFilter) {
      var filter = filter
      filter.withArchived = true
      files = FoundSearch(filter, before: nil, limit: Int.max)
    }
  }

  /// Adds up files of the caller's own, no more than ``rowsPerStatementMax`` of an index.
  ///
  /// - Returns: whether all were looked at.
  package func look(for search: inout StatisticsSearch, _ caller: Caller) throws -> Bool {
    let isDone = try look(for: &search.files, caller)
    for file in search.files.takeFound() {
      let status = file.file.shownStatus
      let key = StatisticsSearch.Key(type: file.file.columns[.type], status: status)
      var group =
        search.groups[key]
        ?? FileGroup(
          type: file.file.columns[.type], status: status, files: 0, bytes: 0, madeByWorkers: 0, madeInMs: 0)
      group.files += 1
      group.bytes += file.file.size
      if let ms = file.madeInMs {
        group.madeByWorkers += 1
        group.madeInMs += ms
      }
      search.groups[key] = group
    }
    return isDone
  }

  /// A list of products ends behind so many.
  package static let productsMax = 500

  /// What tasks have been charged with since a time, by product, for the caller's own; the first ``productsMax`` by name.
  ///
  /// - Parameter product: only this one.
  package func credits(of product: String?, sinceMs: Int64?, for caller: Caller) throws -> [CreditGroup] {
    try files.credits.all(Int64(caller.user.value), product, sinceMs ?? 0, StoreReader.productsMax) {
      CreditGroup(product: $0.text(0), charges: Int($0.int(1)), credits: $0.int(2))
    }
  }
}

extension FileRecord {
  /// How it stands, for people: archived, or what its metadata says, or `completed`.
  package var shownStatus: String { archivedMs != nil ? "archived" : columns[.status] ?? "completed" }
}
