import EventLoop
import Foundation
import ProcessSupport
import StoreSupport
import TestSupport
import Wire

/// How long a run is, and what it begins from.
package struct CrashOptions: Sendable {
  package var rounds = 100
  /// Instead of so many rounds: as many as fit into the time.
  package var minutes: Int?
  package var seed: UInt64

  package init(seed: UInt64) { self.seed = seed }
}

/// What was done to whom, and when.
struct Strike: Sendable {
  let round: Int
  let fault: Fault
  /// The process that was hit; for a plugin, that of its worker is not told.
  let name: String
  let atMs: Int
  /// When it went on, or its successor was started.
  var untilMs: Int
}

/// Real processes on one store, and one fault after the other while they work. At the end everything that anybody was told
/// is held against what is stored.
package final class CrashRun {
  /// The shortest that the broker takes.
  static let leaseTimeoutMs = 1_000
  /// How long leases of before a restart wait for their workers.
  static let graceMs = 2_000
  /// How long all jobs together may take when nobody disturbs them any more.
  private static let finishSeconds: Int64 = 240

  private let options: CrashOptions
  private let installation: Installation
  private let processes: Processes
  private let place: CrashPlace
  private var strikes: [Strike] = []
  private var resuming: [Task<Void, Never>] = []
  private var calmTree: [String: [UInt8]] = [:]

  private init(_ options: CrashOptions, _ installation: Installation) throws {
    self.options = options
    self.installation = installation
    place = CrashPlace(directory: installation.directory)
    processes = try Processes(installation)
  }

  /// Runs, and prints what was found.
  ///
  /// - Returns: whether every promise was kept. Where one was not, the directory stays.
  package static func run(_ options: CrashOptions) async -> Bool {
    say("seed \(options.seed): the same seed is the same sequence of faults; the instruction that they hit is not")
    do {
      try await Installation.with(keepsFailures: true) { installation in
        let run = try CrashRun(options, installation)
        do {
          try await run.drive()
        } catch {
          throw Violation("seed \(options.seed), round \(run.strikes.count): \(run.text(of: error))")
        }
      }
      return true
    } catch {
      say("\(error)")
      return false
    }
  }

  private func text(of error: any Error) -> String {
    let last = strikes.suffix(3).map { "\n  round \($0.round): \($0.fault.how) of \($0.name) at \($0.atMs)" }
    return ((error as? SupportError)?.message ?? "\(error)") + last.joined()
  }

  private func drive() async throws {
    let began = ContinuousClock.now
    for name in [Processes.broker] + Processes.docsWorkers { try await processes.start(name) }
    calmTree = try await calmRun()
    for name in Processes.all where processes[name] == nil { try await processes.start(name) }
    try await Pulse.with(installation) { try await rounds($0) }
    let faultsEnded = ContinuousClock.now
    try await finish()
    let evidence = Evidence(
      installation, processes, strikes: strikes, calmTree: calmTree, seed: options.seed)
    let table = try await evidence.verified()
    let (faults, all) = (faultsEnded - began, ContinuousClock.now - began)
    say("\(StrikeTable(strikes).text)\n\n\(table.text)")
    say("\n\(strikes.count) rounds in \(faults.components.seconds) s, \(all.components.seconds) s in all")
    if let broken = table.firstBroken { throw Violation(broken) }
  }

  /// What the docs plugin makes of the sample when nobody disturbs it.
  private func calmRun() async throws -> [String: [UInt8]] {
    var inputs: [JobsAPI.InputRef] = []
    for name in JobShape.sampleNames {
      inputs.append(JobsAPI.InputRef(name: name, sha256: try await installation.upload(file: JobShape.sample(name))))
    }
    let job = try await installation.call(JobsAPI.Submit(kind: "docs", inputs: inputs, title: "calm")).job
    guard try await installation.end(of: job).state == .succeeded else { throw Violation("the calm job failed") }
    return try await Exports(installation).tree(of: job)
  }

  // MARK: Rounds

  private func rounds(_ pulse: Pulse) async throws {
    var plan = FaultPlan(seed: options.seed)
    let end = options.minutes.map { ContinuousClock.now + .seconds(60 * $0) }
    while end.map({ ContinuousClock.now < $0 }) ?? (strikes.count < options.rounds) {
      let fault = plan.next()
      try await moment(for: fault, pulse)
      try checkThatAllRun()
      try await strike(fault)
      if strikes.count % 25 == 0 { say("round \(strikes.count): \(pulse.commits) files committed") }
    }
    for task in resuming { await task.value }
  }

  /// Waits until files are committed again, and then a time from the seed: what is hit is at work.
  private func moment(for fault: Fault, _ pulse: Pulse) async throws {
    let start = pulse.commits
    _ = try await eventually("\(fault.commits) files are committed after round \(strikes.count)", seconds: 60) {
      pulse.commits >= start + fault.commits ? true : nil
    }
    try await Task.sleep(for: .microseconds(fault.delayUs))
  }

  /// Nothing ends that was not ended by a fault.
  private func checkThatAllRun() throws {
    for name in Processes.all {
      guard let program = processes[name], let outcome = program.now.outcome else { continue }
      throw Violation("\(name) has ended by itself: \(outcome)\n\(program.now.errors.suffix(2_000))")
    }
  }

  private func strike(_ fault: Fault) async throws {
    if fault.victim == .plugin { return try await strikePlugin(fault) }
    let names = Processes.names(of: fault.victim)
    let name = names[fault.choice % names.count]
    guard let program = processes[name] else { return }
    let strike = begin(fault, name)
    switch fault.how {
    case .kill, .drain:
      program.signal(fault.how == .kill ? SIGKILL : SIGTERM)
      _ = try await program.end(seconds: 60)
      try await processes.start(name)
      strikes[strike].untilMs = Int(WallClock.nowMs())
    case .stop(let ms, let overlaps):
      program.signal(SIGSTOP)
      await goOn(strike, after: ms, overlaps) { program.signal(SIGCONT) }
    }
  }

  private func strikePlugin(_ fault: Fault) async throws {
    let processes = processes
    let victim = try await eventually("a plugin has a task") { () -> PluginLogLine? in
      let working = processes.workingPlugins()
      return working.isEmpty ? nil : working[fault.choice % working.count]
    }
    let strike = begin(fault, "plugin \(victim.pid)")
    guard case .stop(let ms, let overlaps) = fault.how else {
      kill(victim.pid, SIGKILL)
      return
    }
    kill(victim.pid, SIGSTOP)
    await goOn(strike, after: ms, overlaps) {
      // Its number may belong to somebody else by now.
      if processes.isPlugin(victim.pid) { kill(victim.pid, SIGCONT) }
    }
  }

  private func begin(_ fault: Fault, _ name: String) -> Int {
    let now = Int(WallClock.nowMs())
    strikes.append(Strike(round: strikes.count + 1, fault: fault, name: name, atMs: now, untilMs: now))
    return strikes.count - 1
  }

  /// Lets a process go on after a while; waits for that, unless further faults are to come meanwhile.
  private func goOn(_ strike: Int, after ms: Int, _ overlaps: Bool, _ body: @escaping @Sendable () -> Void) async {
    strikes[strike].untilMs += ms
    let task = Task {
      try? await Task.sleep(for: .milliseconds(ms))
      body()
    }
    if overlaps { resuming.append(task) } else { await task.value }
  }

  // MARK: The end

  /// No faults any more: everything that was begun comes to its end, in a bounded time, and watchers see all of it.
  private func finish() async throws {
    say("no more faults; the jobs come to their ends")
    try place.beginFinish()
    for name in Processes.submitters {
      guard let ended = try await processes[name]?.end(seconds: Self.finishSeconds) else { continue }
      guard ended.outcome == .exited(code: 0) else {
        throw Violation("\(name) ended with \(String(describing: ended.outcome)): \(ended.errors.suffix(2_000))")
      }
    }
    let events = try await installation.call(AdminAPI.Status()).events
    for name in Processes.watchers {
      _ = try await eventually("\(name) has seen all \(events) events") { lastSeen(by: name) == events ? true : nil }
    }
    for name in Processes.all where name != Processes.broker { processes[name]?.signal(SIGKILL) }
  }

  /// The number of the last event that a watcher has written down.
  private func lastSeen(by watcher: String) -> Int? {
    for told in ClientLog.read(place.log(of: watcher)).reversed() {
      if case .history(let events, _) = told { return events.last?.number }
    }
    return nil
  }
}
