import Broker
import JSON
import TestSupport
import Testing

/// The answers to "why is this not running?".
@Suite(.serialized) struct ExplainTests {
  private func reasons(_ client: VarlinkClient, _ job: Int64, task: String? = nil) throws -> [String] {
    let named = task.map { #","task":"\#($0)""# } ?? ""
    let reasons = try client.get("Jobs.Explain", #"{"job":\#(job)\#(named)}"#).at("reasons").elements
    return (reasons ?? []).compactMap(\.string)
  }

  @Test func `a task whose kind nobody serves says so, also when its job's kind is served`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"own","tasks":[{"key":"a"},{"key":"b","kind":"other"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "own")
      let lease = try worker.lease()
      let nobody = "No worker of kind 'other' is attached: start one with 'genworker --kind other'."
      #expect(try reasons(client, job, task: "b") == [nobody])
      #expect(try reasons(client, job) == [nobody, "1 task is with a worker.", "1 task is ready."])
      let held = try reasons(client, job, task: "a").first ?? ""
      #expect(held.hasPrefix("Worker 'scripted' (pid 1) has it, in attempt 1; it was heard"))
      try worker.finish(lease)
    }
  }

  @Test func `busy workers, workers that take nothing, and a pause are told apart`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"own","tasks":[{"key":"a"},{"key":"b"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "own")
      let lease = try worker.lease()
      #expect(try reasons(client, job, task: "b") == ["All workers of kind 'own' are busy: 1, with 1 task at a time."])
      try worker.slots(0)
      #expect(
        try reasons(client, job, task: "b") == ["The workers of kind 'own' stop, or their plugin does not start."])
      try client.get("Jobs.Pause", #"{"job":\#(job),"reason":"lunch"}"#)
      let paused = ["The job is paused: lunch; 'genbroker resume \(job)' continues it."]
      #expect(try reasons(client, job, task: "b") == paused)
      try worker.finish(lease)
    }
  }

  @Test func `a failed job says where the reason is`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"own","tasks":[{"key":"a b"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "own")
      let lease = try worker.lease()
      try worker.expectOK(worker.call("Fail", lease.id, #""class":"x","message":"no ink","retryable":false"#))
      #expect(try reasons(client, job).contains("'genbroker errors \(job)' tells what went wrong."))
      #expect(try reasons(client, job, task: "a b").contains { $0.contains("no ink") })
      #expect(try reasons(client, job, task: "a b").last == "To put it back: genbroker retry \(job) --task 'a b'")
    }
  }
}
