import ProcessSupport
import StoreSupport

/// What clients and plugins were told.
extension Evidence {
  // MARK: Facts

  func checkFacts(_ look: Look) {
    let ledger = Ledger()
    ledger.look = look
    for (_, told) in told {
      for line in told { check(line, ledger) }
    }
    for line in pluginLines where line.event == "acknowledged" {
      guard let job = line.job, let path = line.path, let sha256 = line.sha256 else { continue }
      table.check(.durable, "results that a plugin was told of") {
        let isThere = try look.exists(
          """
          SELECT 1 FROM result r JOIN blob b ON b.id = r.blob
          WHERE r.job = ?1 AND r.path = ?2 AND lower(hex(b.sha256)) = ?3 AND r.standing <> 'late'
          """, job, path, sha256)
        guard isThere else { throw Violation("\(job):\(path) of a plugin is not there") }
      }
    }
  }

  private func check(_ line: Told, _ ledger: Ledger) {
    switch line {
    case .submitted(let key, let job, let existing):
      table.check(existing ? .idempotent : .durable, existing ? "submissions again, the same job" : "submissions") {
        try ledger.submitted(job, key: key, title: JobShape(key: key).title, existing: existing)
      }
    case .tasksAdded(let job, let keys):
      table.check(.durable, "tasks added or spawned") { try ledger.add(.tasks(job: job, keys: keys)) }
    case .sealed(let job): table.check(.durable, "jobs sealed") { try ledger.add(.sealed(job: job)) }
    case .uploaded(let sha256): table.check(.durable, "inputs uploaded") { try ledger.add(.uploaded(sha256: sha256)) }
    case .cancelled(let job): table.check(.durable, "jobs cancelled") { try ledger.add(.cancelled(job: job)) }
    case .leased(let lease, let job, let task, _):
      table.check(.oneHolder, "lease numbers, none given twice") { try ledger.leased(lease, job: job, key: task) }
    case .result(_, let job, let path, let version, let sha256, let duplicate):
      table.check(duplicate ? .idempotent : .durable, duplicate ? "results again, the same version" : "results") {
        try ledger.add(.result(job: job, path: path, version: version, sha256: sha256))
      }
    case .stale(let lease, _, let path, let sha256):
      table.check(.oneHolder, "results under a lease that was over, kept as late") {
        try ledger.add(.late(lease: lease, path: path, sha256: sha256))
      }
    case .completed(let lease, let job, let task):
      table.check(.durable, "completions") {
        try ledger.add(.completed(job: job, key: task))
        try ledger.add(.ended(lease: lease, state: "completed"))
      }
    case .failed(let lease, _, _):
      table.check(.durable, "failures told") { try ledger.add(.ended(lease: lease, state: "failed")) }
    case .history(let events, _), .historyOfJob(_, let events, _):
      for event in events {
        table.check(.watchersMissNothing, "events shown, as they are stored") {
          try ledger.seen(event.number, job: event.job, type: event.type, task: event.task)
        }
      }
    case .retried, .ended: break  // held against the ends of the jobs
    }
  }

  // MARK: Items

  /// A lease comes with every file that anybody was told of for its task before.
  func checkDone() {
    var items = AcknowledgedItems()
    for (_, told) in told {
      for line in told {
        switch line {
        case .leased(_, let job, let task, let done): check(items.missing(at: "\(job):\(task)", done: done))
        case .result(_, let job, let path, _, _, _): items.add(path, of: "\(job):\(path.prefix { $0 != "/" })")
        default: break
        }
      }
    }
    for line in pluginLines {
      let task = "\(line.job ?? 0):\(line.task)"
      if line.event == "generate" { check(items.missing(at: task, attempt: line.attempt, done: line.done)) }
      if line.event == "acknowledged", let path = line.path { items.add(path, of: task, attempt: line.attempt) }
    }
  }

  private func check(_ missing: AcknowledgedItems.Missing?) {
    guard let missing else { return }
    table.check(
      .itemCommitted, "leases given again, with all files that were acknowledged",
      violation: missing.paths.isEmpty ? nil : "\(missing.task) was leased without \(missing.paths)")
  }

  // MARK: Watchers

  func checkWatchers(_ look: Look) {
    for (client, told) in told {
      var last = 0
      var ofJobs: [Int: [Int]] = [:]
      for line in told {
        if case .history(let events, _) = line {
          for event in events {
            table.check(
              .watchersMissNothing, "events of a watcher of everything, each next to the one before",
              violation: event.number == last + 1 ? nil : "\(client): event \(event.number) after \(last)")
            last = event.number
          }
        }
        if case .historyOfJob(let job, let events, _) = line { ofJobs[job, default: []] += events.map(\.number) }
      }
      for (job, numbers) in ofJobs { checkWatch(of: job, numbers, by: client, look) }
    }
  }

  /// A watcher of one job has seen the events of the job from the first to its last one, each once.
  private func checkWatch(of job: Int, _ numbers: [Int], by client: String, _ look: Look) {
    table.check(.watchersMissNothing, "events of a watcher of one job, none left out", times: numbers.count) {
      let stored = try look.texts("SELECT id FROM event WHERE job = ?1 ORDER BY id", job).compactMap { Int($0) }
      guard Array(stored.prefix(numbers.count)) == numbers else {
        throw Violation("\(client) saw \(numbers) of job \(job), stored are \(stored)")
      }
    }
  }
}
