package import JobModel
import SQLite

/// Which files are looked for.
package struct FoundFilter: Sendable {
  /// Only in the project of this job.
  package var job: JobID?
  package var columns = FileColumns()
  /// Only versions that were committed at this time or later, ms UTC.
  package var sinceMs: Int64?
  /// Also those that are archived; else none of them, but where that is the status that is asked for.
  package var withArchived = false

  package init() {}
}

/// A file that was found by what it is marked with.
package struct FoundFile: Sendable {
  /// Where to go on behind it.
  package let id: Int64
  package let file: FileRecord
  package let project: String
  /// From the lease of its task to its commit; `nil` when no worker has made it.
  package let madeInMs: Int64?
  /// What its path was charged with, in all.
  package let credits: Int64
}

/// Files that are looked for, across the projects of a user: the current ones, newest first.
extension StoreReader {
  /// A list of files that is being made.
  package struct FoundSearch: Sendable {
    fileprivate let filter: FoundFilter
    fileprivate let limit: Int
    fileprivate var before: Int64
    package fileprivate(set) var found: [FoundFile] = []
    /// Whether something may come behind the last one.
    package fileprivate(set) var hasMore = false

    /// - Parameters:
    ///   - before: goes on behind the file with this `FoundFile.id`.
    ///   - limit: so many at most.
    package init(_ filter: FoundFilter, before: Int64?, limit: Int) {
      self.filter = filter
      self.before = before ?? Int64.max
      self.limit = limit
    }
  }

  /// Looks for files of the caller's own, at no more than ``rowsPerStatementMax`` of an index.
  ///
  /// - Returns: whether the list is made.
  package func look(for search: inout FoundSearch, _ caller: Caller) throws -> Bool {
    if let id = search.filter.job { _ = try job(id, for: caller) }
    let page = FilePage(search.filter, of: caller, before: search.before)
    for file in try page.all(statements(of: page.index).found, row: { FoundFile($0) }).compactMap({ $0 }) {
      guard search.found.count < search.limit else {
        search.hasMore = true
        return true
      }
      search.found.append(file)
    }
    guard let last = try end(of: page) else { return true }
    search.before = last
    return false
  }

  func statements(of index: FileSearchIndex) -> FileSearchStatements {
    guard let statements = fileSearches[index] else { preconditionFailure("every index has its statements") }
    return statements
  }

  /// The last row of the index that a page has looked at; `nil` when nothing is behind it.
  func end(of page: FilePage) throws -> Int64? {
    let bound = try page.bound(statements(of: page.index).bound)
    return bound.flatMap { $0.rows >= StoreReader.rowsPerStatementMax ? $0.last : nil }
  }
}

/// A part of an index of marked files: which index, where it begins, and what is wanted of it.
struct FilePage {
  let index: FileSearchIndex
  private let filter: FoundFilter
  private let owner: Int64
  private let before: Int64
  /// What the columns of the index have to be.
  private let first: any SQLiteBindable
  private let second: String?

  /// From the column whose values have the fewest files to that whose values have the most.
  private static let order: [FileColumns.Name] = [.batch, .product, .view, .type, .category, .revision, .status]

  init(_ wanted: FoundFilter, of caller: Caller, before: Int64) {
    var filter = wanted
    let columns = filter.columns
    filter.withArchived = filter.withArchived || columns[.status] == FileColumns.archived
    (self.filter, owner, self.before) = (filter, Int64(caller.user.value), before)
    if let product = columns[.product], let revision = columns[.revision], columns[.batch] == nil {
      (index, first, second) = (.productRevision, product, revision)
    } else if let name = Self.order.first(where: { Self.isInIndex($0, columns) }) {
      (index, first, second) = (.column(name), columns[name], nil)
    } else if columns[.status] == FileColumns.archived {
      (index, first, second) = (.archived, nil as String?, nil)
    } else {
      (index, first, second) = (.time, filter.sinceMs ?? 0, nil)
    }
  }

  /// Whether the index of the column has all files of what it has to be: the two common statuses are not said of files.
  private static func isInIndex(_ name: FileColumns.Name, _ columns: FileColumns) -> Bool {
    guard let value = columns[name] else { return false }
    return name != .status || (value != FileColumns.completed && value != FileColumns.archived)
  }

  /// The rows that `FileSearchStatements.found` or `.sums` selects.
  func all<Value>(_ statement: Statement, row: (borrowing Row) -> Value) throws -> [Value] {
    let columns = filter.columns
    return try statement.all(
      owner, before, StoreReader.rowsPerStatementMax, first, second, filter.job?.value, filter.sinceMs,
      filter.withArchived, columns[.type], columns[.view], columns[.category], columns[.product], columns[.revision],
      columns[.batch], columns[.status], row: row)
  }

  /// What `FileSearchStatements.bound` selects.
  func bound(_ statement: Statement) throws -> (rows: Int, last: Int64)? {
    try statement.first(owner, before, StoreReader.rowsPerStatementMax, first, second) {
      (rows: Int($0.int(0)), last: $0.int(1))
    }
  }
}

extension FoundFile {
  /// Reads the columns of `FileSearchStatements.found`.
  fileprivate init?(_ row: borrowing Row) {
    guard let file = FileRecord(row) else { return nil }
    let next = FileRecord.columnCount
    self.file = file
    id = row.int(next)
    project = row.text(next + 1)
    madeInMs = row.optionalInt(next + 2)
    credits = row.int(next + 3)
  }
}
