import EventLoop
import Foundation
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// The walk that a new user takes: a broker, a worker and a submit, each in a terminal of its own.
  @Suite(.timeLimit(.minutes(10)))
  struct ThreeTerminals {
    private static let samples = ["order.bpmn", "payment.bpmn"].map {
      Built.package + "/contrib/samples/order-fulfilment/" + $0
    }

    @Test func `broker, worker and submit make a whole site; both stop cleanly when asked`() async throws {
      try await Installation.with { installation in
        let broker = try await installation.broker()
        let worker = try await installation.worker(kind: "docs", concurrency: 2)
        let submit =
          try await installation.start(
            Built.genbroker, ["submit", "--kind", "docs", "--idempotency-key", "walk", "--wait"] + Self.samples
          ).end()
        #expect(submit.outcome == .exited(code: 0), "\(submit)")
        let job = try #require(submit.output.split(separator: "\n").first.flatMap { Int($0) }, "\(submit)")

        let again = try await installation.start(
          Built.genbroker, ["submit", "--kind", "docs", "--idempotency-key", "walk"] + Self.samples
        ).end()
        #expect(again.output == "\(job)\n", "the same key gives the same job")

        let export = try await installation.genbroker("export", "\(job)", "-o", installation.directory + "/site")
        #expect(export.outcome == .exited(code: 0), "\(export)")
        let tree = try FileContents.below(installation.directory + "/site")
        #expect(tree["index.html"] != nil)
        let heads = try await installation.files(of: job)
        #expect(Set(tree.keys) == Set(heads.map(\.path)), "every file of the job, and nothing else")

        let check = try await installation.genbroker("check")
        #expect(check.outcome == .exited(code: 0), "\(check)")

        worker.signal(SIGTERM)
        #expect(try await worker.end().outcome == .exited(code: 0), "\(worker.now.errors)")
        broker.signal(SIGTERM)
        #expect(try await broker.end().outcome == .exited(code: 0), "\(broker.now.errors)")
      }
    }

    @Test func `without a broker every command says so and ends with 3`() async throws {
      try await Installation.with { installation in
        for command in [["list"], ["submit", "--kind", "docs", Self.samples[0]], ["check"], ["wait", "1"]] {
          let ran = try await installation.start(Built.genbroker, command).end()
          #expect(ran.outcome == .exited(code: 3), "\(command): \(ran)")
          #expect(ran.errors.contains("no broker listens at \(installation.socket)"), "\(command): \(ran)")
        }
      }
    }

    @Test func `a broker that was killed leaves a socket and a store that the next one takes over`() async throws {
      try await Installation.with { installation in
        let first = try await installation.broker()
        let submit = try await installation.genbroker("submit", "--kind", "docs", Self.samples[0])
        let second = try await installation.start(Built.genbroker, ["serve"]).end()
        #expect(second.outcome == .exited(code: 1), "\(second)")
        first.signal(SIGKILL)
        try await first.end()
        _ = try await installation.broker()
        let list = try await installation.genbroker("list", "--json")
        #expect(submit.outcome == .exited(code: 0) && list.output.contains("\"state\":\"pending\""), "\(list)")
      }
    }
  }
}
