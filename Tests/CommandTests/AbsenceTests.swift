import BrokerClient
import CommandLine
import Testing
import Wire

@testable import genbroker

@Suite struct `What is not there` {
  /// How a command ends whose call the broker answers so.
  private static func end(_ body: () async throws -> Void) async -> ExitCode? {
    do {
      try await body()
      return nil
    } catch {
      return describe(error)?.exitCode
    }
  }

  @Test func `is the command line's fault, whatever it is`() async throws {
    try await TestBroker.with { test, _ in
      let (broker, job) = (test.broker, try await test.job(committing: ["a": "b"]))
      let calls: [() async throws -> Void] = [
        { _ = try await broker.call(JobsAPI.Show(job: 999)) },
        { _ = try await broker.call(FilesAPI.ShowCollection(name: "Nope")) },
        { _ = try await broker.call(FilesAPI.DeleteCollection(name: "Nope")) },
        { _ = try await broker.call(FilesAPI.Rollback(job: job, path: "nosuch")) },
        { _ = try await broker.call(FilesAPI.Rollback(job: job, match: "nosuch")) },
        { _ = try await broker.call(JobsAPI.Regenerate(job: job, match: "nosuch")) },
        { _ = try await broker.call(JobsAPI.Regenerate(job: job, phase: "nosuch")) },
        { _ = try await broker.call(AdminAPI.Unpark(account: "foo")) },
      ]
      for (number, call) in calls.enumerated() { #expect(await Self.end(call) == .usage, "call \(number)") }
      // What is there and cannot be done is refused; what needs no doing is done.
      #expect(await Self.end { _ = try await broker.call(JobsAPI.Retry(job: job)) } == .refused)
      #expect(try await broker.call(JobsAPI.Regenerate(job: job, outdated: true)).tasks == 0)
    }
  }
}
