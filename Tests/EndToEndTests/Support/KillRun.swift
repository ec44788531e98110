import EventLoop
import Foundation
import ProcessSupport
import Synchronization
import TestSupport
import Wire

/// One kill, and whether it met a lease.
struct KillRound: Sendable {
  enum Victim: String, CaseIterable, Sendable { case plugin, worker, broker }

  let victim: Victim
  let pid: Int32
  let atMs: Int
  /// The leases that were out, as the history tells it; those of the victim alone, where it is a plugin.
  var met: [LeaseSpan] = []
}

/// A job under fire: kills one process after the other, each at a random moment, and starts again what was killed.
final class KillRun: Sendable {
  private let installation: Installation
  private let set: BPMNSet
  private let perVictim: Int
  private let proxy: String
  let log: PluginLog
  private let state: Mutex<State>

  private struct State {
    var random: SeededRandom
    var rounds: [KillRound] = []
  }

  var rounds: [KillRound] { state.withLock { $0.rounds } }

  init(_ installation: Installation, _ set: BPMNSet, rounds: Int, seed: UInt64) throws {
    self.installation = installation
    self.set = set
    perVictim = rounds
    log = PluginLog(installation.directory + "/proxy.log")
    proxy = try installation.plugin("slow_proxy.py", ["--log", log.path, "--delay-ms", "8", Built.docsPlugin])
    state = Mutex(State(random: SeededRandom(seed: seed)))
  }

  /// Submits the job and kills until every victim has had its rounds, or the job is over.
  ///
  /// - Returns: the number of the job.
  func drive() async throws -> Int {
    do {
      return try await attempt()
    } catch {
      print("kills so far: \(rounds.map { "\($0.victim.rawValue) \($0.pid) at \($0.atMs)" })")
      for line in log.lines().suffix(40) {
        print("  \(line.atNs / 1_000_000) \(line.pid) \(line.event) \(line.task) \(line.attempt)")
      }
      throw error
    }
  }

  private func attempt() async throws -> Int {
    var broker = try await installation.broker()
    var worker = try await startWorker()
    let job = try await installation.submit(set)
    try await EventFollower.with(installation) { follower in
      while let victim = nextVictim(), try await nextMoment(follower) {
        switch victim {
        case .plugin:
          try await killPlugin(of: worker, follower)
        case .worker:
          let round = kill(.worker, worker.processID)
          try await worker.end()
          worker = try await startWorker()
          try await settle(round, follower)
        case .broker:
          let round = kill(.broker, broker.processID)
          try await broker.end()
          broker = try await installation.broker()
          try await settle(round, follower)
        }
      }
      _ = try await eventually("the job ends", seconds: 300) { follower.look { $0.hasEnded } ? true : nil }
    }
    return job
  }

  /// Everything from the first event, asked for at the end.
  func wholeHistory() async throws -> History {
    try await EventFollower.with(installation) { follower in
      let high = try await installation.call(AdminAPI.Status()).events
      return try await eventually("the history is read") {
        follower.look { $0.lines.count >= high } ? follower.now : nil
      }
    }
  }

  private func startWorker() async throws -> Program {
    try await installation.worker(kind: "docs", concurrency: 4, plugin: proxy)
  }

  // MARK: Choosing

  /// One of those that still have rounds to come; a kill that met no lease does not count.
  private func nextVictim() -> KillRound.Victim? {
    state.withLock { state in
      let open = KillRound.Victim.allCases.filter { victim in
        state.rounds.count { $0.victim == victim && !$0.met.isEmpty } < perVictim
      }
      return open.isEmpty ? nil : state.random.element(of: open)
    }
  }

  /// Waits until the job has come a little further and a lease is out, and then a random time. Every other time the moment
  /// is about that at which a plugin has made a result: before, while or after it is committed.
  ///
  /// - Returns: false when the job is over.
  private func nextMoment(_ follower: EventFollower) async throws -> Bool {
    let (pages, atResult, pause) = state.withLock { state in
      (
        Int(state.random.next() % UInt64(pagesPerRound + 1)), state.random.chance(percent: 50),
        state.random.next() % 16_000
      )
    }
    let start = follower.look { $0.committed }
    var goesOn = try await eventually("another page after \(start), or the end") {
      follower.look { history -> Bool? in
        if history.hasEnded { return false }
        return history.committed >= start + pages && !history.leased.isEmpty ? true : nil
      }
    }
    if atResult {
      let results = resultCount()
      goesOn = try await eventually("another result, or the end") {
        follower.look { $0.hasEnded } ? false : resultCount() > results ? true : nil
      }
    }
    try await Task.sleep(for: .microseconds(pause))
    return goesOn
  }

  private func resultCount() -> Int { log.lines().count { $0.event == "result" } }

  /// So many that the kills are spread over the whole job.
  private var pagesPerRound: Int { max(1, set.nodeCount * 3 / 4 / (perVictim * KillRound.Victim.allCases.count)) }

  // MARK: Killing

  private func kill(_ victim: KillRound.Victim, _ pid: Int32) -> Int {
    let round = KillRound(victim: victim, pid: pid, atMs: Int(WallClock.nowMs()))
    Foundation.kill(pid, SIGKILL)
    return state.withLock { state in
      state.rounds.append(round)
      return state.rounds.count - 1
    }
  }

  /// Kills a plugin that has a task; nothing when none has. Plugins of earlier workers are dead, and their numbers may
  /// belong to others.
  private func killPlugin(of worker: Program, _ follower: EventFollower) async throws {
    let working = log.working().filter { parent(of: $0.pid) == worker.processID }
    guard !working.isEmpty else { return }
    let victim = state.withLock { $0.random.element(of: working) }
    let lease = follower.look { history in history.leased.first { $0.task == victim.task }?.lease }
    let round = kill(.plugin, victim.pid)
    guard let lease else { return }
    let span = try await eventually("the lease of the killed plugin ends") {
      follower.look { history in history.spans[lease].flatMap { $0.end == nil ? nil : $0 } }
    }
    // It may have answered just before.
    if span.end?.reason == "plugin_crash" { meet(round, [span]) }
  }

  /// Waits until life goes on after a kill, and sees which leases it met.
  private func settle(_ round: Int, _ follower: EventFollower) async throws {
    let backMs = Int(WallClock.nowMs())
    _ = try await eventually("something happens after the restart") {
      follower.look { history in history.hasEnded || (history.lines.last?.atMs ?? 0) > backMs ? true : nil }
    }
    let kill = rounds[round]
    meet(
      round,
      follower.look { history in
        history.spans.values.filter { span in
          // A millisecond is the grain of the history: what started or ended in that of the kill is in doubt, unless the
          // end tells of it.
          guard span.start.atMs < kill.atMs else { return false }
          guard let end = span.end else { return true }
          return end.atMs > kill.atMs || end.reason == "worker_lost" && end.atMs == kill.atMs
        }.sorted { $0.lease < $1.lease }
      })
  }

  private func meet(_ round: Int, _ spans: [LeaseSpan]) {
    state.withLock { $0.rounds[round].met = spans }
  }
}
