import SQLite

/// The statements on events and settings, by name.
struct EventStatements {
  let insert: Statement
  let setSetting: Statement
  let setting: Statement

  init(_ connection: borrowing Connection) {
    insert = connection.prepare(
      "INSERT INTO event (id, job, at_ms, type, task, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
    setSetting = connection.prepare(
      "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2")
    setting = connection.prepare("SELECT value FROM setting WHERE name = ?1")
  }
}

/// Everything that the writer runs, each statement prepared once.
struct Statements {
  let jobs: JobStatements
  let tasks: TaskStatements
  let leases: LeaseStatements
  let results: ResultStatements
  let calls: CallStatements
  let charges: ChargeStatements
  let archive: ArchiveStatements
  let collections: CollectionStatements
  let events: EventStatements
  let reuse: ReuseStatements
  let versions: VersionStatements
  let begin: Statement
  let commit: Statement
  let rollback: Statement
  let savepoint: Statement
  let release: Statement
  let rollbackToSavepoint: Statement

  init(_ connection: borrowing Connection) {
    jobs = JobStatements(connection)
    tasks = TaskStatements(connection)
    leases = LeaseStatements(connection)
    results = ResultStatements(connection)
    calls = CallStatements(connection)
    charges = ChargeStatements(connection)
    archive = ArchiveStatements(connection)
    collections = CollectionStatements(connection)
    events = EventStatements(connection)
    reuse = ReuseStatements(connection)
    versions = VersionStatements(connection)
    begin = connection.prepare("BEGIN IMMEDIATE")
    commit = connection.prepare("COMMIT")
    rollback = connection.prepare("ROLLBACK")
    savepoint = connection.prepare("SAVEPOINT command")
    release = connection.prepare("RELEASE command")
    rollbackToSavepoint = connection.prepare("ROLLBACK TO command")
  }
}
