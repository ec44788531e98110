import EventLoop
import Foundation
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// What is submitted again, with the programs as they are shipped and models of processes.
  @Suite(.timeLimit(.minutes(10)))
  struct Reuse {
    /// Some 500 flow nodes.
    private static let set = BPMNSet(blocks: 12, files: 4)

    private static func submit(
      _ installation: Installation, _ files: [String], _ more: String...
    ) async throws -> JobsAPI.Job {
      let ran = try await installation.start(
        Built.genbroker, ["submit", "--kind", "docs", "--wait"] + more + files
      ).end()
      #expect(ran.outcome == .exited(code: 0), "\(ran)")
      let number = try #require(ran.output.split(separator: "\n").first.flatMap { Int($0) }, "\(ran)")
      return try await installation.call(JobsAPI.Show(job: number)).job
    }

    private static func site(_ installation: Installation, _ job: JobsAPI.Job) async throws -> [String: [UInt8]] {
      let directory = installation.directory + "/site-\(job.job)"
      let export = try await installation.genbroker("export", "\(job.job)", "-o", directory)
      #expect(export.outcome == .exited(code: 0), "\(export)")
      return try FileContents.below(directory)
    }

    @Test func `the same files again lease nothing; one changed name makes a few pages, and the site is as if new`()
      async throws
    {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let worker = try await installation.worker(kind: "docs", concurrency: 2)
        let files = try Self.set.write(to: installation.directory)
        let clock = ContinuousClock()
        var start = clock.now
        let first = try await Self.submit(installation, files)
        let firstTime = clock.now - start
        #expect(first.reused == 0 && first.counts.succeeded > 400)

        start = clock.now
        let second = try await Self.submit(installation, files)
        let secondTime = clock.now - start
        #expect(second.state == .succeeded && second.reused == second.counts.succeeded, "\(second)")
        #expect(second.counts.succeeded == first.counts.succeeded && second.files == first.files)
        let tree = try await Self.site(installation, first)
        #expect(try await FileContents.differences(Self.site(installation, second), tree).isEmpty)
        print("\(first.counts.succeeded) tasks: made in \(firstTime), from the store in \(secondTime)")

        let text = try String(contentsOfFile: files[0], encoding: .utf8)
        let changed = text.replacing("\"Order 1 is done\"", with: "\"Order 1 is over\"")
        #expect(text != changed)
        try changed.write(toFile: files[0], atomically: true, encoding: .utf8)
        let dry = try await installation.start(
          Built.genbroker, ["submit", "--kind", "docs", "--dry-run"] + files
        ).end()
        #expect(dry.outcome == .exited(code: 0) && dry.output.contains("taken from the store"), "\(dry)")
        #expect(try await installation.call(JobsAPI.List()).jobs.count == 2, "nothing of it stays")

        let third = try await Self.submit(installation, files)
        let made = third.counts.succeeded - third.reused
        print("one name changed: \(made) of \(third.counts.succeeded) tasks made\n\(dry.output)")
        #expect(made > 1 && made < 20, "\(made)")
        let forced = try await Self.submit(installation, files, "--force")
        #expect(forced.reused == 0)
        #expect(
          try await FileContents.differences(Self.site(installation, third), Self.site(installation, forced)).isEmpty)

        let again = try await installation.genbroker("regenerate", "\(third.job)", "--phase", "Index")
        #expect(again.outcome == .exited(code: 0) && again.output.contains("1 task to be made again"), "\(again)")
        #expect(try await installation.end(of: third.job).state == .succeeded)
        #expect(try await installation.findings() == [])
        worker.signal(SIGTERM)
        #expect(try await worker.end().outcome == .exited(code: 0))
      }
    }
  }
}
