import JobModel
import SQLite

/// The statements that go through one index of marked files, by name.
///
/// ?1 is the user, ?2 the file behind which to go on, ?3 how many rows of the index are looked at, ?4 and ?5 what its columns have to be;
/// ?6 to ?15 what else has to be true: the job whose project it is, the time, whether archived files are wanted, the columns.
struct FileSearchStatements {
  /// Selects how many rows of the index were looked at, and the last of them.
  let bound: Statement
  /// Selects those that fit.
  let found: Statement
  /// Sums up those that fit, by type and status.
  let sums: Statement

  init(_ index: FileSearchIndex, _ connection: borrowing Connection) {
    bound = connection.prepare(index.bound)
    found = connection.prepare(index.found)
    sums = connection.prepare(index.sums)
  }
}

/// An index of files that are marked, and what is asked of it.
enum FileSearchIndex: Hashable, CaseIterable {
  case column(FileColumns.Name)
  case productRevision
  /// By the time of the commit.
  case time
  /// Those that are archived.
  case archived

  static let allCases = FileColumns.Name.allCases.map(column) + [productRevision, time, archived]

  var name: String {
    switch self {
    case .column(let column): "result_\(column.rawValue)"
    case .productRevision: "result_product_revision"
    case .time: "result_marked"
    case .archived: "result_archived_of_user"
    }
  }

  var bound: String {
    """
    WITH page AS (\(scanned)) SELECT count(*), (SELECT id FROM page ORDER BY \(isByTime ? "at_ms, id" : "id") LIMIT 1) FROM page
    """
  }

  var found: String {
    """
    SELECT \(FileRecord.columns), r.id, p.name, \(Self.madeInMs),
      (SELECT coalesce(sum(credits), 0) FROM charge c
        WHERE c.project = r.project AND c.path = r.path AND c.state = 'settled')
    \(joined) JOIN blob b ON b.id = r.blob JOIN task t ON t.id = r.task JOIN project p ON p.id = r.project
    WHERE \(Self.fits)
    ORDER BY \(isByTime ? "r.at_ms DESC, r.id DESC" : "r.id DESC")
    """
  }

  var sums: String {
    """
    SELECT r.type, \(Self.status), count(*),
      sum(r.size), count(\(Self.madeInMs)), coalesce(sum(\(Self.madeInMs)), 0)
    \(joined) WHERE \(Self.fits) GROUP BY 1, 2
    """
  }

  // Rows of this one stand in the order of their times, which is that of their numbers but for clocks that were set.
  private var isByTime: Bool { self == .time }

  /// A part of the index, the newest rows first.
  private var scanned: String {
    let place =
      isByTime
      ? "(at_ms, id) < (\(Self.timeOfPlace), ?2)" : "id < ?2"
    return """
      SELECT id, at_ms FROM result INDEXED BY \(name)
      WHERE owner = ?1 AND \(part) AND standing = 'head' AND \(place)
      ORDER BY \(isByTime ? "at_ms DESC, id DESC" : "id DESC") LIMIT ?3
      """
  }

  /// The time of the file behind which to go on; of one that has been removed meanwhile, the time of the file before it. Nothing
  /// is behind the first of all.
  private static let timeOfPlace = """
    CASE WHEN ?2 = \(Int64.max) THEN \(Int64.max)
      ELSE coalesce((SELECT at_ms FROM result WHERE id <= ?2 ORDER BY id DESC LIMIT 1), 0) END
    """

  /// What its columns have to be, and the condition of the partial index, which has to be said for it to be used
  /// (https://sqlite.org/partialindex.html).
  private var part: String {
    switch self {
    case .column(let column): "\(column.rawValue) = ?4 AND ?5 IS NULL AND \(column.rawValue) IS NOT NULL"
    case .productRevision: "product = ?4 AND revision = ?5 AND product IS NOT NULL"
    case .time: "at_ms >= ?4 AND ?5 IS NULL AND owner IS NOT NULL"
    case .archived: "?4 IS NULL AND ?5 IS NULL AND archived_ms IS NOT NULL AND owner IS NOT NULL"
    }
  }

  /// A job that is being removed is nobody's.
  private var joined: String {
    """
    FROM (\(scanned)) page CROSS JOIN result r ON r.id = page.id JOIN job j ON j.id = r.job AND j.owner = r.owner
      LEFT JOIN lease l ON l.id = r.lease
    """
  }

  /// As it is told, whether it was said or not.
  private static let status = """
    CASE WHEN r.archived_ms IS NULL THEN coalesce(r.status, '\(FileColumns.completed)') ELSE '\(FileColumns.archived)' END
    """

  private static let madeInMs = "max(r.at_ms - l.started_ms, 0)"

  private static let fits = """
    (?6 IS NULL OR r.project = (SELECT project FROM job WHERE id = ?6)) AND (?7 IS NULL OR r.at_ms >= ?7)
      AND (?8 OR r.archived_ms IS NULL) AND \(columns)
    """

  /// What is said of columns, in the order of their names.
  private static let columns = FileColumns.Name.allCases.enumerated().map {
    "(?\($0 + 9) IS NULL OR \($1 == .status ? status : "r.\($1.rawValue)") = ?\($0 + 9))"
  }.joined(separator: " AND ")
}
