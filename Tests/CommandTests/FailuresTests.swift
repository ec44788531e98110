import BrokerClient
import CommandLine
import Testing
import Wire

@testable import genbroker

@Suite struct `How errors of the broker end a command` {
  @Test func `a name of what is not there is a wrong command line, a refusal is none`() async throws {
    try await TestBroker.with { test, directory in
      let broker = test.broker
      func code(_ body: () async throws -> Void) async -> ExitCode? {
        do { try await body() } catch { return describe(error)?.exitCode }
        return .done
      }
      #expect(await code { _ = try await broker.call(JobsAPI.Show()) } == .usage, "@last without a job")
      let job = try await test.job(committing: ["a": "1"])
      #expect(await code { _ = try await broker.call(JobsAPI.Show()) } == .done)
      #expect(await code { _ = try await broker.call(JobsAPI.Show(job: 99)) } == .usage)
      #expect(await code { _ = try await broker.call(JobsAPI.Cancel(job: 99)) } == .usage)
      #expect(await code { _ = try await broker.call(JobsAPI.Explain(job: job, task: "nosuch")) } == .usage)
      #expect(await code { _ = try await broker.call(FilesAPI.List(job: 99)) } == .usage)
      #expect(
        await code { for try await _ in await broker.stream(FilesAPI.Read(job: job, path: "nosuch")) {} } == .usage)
      #expect(await code { for try await _ in await broker.stream(AdminAPI.Prune(jobs: [99])) {} } == .usage)
      #expect(await code { _ = try await broker.call(AdminAPI.DrainWorker(worker: "nosuch")) } == .usage)
      // What is there may still not be asked for: nothing may be at the place of a backup.
      #expect(await code { _ = try await broker.call(AdminAPI.Backup(directory: directory)) } == .refused)
    }
  }
}
