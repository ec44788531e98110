import EventLoop
import Foundation
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// A large job, during which plugins, workers and brokers are killed, each while it has work in its hands.
  @Suite(.timeLimit(.minutes(15)))
  struct KillRounds {
    /// Rounds of each kind.
    static let rounds = Setting.number("GENBROKER_KILL_ROUNDS", default: 20)

    @Test func `a job survives kills of plugins, workers and brokers, and its files are those of a calm run`()
      async throws
    {
      let seed = Setting.seed()
      let set = BPMNSet(blocks: 10, files: 3)
      #expect(set.nodeCount >= 300)
      let began = ContinuousClock.now
      let calm = try await Self.calmRun(of: set)
      print("the calm run took \(began.duration(to: .now))")
      try await Installation.with { installation in
        let run = try KillRun(installation, set, rounds: Self.rounds, seed: seed)
        let job = try await run.drive()
        print("both runs took \(began.duration(to: .now))")
        try await Self.check(job, run, calm, installation)
      }
    }

    /// The tree that comes out when nothing is killed.
    private static func calmRun(of set: BPMNSet) async throws -> [String: [UInt8]] {
      var tree: [String: [UInt8]] = [:]
      try await Installation.with { installation in
        _ = try await installation.broker()
        _ = try await installation.worker(kind: "docs", concurrency: 4, plugin: Built.docsPlugin)
        let job = try await installation.submit(set)
        #expect(try await installation.end(of: job, seconds: 300).state == .succeeded)
        tree = try await installation.exported(job)
      }
      return tree
    }

    private static func check(
      _ job: Int, _ run: KillRun, _ calm: [String: [UInt8]], _ installation: Installation
    ) async throws {
      let ended = try await installation.end(of: job, seconds: 300)
      #expect(ended.state == .succeeded, "\(ended)")
      let history = try await run.wholeHistory()
      #expect(history.faults.isEmpty, "the watcher saw each event once, over all restarts: \(history.faults)")
      for victim in KillRound.Victim.allCases {
        let met = run.rounds.count { $0.victim == victim && !$0.met.isEmpty }
        #expect(met >= rounds, "\(met) kills of a \(victim) met a lease; the job was over too soon")
      }
      print(KillReport(run.rounds, history, run.log.lines()).text)

      let files = try await installation.files(of: job)
      #expect(files.allSatisfy { $0.version == 1 && $0.head && !$0.late }, "every file was committed once")
      #expect(Set(files.map(\.path)).count == files.count)
      #expect(madeAfterCommit(history, run.log.lines()).isEmpty)
      #expect(pathsWithDifferentBytes(run.log.lines()).isEmpty)

      let tree = try await installation.exported(job)
      #expect(FileContents.differences(tree, calm).isEmpty)
      #expect(tree.count >= 300)
      #expect(try await installation.findings().isEmpty)
    }

    /// Results that a plugin made although they had been committed.
    private static func madeAfterCommit(_ history: History, _ log: [PluginLogLine]) -> [String] {
      let commits = history.lines.filter { $0.type == "result.committed" }
      let committedMs = Dictionary(commits.map { ($0.path ?? "", Int64($0.atMs)) }) { first, _ in first }
      return log.filter { $0.event == "result" }.compactMap { line in
        guard let path = line.path, let at = committedMs[path], line.atNs / 1_000_000 > at else { return nil }
        return "\(path), attempt \(line.attempt)"
      }
    }

    /// What was made twice, because a kill came before the commit, has to have come out the same.
    private static func pathsWithDifferentBytes(_ log: [PluginLogLine]) -> [String] {
      let made = log.filter { $0.event == "result" }
      return Dictionary(grouping: made) { $0.path ?? "" }.filter { Set($0.value.map(\.sha256)).count > 1 }.map(\.key)
    }
  }
}

extension Installation {
  /// Submits the files of a set as a job that no number of kills stops.
  func submit(_ set: BPMNSet) async throws -> Int {
    var inputs: [JobsAPI.InputRef] = []
    for path in try set.write(to: directory) {
      let name = path.dropFirst(directory.count + 1)
      inputs.append(JobsAPI.InputRef(name: String(name), sha256: try await upload(file: path)))
    }
    return try await call(JobsAPI.Submit(kind: "docs", inputs: inputs, maxCrashes: 1_000)).job
  }

  /// The files of a job as `genbroker export` writes them.
  func exported(_ job: Int) async throws -> [String: [UInt8]] {
    let target = directory + "/export"
    let export = try await genbroker("export", "\(job)", "-o", target)
    #expect(export.outcome == .exited(code: 0), "\(export)")
    return try FileContents.below(target)
  }
}
