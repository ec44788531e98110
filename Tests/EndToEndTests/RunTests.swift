import EventLoop
import Foundation
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// `genbroker run`: broker, worker, submit, watch and export in one command.
  @Suite(.timeLimit(.minutes(10)))
  struct RunCommand {
    enum Interruption: String, CaseIterable, Sendable { case ctrlC, twoCtrlC, killed }

    private static let set = BPMNSet(blocks: 3, files: 2)

    @Test func `one command makes a whole site, and again makes nothing`() async throws {
      try await Installation.with { installation in
        let run = try LocalRun(installation, set: Self.set)
        let first = try await run.start().end()
        #expect(first.outcome == .exited(code: 0), "\(first)")
        let tree = try FileContents.below(run.site)
        #expect(tree["index.html"] != nil && tree.count >= Self.set.nodeCount)
        let made = run.made().count
        #expect(made == tree.count)

        let second = try await run.start().end()
        #expect(second.outcome == .exited(code: 0) && run.made().count == made, "\(second)")
        #expect(try FileContents.differences(FileContents.below(run.site), tree).isEmpty)
      }
    }

    @Test(arguments: Interruption.allCases)
    func `interrupted in the middle, the same command goes on`(_ interruption: Interruption) async throws {
      try await Installation.with { installation in
        let run = try LocalRun(installation, set: Self.set)
        let first = try await run.start()
        _ = try await eventually("some pages are made") { run.made().count >= 20 ? true : nil }
        try await Self.interrupt(interruption, first)
        let (before, inHand) = (run.made(), Set(run.log.working().map(\.task)))

        let startNs = WallClock.nowMs() * 1_000_000
        let second = try await run.start().end()
        #expect(second.outcome == .exited(code: 0), "\(second)")
        let tree = try FileContents.below(run.site)
        #expect(tree["index.html"] != nil && tree.count >= Self.set.nodeCount)
        let all = run.made()
        #expect(Set(all) == Set(tree.keys), "every file was made: \(Set(all).symmetricDifference(tree.keys))")
        switch interruption {
        case .ctrlC: #expect(all.count == tree.count, "what was running was finished, and nothing was made twice")
        case .twoCtrlC, .killed:
          #expect(all.count - tree.count <= 2, "no more than what each plugin had in hand was made twice")
        }
        #expect(before.count < tree.count, "it was interrupted in the middle")
        // A broker on its own waits 15 s for workers that may come back.
        for again in run.log.lines()
        where again.event == "generate" && again.atNs > startNs && inHand.contains(again.task) {
          #expect(
            again.atNs - startNs < 12_000_000_000, "\(again.task) did not wait for a worker that died with the run")
        }
      }
    }

    @Test func `files of another run in the same directory are told, and removed on request`() async throws {
      try await Installation.with { installation in
        let run = try LocalRun(installation, set: Self.set)
        try await run.start().end()
        let both = try FileContents.below(run.site)
        let told = try await run.start(fileCount: 1).end()
        #expect(told.outcome == .exited(code: 0), "\(told)")
        #expect(told.errors.contains("left in \(run.site) by earlier exports"), "\(told)")
        #expect(try Set(FileContents.below(run.site).keys).isSuperset(of: both.keys), "nothing is removed unasked")

        let removed = try await run.start("--delete", fileCount: 1).end()
        #expect(removed.outcome == .exited(code: 0) && removed.output.contains("removed"), "\(removed)")
        #expect(!removed.errors.contains("left in"), "\(removed)")
        let one = try FileContents.below(run.site)
        let other = run.site + "-other"
        try FileManager.default.moveItem(atPath: run.site, toPath: other)
        try await run.start(fileCount: 1).end()
        #expect(try FileContents.differences(one, FileContents.below(run.site)).isEmpty, "as in a new directory")
      }
    }

    @Test func `the same command waits for the broker of a run that was killed a moment ago`() async throws {
      try await Installation.with { installation in
        let run = try LocalRun(installation, set: BPMNSet(blocks: 1, files: 1))
        try await run.listen(until: 3)
        let ended = try await run.start().end()
        #expect(ended.outcome == .exited(code: 0), "\(ended)")
      }
    }

    @Test func `a broker that stays in the store is told, and left alone`() async throws {
      try await Installation.with { installation in
        let run = try LocalRun(installation, set: BPMNSet(blocks: 1, files: 1))
        try await run.listen(until: .max)
        let ended = try await run.start().end()
        #expect(ended.outcome == .exited(code: 4), "\(ended)")
        #expect(ended.errors.contains("another broker is at work in '.genbroker'"), "\(ended)")
      }
    }

    private static func interrupt(_ interruption: Interruption, _ run: Program) async throws {
      switch interruption {
      case .ctrlC:
        run.signal(SIGINT)
        let ended = try await run.end()
        #expect(ended.outcome == .exited(code: 1) && ended.errors.contains("the same command continues"), "\(ended)")
      case .twoCtrlC:
        run.signal(SIGINT)
        try await run.line(containing: "Ctrl-C again")
        run.signal(SIGINT)
        let ended = try await run.end()
        #expect(ended.outcome == .exited(code: 1), "\(ended)")
      case .killed:
        run.signal(SIGKILL)
        try await run.end()
      }
    }
  }
}

/// A `genbroker run` whose plugin is slow, with a store and an output directory of its own.
private struct LocalRun {
  private let installation: Installation
  private let plugin: String
  let log: PluginLog
  private let files: [String]
  let site: String

  init(_ installation: Installation, set: BPMNSet) throws {
    self.installation = installation
    site = installation.directory + "/site"
    log = PluginLog(installation.directory + "/proxy.log")
    plugin = try installation.plugin("slow_proxy.py", ["--log", log.path, "--delay-ms", "20", Built.docsPlugin])
    files = try set.write(to: installation.directory)
  }

  /// - Parameter fileCount: how many of the input files.
  func start(_ more: String..., fileCount: Int = .max) async throws -> Program {
    try await installation.start(
      Built.genbroker,
      ["run", "--kind", "docs", "--workers", "2", "--plugin", plugin, "-o", site] + more + files.prefix(fileCount))
  }

  /// Is a broker on the store of the run that answers nothing, and is gone when somebody has connected so many times.
  func listen(until countMax: Int) async throws {
    let (store, loop) = (installation.directory + "/.genbroker", installation.loop)
    try FileManager.default.createDirectory(
      atPath: store, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    try await onLoop(loop) {
      let clients = ConnectionCount()
      clients.listener = try UnixListener(path: store + "/socket", on: loop) { client in
        client.close()
        clients.count += 1
        if clients.count == countMax { clients.listener?.close() }
      }
    }
  }

  /// Belongs to the loop.
  private final class ConnectionCount {
    var count = 0
    var listener: UnixListener?
  }

  /// The paths of what the plugins have made, in order.
  func made() -> [String] { log.lines().filter { $0.event == "result" }.compactMap(\.path) }
}
