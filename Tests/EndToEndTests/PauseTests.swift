import EventLoop
import Foundation
import ProcessSupport
import TestSupport
import Testing

extension EndToEnd {
  /// What those say who wait for a job while somebody has to do something.
  @Suite(.timeLimit(.minutes(5)))
  struct Pauses {
    private static func count(_ text: String, in whole: String) -> Int { whole.components(separatedBy: text).count - 1 }

    @Test func `wait and watch say of a pause once why it is and how the job goes on, and go on waiting`() async throws
    {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let sample = Built.package + "/contrib/samples/order-fulfilment/order.bpmn"
        _ = try await installation.genbroker("submit", "--kind", "docs", sample)
        _ = try await installation.genbroker("submit", "--kind", "docs", sample)
        _ = try await installation.genbroker("pause", "2", "--reason", "lunch")
        // Job 1 is waited for first, and never ends by itself: there is no worker.
        let wait = try await installation.start(Built.genbroker, ["wait", "1", "2"])
        let watch = try await installation.start(Built.genbroker, ["watch", "2"])
        let line = "job 2 is paused: lunch; 'genbroker resume 2' continues it"
        try await wait.line(containing: line)
        try await watch.line(containing: line)
        let other = try await installation.start(Built.genbroker, ["watch", "1"])
        try await other.line(containing: "job 1  order.bpmn")
        _ = try await installation.genbroker("pause", "1", "--reason", "rain")
        let second = "job 1 is paused: rain; 'genbroker resume 1' continues it"
        try await wait.line(containing: second)
        try await other.line(containing: second)
        _ = try await installation.genbroker("resume", "1")
        for job in ["1", "2"] { _ = try await installation.genbroker("cancel", job) }
        for program in [wait, watch, other] {
          let ran = try await program.end()
          #expect(ran.outcome == .exited(code: 1), "\(ran)")
          for told in [line, second] { #expect(Self.count(told, in: ran.output + ran.errors) <= 1, "\(ran)") }
        }
        let attached = "job 1 waits: No worker of kind 'docs' is attached: start one with 'genworker --kind docs'."
        #expect(wait.now.errors == "\(attached)\n\(line)\n\(second)\n")
      }
    }
  }
}
