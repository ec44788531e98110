import StoreSupport
import TestSupport

/// What the history and the jobs of the store say.
extension Evidence {
  // MARK: The history

  func checkHistory(_ look: Look) throws {
    let history = HistoryModel()
    let leases = try look.integer("SELECT count(*) FROM lease")
    table.check(.oneHolder, "leases, each after the end of the one before", times: leases) { try history.follow(look) }
    table.check(
      .watchersMissNothing, "events, numbered without a gap", times: history.last,
      violation: try look.integer("SELECT count(*) - max(id) FROM event") == 0 ? nil : "the history has gaps")
    let late = "late results, none of them ever current"
    table.check(.oneHolder, late, times: try look.integer("SELECT count(*) FROM event WHERE type = 'result.late'"))
    for path in try look.texts(Self.lateButCurrent) { table.check(.oneHolder, late, times: 0, violation: path) }
    try checkOnce("paths, each committed once in its job", "result WHERE standing <> 'late'", "path", look)
    try checkOnce("tasks, each completed once", "event WHERE type = 'task.succeeded'", "task", look)
  }

  private static let lateButCurrent = """
    SELECT e.job || ':' || r.path FROM event e JOIN job j ON j.id = e.job
    JOIN result r ON r.project = j.project AND r.path = e.detail ->> 'path' AND r.version = e.detail ->> 'version'
    WHERE e.type = 'result.late' AND r.standing <> 'late'
    """

  /// Nothing that a column names comes twice in a job.
  private func checkOnce(_ what: String, _ rows: String, _ column: String, _ look: Look) throws {
    table.check(.idempotent, what, times: try look.integer("SELECT count(*) FROM \(rows)"))
    let twice = "SELECT job || ':' || \(column) FROM \(rows) GROUP BY job, \(column) HAVING count(*) > 1"
    for found in try look.texts(twice) { table.check(.idempotent, what, times: 0, violation: found) }
  }

  // MARK: Jobs

  func checkJobs(_ look: Look) throws {
    var lastTold: [Int: String] = [:]
    for line in told.flatMap(\.told) {
      if case .ended(let job, let state) = line { lastTold[job] = state }
      if case .retried(let job) = line { lastTold[job] = nil }
    }
    for (job, shape) in shapes.sorted(by: { $0.key < $1.key }) {
      let state = try look.texts("SELECT state FROM job WHERE id = ?1", job).first ?? "gone"
      table.check(
        .durable, "ends of jobs", violation: lastTold[job] == state ? nil : "job \(job) is \(state), not as was told")
      let wasCancelled = try look.exists(
        "SELECT 1 FROM event WHERE job = ?1 AND type = 'job.state' AND detail ->> 'state' = 'cancelled'", job)
      if state == "succeeded" { try checkSuccess(job, shape, look) }
      if wasCancelled { continue }
      if shape.succeeds {
        table.check(
          .deadWorkerNoticed, "jobs that nobody cancelled, all of them succeeded over all faults",
          violation: state == "succeeded" ? nil : "job \(job) (\(shape.key)) is \(state)")
      } else {
        try checkFailure(job, shape, look)
      }
    }
  }

  private func checkSuccess(_ job: Int, _ shape: JobShape, _ look: Look) throws {
    let stored = Set(
      try look.texts("SELECT path FROM result WHERE job = ?1 AND standing = 'head'", job))
    let wanted = Set(shape.paths ?? Array(calmTree.keys))
    table.check(
      .succeededIsTrue, "files of jobs that succeeded, none missing, none too many", times: wanted.count,
      violation: stored == wanted ? nil : "job \(job) has \(stored.symmetricDifference(wanted).sorted())")
  }

  /// What cannot succeed has stopped, and everything else is done.
  private func checkFailure(_ job: Int, _ shape: JobShape, _ look: Look) throws {
    let done = Set(try look.texts("SELECT key FROM task WHERE job = ?1 AND state = 'succeeded'", job))
    let wanted = Set(shape.taskKeys).union(["plan"]).subtracting(shape.hopeless)
    if let poison = shape.poison {
      let crashes = try look.integer(
        "SELECT crashes FROM task WHERE job = ?1 AND key = ?2", job, "t\(poison)")
      table.check(
        .poisonStops, "tasks that kill their plugin, given up after \(JobShape.poisonCrashesMax) crashes",
        violation: crashes == JobShape.poisonCrashesMax ? nil : "t\(poison) of job \(job) crashed \(crashes ?? 0) times"
      )
      // A job of this sort gives up other tasks as well when faults kill their plugins so often.
      return
    }
    table.check(
      .restGoesOn, "tasks beside one that failed, all of them done", times: wanted.count,
      violation: done == wanted ? nil : "job \(job): done are \(done.sorted()), not \(wanted.sorted())")
  }

  // MARK: Ends of leases

  private static let noticedMsMax = 1_000

  /// The end of a killed worker's leases: at once where the broker was up, and within the grace where it had been started
  /// anew and the worker may not have come back to it.
  func checkEndsOfLeases(_ look: Look) throws {
    var delays: [Int64] = []
    for strike in strikes where strike.fault.how == .kill && Processes.workers.contains(strike.name) {
      let open = try look.texts(
        "SELECT ended_ms FROM lease WHERE started_ms < ?1 AND ended_ms >= ?1 AND worker = ?2", strike.atMs, strike.name)
      for end in open.compactMap({ Int($0) }) {
        let delay = end - strike.atMs
        if wasBrokerHit(from: strike.atMs, to: end) { continue }
        let isInGrace = wasBrokerHit(from: strike.atMs - CrashRun.graceMs, to: strike.atMs)
        if !isInGrace { delays.append(Int64(delay)) }
        let most = isInGrace ? CrashRun.graceMs + Self.noticedMsMax : Self.noticedMsMax
        table.check(
          .deadWorkerNoticed,
          "leases of workers killed \(isInGrace ? "in the grace after a start" : "while the broker runs"), over in \(most) ms",
          violation: delay <= most ? nil : "round \(strike.round): \(delay) ms")
      }
    }
    say("a killed worker's leases ended after p50 \(percentile(50, of: delays)), max \(delays.max() ?? 0) ms")
    try tellWhatWasHit(look)
  }

  private func wasBrokerHit(from start: Int, to end: Int) -> Bool {
    strikes.contains { $0.fault.victim == .broker && $0.atMs <= end && $0.untilMs >= start }
  }

  private func tellWhatWasHit(_ look: Look) throws {
    var met = 0
    for strike in strikes {
      let open = try look.exists("SELECT 1 FROM lease WHERE started_ms <= ?1 AND ended_ms >= ?1", strike.atMs)
      if open { met += 1 }
    }
    let ends = try look.texts("SELECT state || ' ' || count(*) FROM lease GROUP BY state")
    say("\(met) of \(strikes.count) faults came while a lease was out; leases: \(ends.joined(separator: ", "))")
  }
}
