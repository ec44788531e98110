import Digest
import FileSystem
import JobModel
import SQLite

/// What a check of the store has found and how much it looked at.
package struct CheckReport: Sendable {
  package struct Finding: Sendable, Equatable {
    /// What was checked.
    package let check: String
    package let message: String
  }

  package internal(set) var findings: [Finding] = []
  package internal(set) var tasks = 0
  package internal(set) var results = 0
  package internal(set) var blobs = 0
  package internal(set) var events = 0
}

/// Verifies a store: SQLite's own integrity, the rules of the state machines, the hash of every blob, the numbering of
/// events. It reads one snapshot on a connection of its own; but the bytes of the blobs, which are the most of it and never
/// change, it reads without one: as long as a snapshot is held, the log cannot be begun anew.
package final class StoreCheck {
  private let connection: Connection
  private let blobFiles: BlobFiles
  private var report = CheckReport()

  /// Checks the store at `file`.
  ///
  /// - Throws: when the file cannot be read at all; damage that can be described is a finding.
  package static func run(_ file: StoreFile, blobs: BlobFiles) throws -> CheckReport {
    let check = StoreCheck(connection: try file.openReader(), blobFiles: blobs)
    try check.connection.execute("BEGIN")
    try check.part(check.integrity)
    try check.part(check.references)
    for rule in StoreRule.all + StoreRule.ofCalls { try check.part { try check.apply(rule) } }
    try check.part(check.eventNumbers)
    try check.part(check.counts)
    // That it fails tells of damage once more, which is a finding already.
    try? check.connection.execute("COMMIT")
    try check.part(check.blobs)
    return check.report
  }

  /// A part of the check that meets a damaged page ends with a finding; the other parts still look at what they can read.
  private func part(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as SQLiteError where error.code.isCorrupt {
      find("integrity", "a page of the database is damaged: \(error)")
    }
  }

  private init(connection: consuming Connection, blobFiles: BlobFiles) {
    self.connection = connection
    self.blobFiles = blobFiles
  }

  private func counts() throws {
    report.tasks = try count("task")
    report.results = try count("result")
  }

  private func count(_ table: String) throws -> Int {
    Int(try connection.integer("SELECT count(*) FROM \(table)") ?? 0)
  }

  private func find(_ check: String, _ message: String) {
    if report.findings.count < StoreCheck.findingsMax {
      report.findings.append(CheckReport.Finding(check: check, message: message))
    }
  }

  /// More findings than this are not listed: something is wrong at large.
  static let findingsMax = 100

  private func integrity() throws {
    // Written down line by line: it may itself fail at a page, and then what it found before counts.
    _ = try connection.prepare("PRAGMA integrity_check(20)").all { row in
      let line = row.text(0)
      if line != "ok" { find("integrity", line) }
    }
  }

  private func references() throws {
    let foreign = connection.prepare("PRAGMA foreign_key_check")
    for table in try foreign.all(row: { $0.text(0) }) { find("integrity", "a row of \(table) refers to nothing") }
  }

  private func apply(_ rule: StoreRule) throws {
    for what in try connection.prepare(rule.violations).all(row: { $0.text(0) }) {
      find(rule.name, "\(rule.sentence): \(what)")
    }
  }

  /// Numbers have no gap behind the last job that was removed, and end at the high-water mark.
  private func eventNumbers() throws {
    report.events = try count("event")
    let high = try connection.integer("SELECT value FROM setting WHERE name = 'event_high'") ?? 0
    let pruned =
      try connection.prepare("SELECT value FROM setting WHERE name = ?1").first(Settings.prunedUpTo(nil)) { $0.int(0) }
      ?? 0
    let range = try connection.prepare("SELECT min(id), max(id), count(*) FROM event WHERE id > ?1").first(pruned) {
      (low: $0.int(0), high: $0.int(1), count: $0.int(2))
    }
    guard let range, range.count > 0 else {
      if high > pruned, high > 0 { find("events", "the high-water mark says \(high), and there is no event") }
      return
    }
    if range.high - range.low + 1 != range.count {
      find("events", "numbers \(range.low) to \(range.high) hold only \(range.count) events")
    }
    if range.high != high { find("events", "the last event is \(range.high), the high-water mark says \(high)") }
  }

  private func blobs() throws {
    var after: Int64 = 0
    let next = connection.prepare("SELECT id, sha256, size, body FROM blob WHERE id > ?1 ORDER BY id LIMIT 1")
    while let blob = try next.first(
      after, row: { (id: $0.int(0), sha256: $0.bytes(1), size: $0.int(2), body: $0.optionalBytes(3)) })
    {
      after = blob.id
      report.blobs += 1
      guard let expected = SHA256Digest(bytes: blob.sha256) else { continue }
      do {
        let found = try blob.body.map { SHA256Digest(of: $0) } ?? hash(expected, size: blob.size)
        if found != expected { try find("blobs", "the bytes of \(expected) are others\(users(ofBlob: blob.id))") }
      } catch let error as FileError where !error.isShortage {
        // One that is removed meanwhile loses its row first.
        guard try isStored(blob: blob.id) else { continue }
        try find("blobs", "\(error)\(users(ofBlob: blob.id))")
      }
    }
  }

  private func isStored(blob id: Int64) throws -> Bool {
    try connection.prepare("SELECT 1 FROM blob WHERE id = ?1").first(id) { _ in true } ?? false
  }

  /// Who is concerned by a blob that is damaged: the first of the files and inputs that consist of it.
  private func users(ofBlob id: Int64) throws -> String {
    let users = try connection.prepare(
      """
      SELECT 'file ' || path || ' of job ' || job FROM result WHERE blob = ?1
      UNION ALL SELECT 'input ' || name || ' of job ' || job FROM job_input WHERE blob = ?1
      UNION ALL SELECT 'an answer of model call ' || call FROM call_file WHERE blob = ?1 LIMIT ?2
      """
    ).all(id, StoreCheck.usersNamedMax + 1) { visible($0.text(0)) }
    guard !users.isEmpty else { return "; nothing uses them" }
    let more = users.count > StoreCheck.usersNamedMax ? " and others" : ""
    return "; they are " + users.prefix(StoreCheck.usersNamedMax).joined(separator: ", ") + more
  }

  private static let usersNamedMax = 3

  private func hash(_ sha256: SHA256Digest, size: Int64) throws -> SHA256Digest {
    let file = try blobFiles.open(sha256)
    var hasher = SHA256()
    var offset: Int64 = 0
    while true {
      let chunk = try file.read(at: offset, count: 1 << 20)
      if chunk.isEmpty { return hasher.finish() }
      hasher.update(chunk)
      offset += Int64(chunk.count)
    }
  }
}
