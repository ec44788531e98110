package import JobModel
import SQLite

/// Which files are looked for.
package struct FoundFilter: Sendable {
  /// Only in the project of this job.
  package var job: JobID?
  package var columns = FileColumns()
  /// Only versions that were committed at this time or later, ms UTC.
  package var sinceMs: Int64?
  /// Also those that are archived; else none of them.
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

    /// What was found so far, once.
    mutating func takeFound() -> [FoundFile] {
      defer { found = [] }
      return found
    }
  }

  /// Looks for files of the caller's own, at no more than ``rowsPerStatementMax`` of an index.
  ///
  /// - Returns: whether the list is made.
  package func look(for search: inout FoundSearch, _ caller: Caller) throws -> Bool {
    let page = try page(search.filter, before: search.before, caller)
    for file in page.found {
      guard search.found.count < search.limit else {
        search.hasMore = true
        return true
      }
      search.found.append(file)
    }
    guard let last = page.last else { return true }
    search.before = last
    return false
  }

  /// One part of an index, and what of it fits.
  ///
  /// - Returns: `last` where to go on; `nil` at the end.
  private func page(
    _ filter: FoundFilter, before: Int64, _ caller: Caller
  ) throws -> (found: [FoundFile], last: Int64?) {
    if let id = filter.job { _ = try job(id, for: caller) }
    let plan = FileSearchPlan(filter)
    let (owner, columns, rows) = (Int64(caller.user.value), filter.columns, StoreReader.rowsPerStatementMax)
    let bound = try connection.prepare(plan.bound).first(owner, before, rows, plan.first, plan.second) {
      (rows: Int($0.int(0)), last: $0.int(1))
    }
    let found = try connection.prepare(plan.found).all(
      owner, before, rows, plan.first, plan.second, filter.job?.value, filter.sinceMs, filter.withArchived,
      columns[.type], columns[.view], columns[.category], columns[.product], columns[.revision], columns[.batch],
      columns[.status]
    ) { FoundFile($0) }.compactMap { $0 }
    return (found, bound.flatMap { $0.rows >= StoreReader.rowsPerStatementMax ? $0.last : nil })
  }
}

/// How files are looked for: the index that has the rows, and the statement that goes through them.
struct FileSearchPlan {
  /// The index that is gone through.
  let index: String
  /// What its columns have to be.
  let first: any SQLiteBindable
  let second: String?
  /// Selects how many rows of the index were looked at, and the last of them.
  let bound: String
  /// Selects those that fit.
  let found: String

  /// From the column whose values have the fewest files to that whose values have the most.
  private static let order: [FileColumns.Name] = [.batch, .product, .view, .type, .category, .revision, .status]

  init(_ filter: FoundFilter) {
    let columns = filter.columns
    let part: String
    if let product = columns[.product], let revision = columns[.revision], columns[.batch] == nil {
      (index, first, second) = ("result_product_revision", product, revision)
      part = "product = ?4 AND revision = ?5"
    } else if let name = Self.order.first(where: { columns[$0] != nil }) {
      (index, first, second) = ("result_\(name.rawValue)", columns[name], nil)
      part = "\(name.rawValue) = ?4 AND ?5 IS NULL"
    } else {
      (index, first, second) = ("result_marked", filter.sinceMs ?? 0, nil)
      part = "at_ms >= ?4 AND ?5 IS NULL"
    }
    // Of the last index the rows stand in the order of their times, which is that of their numbers but for clocks that were set.
    let isByTime = index == "result_marked"
    let place =
      isByTime
      ? "(at_ms, id) < (coalesce((SELECT at_ms FROM result WHERE id = ?2), \(Int64.max)), ?2)" : "id < ?2"
    let order = isByTime ? "at_ms DESC, id DESC" : "id DESC"
    let isMarked = Self.isMarked(index)
    let scanned = """
      SELECT id, at_ms FROM result INDEXED BY \(index)
      WHERE owner = ?1 AND \(part) AND \(isMarked) AND standing = 'head' AND \(place) ORDER BY \(order) LIMIT ?3
      """
    bound = """
      WITH page AS (\(scanned)) SELECT count(*), (SELECT id FROM page ORDER BY \(isByTime ? "at_ms, id" : "id") LIMIT 1) FROM page
      """
    found = """
      SELECT \(FileRecord.columns), r.id, p.name, r.at_ms - l.started_ms,
        (SELECT coalesce(sum(credits), 0) FROM charge c
          WHERE c.project = r.project AND c.path = r.path AND c.state = 'settled')
      FROM (\(scanned)) page CROSS JOIN result r ON r.id = page.id JOIN blob b ON b.id = r.blob JOIN task t ON t.id = r.task
        JOIN project p ON p.id = r.project LEFT JOIN lease l ON l.id = r.lease
      WHERE (?6 IS NULL OR r.project = (SELECT project FROM job WHERE id = ?6)) AND (?7 IS NULL OR r.at_ms >= ?7)
        AND (?8 OR r.archived_ms IS NULL) AND \(Self.terms)
      ORDER BY \(isByTime ? "r.at_ms DESC, r.id DESC" : "r.id DESC")
      """
  }

  /// What is said of columns, in the order of their names.
  private static let terms = FileColumns.Name.allCases.enumerated().map {
    "(?\($0 + 9) IS NULL OR r.\($1.rawValue) = ?\($0 + 9))"
  }.joined(separator: " AND ")

  /// The condition of a partial index, which has to be said for it to be used (https://sqlite.org/partialindex.html).
  private static func isMarked(_ index: String) -> String {
    switch index {
    case "result_marked": "owner IS NOT NULL"
    case "result_product_revision": "product IS NOT NULL"
    default: "\(index.dropFirst("result_".count)) IS NOT NULL"
    }
  }
}

extension FoundFile {
  /// Reads the columns of `FileSearchPlan.found`.
  fileprivate init?(_ row: borrowing Row) {
    guard let file = FileRecord(row) else { return nil }
    let next = FileRecord.columnCount
    self.file = file
    id = row.int(next)
    project = row.text(next + 1)
    madeInMs = row.optionalInt(next + 2).map { max($0, 0) }
    credits = row.int(next + 3)
  }
}
