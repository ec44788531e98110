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
    package let filter: FoundFilter
    fileprivate var before = Int64.max
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
      self.filter = filter
    }
  }

  /// Adds up files of the caller's own, no more than ``rowsPerStatementMax`` of an index.
  ///
  /// - Returns: whether all were looked at.
  package func look(for search: inout StatisticsSearch, _ caller: Caller) throws -> Bool {
    let page = FilePage(search.filter, of: caller, before: search.before)
    for group in try page.all(statements(of: page.index).sums, row: { FileGroup($0) }) {
      let key = StatisticsSearch.Key(type: group.type, status: group.status)
      search.groups[key] = search.groups[key].map { $0 + group } ?? group
    }
    guard let last = try end(of: page) else { return true }
    search.before = last
    return false
  }

  /// A list of products ends behind so many.
  package static let productsMax = 500

  /// What tasks have been charged with, by product, for the caller's own; the first ``productsMax`` by name.
  ///
  /// - Parameter filter: of a product, and since a time. Charges have no other column: nothing is told where one is asked for.
  package func credits(_ filter: FoundFilter, for caller: Caller) throws -> [CreditGroup] {
    let product = filter.columns[.product]
    guard filter.columns.members.allSatisfy({ $0.name == .product }) else { return [] }
    return try files.credits.all(Int64(caller.user.value), product, filter.sinceMs ?? 0, StoreReader.productsMax) {
      CreditGroup(product: $0.text(0), charges: Int($0.int(1)), credits: $0.int(2))
    }
  }
}

extension FileGroup {
  /// Reads the columns of `FileSearchStatements.sums`.
  fileprivate init(_ row: borrowing Row) {
    type = row.optionalText(0)
    status = row.text(1)
    files = Int(row.int(2))
    bytes = row.int(3)
    madeByWorkers = Int(row.int(4))
    madeInMs = row.int(5)
  }

  /// Both together, of the same type and status.
  fileprivate static func + (left: FileGroup, right: FileGroup) -> FileGroup {
    var sum = left
    sum.files += right.files
    sum.bytes += right.bytes
    sum.madeByWorkers += right.madeByWorkers
    sum.madeInMs += right.madeInMs
    return sum
  }
}
