import SQLite

/// What is read of records, credits and collections, by name.
struct ReaderFileStatements {
  let collection: Statement
  let collectionAfter: Statement
  let collectionCredits: Statement
  let collectionItems: Statement
  let collectionStates: Statement
  let credits: Statement
  let records: Statement

  /// How far an item (`i`) is, by its current file (`r`) and its task (`t`).
  private static let state = """
    CASE WHEN r.archived_ms IS NOT NULL THEN 'archived'
      WHEN r.id IS NOT NULL THEN CASE WHEN r.status IN ('processing', 'failed', 'archived') THEN r.status ELSE 'completed' END
      WHEN t.state IN ('failed', 'skipped', 'cancelled') THEN 'failed'
      WHEN t.id IS NULL OR t.state = 'succeeded' THEN 'missing'
      ELSE 'processing' END
    """

  private static let joined = """
    FROM collection_item i
      LEFT JOIN result r ON r.project = i.project AND r.path = i.path AND r.standing = 'head'
      LEFT JOIN task t ON t.id = i.task
    WHERE i.collection = ?1
    """

  init(_ connection: borrowing Connection) {
    let summary = "SELECT id, name, status, about, created_ms FROM collection"
    collection = connection.prepare("\(summary) WHERE owner = ?1 AND name = ?2")
    collectionAfter = connection.prepare("\(summary) WHERE owner = ?1 AND name > ?2 ORDER BY name LIMIT 1")
    collectionCredits = connection.prepare(
      """
      SELECT coalesce(sum(c.credits), 0) FROM collection_item i CROSS JOIN charge c ON c.project = i.project AND c.path = i.path
      WHERE i.collection = ?1 AND c.state = 'settled'
      """)
    collectionItems = connection.prepare(
      """
      SELECT i.position, i.section, (SELECT name FROM project WHERE id = i.project), i.path, \(Self.state),
        coalesce(r.job, t.job), coalesce((SELECT key FROM task WHERE id = r.task), t.key),
        (SELECT coalesce(sum(credits), 0) FROM charge c
          WHERE c.project = i.project AND c.path = i.path AND c.state = 'settled')
      \(Self.joined) AND i.position > ?2 ORDER BY i.position LIMIT ?3
      """)
    collectionStates = connection.prepare("SELECT \(Self.state), count(*) \(Self.joined) GROUP BY 1")
    credits = connection.prepare(
      """
      SELECT product, count(*), sum(credits) FROM charge INDEXED BY charge_product
      WHERE owner = ?1 AND product IS NOT NULL AND state = 'settled' AND (?2 IS NULL OR product = ?2) AND at_ms >= ?3
      GROUP BY product ORDER BY product LIMIT ?4
      """)
    records = connection.prepare(
      """
      SELECT r.path, b.body, r.version, r.job, t.key, r.at_ms
      FROM job j JOIN result r ON r.project = j.project JOIN blob b ON b.id = r.blob JOIN task t ON t.id = r.task
      WHERE j.id = ?1 AND r.standing = 'head' AND r.path > ?2 AND r.path < ?3 AND b.body IS NOT NULL
      ORDER BY r.path LIMIT ?4
      """)
  }
}
