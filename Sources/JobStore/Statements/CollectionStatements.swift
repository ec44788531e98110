import SQLite

/// The statements that change collections, by name.
struct CollectionStatements {
  let add: Statement
  let byName: Statement
  let count: Statement
  let delete: Statement
  let deleteItem: Statement
  let deleteItems: Statement
  let hasFileOrPromise: Statement
  let insert: Statement
  let item: Statement
  let last: Statement
  let makeRoom: Statement
  let move: Statement
  let promise: Statement
  let rename: Statement
  let setAbout: Statement
  let setSection: Statement
  let setStatus: Statement

  init(_ connection: borrowing Connection) {
    add = connection.prepare(
      """
      INSERT INTO collection_item (collection, project, path, section, position) VALUES (?1, ?2, ?3, ?4, ?5)
      """)
    byName = connection.prepare("SELECT id FROM collection WHERE owner = ?1 AND name = ?2")
    count = connection.prepare("SELECT count(*) FROM collection_item WHERE collection = ?1")
    delete = connection.prepare("DELETE FROM collection WHERE id = ?1")
    deleteItem = connection.prepare("DELETE FROM collection_item WHERE collection = ?1 AND project = ?2 AND path = ?3")
    deleteItems = connection.prepare("DELETE FROM collection_item WHERE collection = ?1")
    // A file that is there, or that a task of the job has promised.
    hasFileOrPromise = connection.prepare(
      """
      SELECT EXISTS (SELECT 1 FROM result WHERE project = ?1 AND path = ?2 AND standing = 'head')
        OR EXISTS (SELECT 1 FROM task t JOIN task_output o ON o.task = t.id WHERE t.job = ?3 AND o.path = ?2)
      """)
    insert = connection.prepare(
      "INSERT INTO collection (owner, name, status, about, created_ms) VALUES (?1, ?2, 'active', ?3, ?4)")
    item = connection.prepare(
      "SELECT position, section FROM collection_item WHERE collection = ?1 AND project = ?2 AND path = ?3")
    last = connection.prepare("SELECT coalesce(max(position), 0) FROM collection_item WHERE collection = ?1")
    // Items from the first on move one place down; those between two places stay in their order.
    makeRoom = connection.prepare(
      "UPDATE collection_item SET position = position + 1 WHERE collection = ?1 AND position >= ?2")
    move = connection.prepare(
      "UPDATE collection_item SET position = ?4 WHERE collection = ?1 AND project = ?2 AND path = ?3")
    // What several tasks promise, one after the other, belongs to the last of them.
    promise = connection.prepare(
      """
      INSERT INTO collection_item (collection, project, path, section, position, task) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      ON CONFLICT (collection, project, path) DO UPDATE SET task = excluded.task,
        section = coalesce(excluded.section, section)
      """)
    rename = connection.prepare("UPDATE collection SET name = ?2 WHERE id = ?1")
    setAbout = connection.prepare("UPDATE collection SET about = ?2 WHERE id = ?1")
    setSection = connection.prepare(
      "UPDATE collection_item SET section = ?4 WHERE collection = ?1 AND project = ?2 AND path = ?3")
    setStatus = connection.prepare("UPDATE collection SET status = ?2 WHERE id = ?1")
  }
}
