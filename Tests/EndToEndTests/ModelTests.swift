import Foundation
import JobModel
import JSON
import ModelAPI
import ProcessSupport
import Testing
import TestSupport
import Wire

extension EndToEnd {
  /// Model calls with real processes: broker, workers, plugins, and a server of models that counts.
  @Suite(.timeLimit(.minutes(15)))
  struct Models {
    private static let model = "local/alpha"

    /// What a call of ``ModelScene/submit(_:kind:models:budget:reuse:payload:maxCrashes:)`` takes at most, 10⁻¹² dollars.
    private func worstCase(_ question: String, port: Int) throws -> Int64 {
      let table = try ProviderTable(parsing: Array(ModelScene.configuration(port: port).utf8), environment: [:])
      let request = ModelRequest(messages: [.init(.user, question)], maxOutputTokens: 100)
      return try #require(table.prices.worstCase(of: request, by: ModelName(parsing: Self.model)).picoUSD)
    }

    private func questions(_ count: Int, _ words: String) -> [String] {
      (0..<count).map { "\(words) \(String(format: "%04d", $0))" }
    }

    /// An amount as the server's usage says it.
    private func dollars(_ pico: Int64) -> String {
      "\(pico / 1_000_000_000_000).\(String(format: "%012ld", Int(pico % 1_000_000_000_000)))"
    }

    @Test(arguments: [(cost: 1, calls: 100), (cost: 2, calls: 199)])
    func `sixteen workers race for a budget with room for a hundred calls, and nothing goes beyond it`(
      _ divisor: Int, _ expected: Int
    ) async throws {
      try await ModelScene.with(["--latency", "20"]) { scene in
        let tasks = 240
        let worst = try worstCase("race 0000", port: scene.server.port)
        let each = worst / Int64(divisor)
        try scene.server.script([#"{"type":"answer","times":0,"cost":\#(dollars(each))}"#])
        _ = try await scene.installation.broker()
        for number in 0..<16 { _ = try await scene.worker(name: "racer-\(number)") }
        let bound = Int(worst) * 100
        let job = try await scene.submit(questions(tasks, "race"), budget: JobsAPI.Budget(picoUsd: bound))

        let paused = try await scene.wait(for: job, .paused)
        #expect(paused.job.reason?.contains("budget") == true, "\(paused.job.reason ?? "")")
        let spending = try #require(
          try await eventually("the calls that were allowed are settled") {
            let spending = try await scene.installation.call(JobsAPI.Show(job: job)).spending
            return spending?.reserved.calls == 0 ? spending : nil
          })
        #expect(spending.settled.calls == expected)
        #expect(spending.settled.picoUsd == expected * Int(each))
        #expect(spending.settled.picoUsd + spending.unknown.picoUsd <= bound)
        #expect(try scene.requests().count == expected)
        print("budget of 100 worst cases, cost 1/\(divisor) of it: \(spending.settled.calls) calls, overshoot 0")

        _ = try await scene.installation.call(
          JobsAPI.SetBudget(job: job, budget: JobsAPI.Budget(picoUsd: Int(worst) * (tasks + 1))))
        _ = try await scene.installation.call(JobsAPI.Resume(job: job))
        _ = try await scene.wait(for: job, .succeeded)
        let requests = try scene.requests()
        #expect(requests.count == tasks)
        #expect(Set(requests.map(\.sha256)).count == tasks, "no question is asked twice")
        #expect(try await scene.installation.call(JobsAPI.Errors(job: job)).errors.isEmpty)
        #expect(try await scene.installation.findings().isEmpty)
      }
    }

    @Test func `a 429 keeps everybody from the provider until its time is up, and nobody from others`() async throws {
      try await ModelScene.with(["--latency", "10"]) { scene in
        try scene.server.script([
          #"{"type":"status","status":429,"retry_after":"3","times":1,"match":"alpha"}"#
        ])
        _ = try await scene.installation.broker()
        _ = try await scene.worker(concurrency: 3, name: "one")
        _ = try await scene.worker(kind: "second", concurrency: 3, name: "two")
        let first = try await scene.submit(questions(1, "limited"))
        try await scene.sees("failed", of: first)
        let others = [
          first, try await scene.submit(questions(5, "same kind")),
          try await scene.submit(questions(5, "another kind"), kind: "second"),
        ]
        let elsewhere = try await scene.submit(questions(5, "elsewhere"), models: ["other/beta"])
        for job in others + [elsewhere] {
          _ = try await scene.wait(for: job, .succeeded)
          let errors = try await scene.installation.call(JobsAPI.Errors(job: job)).errors
          #expect(errors.isEmpty, "no attempt is charged")
        }
        try checkWait(try scene.requests())
      }
    }

    private func checkWait(_ requests: [ModelScene.Request]) throws {
      let refusal = try #require(requests.first { $0.status == 429 })
      let freeMs = refusal.atMs + refusal.tookMs + 3_000
      let alpha = requests.filter { $0.model == "alpha" && $0.number > refusal.number }
      let beta = requests.filter { $0.model == "beta" }
      #expect(alpha.count == 11)
      #expect(beta.count == 5)
      // The broker counts from when it hears of it.
      #expect(alpha.allSatisfy { $0.atMs >= freeMs - 5 }, "\(alpha.map { $0.atMs - freeMs })")
      #expect(beta.allSatisfy { $0.atMs < freeMs })
      let firstMs = alpha.map(\.atMs).min() ?? 0
      print("after Retry-After 3: the first call \(firstMs - freeMs) ms after it is over; 5 elsewhere before")
    }

    @Test func `a day without room holds the calls and not the job, until more is allowed`() async throws {
      try await ModelScene.with { scene in
        _ = try await scene.installation.broker()
        _ = try await scene.worker(concurrency: 2)
        _ = try await scene.installation.call(AdminAPI.SetLimit(scope: "users", unit: .callsPerDay, value: 3))
        let job = try await scene.submit(questions(10, "today"))
        let held = try await eventually("all tasks that are left wait") {
          let shown = try await scene.installation.call(JobsAPI.Show(job: job))
          let tasks = try await scene.installation.call(JobsAPI.Tasks(job: job)).tasks
          return tasks.filter { $0.notBeforeMs != nil }.count == 7 ? (shown, tasks) : nil
        }
        #expect(held.0.job.state == .running && held.0.spending?.settled.calls == 3)
        #expect(held.1.allSatisfy { $0.attempts <= 1 }, "no attempt is charged")
        let why = try await scene.installation.call(
          JobsAPI.Explain(job: job, task: held.1.first { $0.notBeforeMs != nil }?.key)
        ).reasons
        #expect(why.contains { $0.contains("00:00 UTC") }, "\(why)")
        _ = try await scene.installation.call(AdminAPI.SetLimit(scope: "users", unit: .callsPerDay, value: 10))
        _ = try await scene.wait(for: job, .succeeded)
        #expect(try scene.requests().count == 10)
      }
    }

    @Test func `the same five hundred tasks again call nobody, and a changed one calls once`() async throws {
      try await ModelScene.with { scene in
        _ = try await scene.installation.broker()
        _ = try await scene.worker(concurrency: 4)
        var questions = questions(500, "again")
        let first = try await scene.submit(questions)
        _ = try await scene.wait(for: first, .succeeded)
        #expect(try scene.requests().count == 500)

        let began = ContinuousClock.now
        let second = try await scene.submit(questions)
        let shown = try await scene.wait(for: second, .succeeded)
        print("500 tasks again took \(began.duration(to: .now))")
        #expect(shown.job.reused == 500)
        #expect(try scene.requests().count == 500)

        questions[250] = "something else"
        let third = try await scene.wait(for: try await scene.submit(questions), .succeeded)
        #expect(third.job.reused == 499)
        #expect(try scene.requests().count == 501)
        #expect(
          try await scene.installation.text("answer/0007.txt", of: first)
            == scene.installation.text("answer/0007.txt", of: third.job.job))
      }
    }

    @Test func `with force another sample is asked for, and the same questions of others are answered from the ledger`()
      async throws
    {
      try await ModelScene.with { scene in
        _ = try await scene.installation.broker()
        _ = try await scene.worker(concurrency: 2)
        _ = try await scene.worker(kind: "second", concurrency: 2)
        _ = try await scene.wait(for: try await scene.submit(questions(3, "q")), .succeeded)
        _ = try await scene.wait(for: try await scene.submit(questions(3, "q"), reuse: JobsAPI.Reuse.none), .succeeded)
        #expect(try scene.requests().count == 6)
        // Another kind is another maker, but the question is the same.
        let hits = try await scene.wait(for: try await scene.submit(questions(3, "q"), kind: "second"), .succeeded)
        #expect(try scene.requests().count == 6)
        #expect(hits.job.reused == 0)
        #expect(hits.spending?.hits == 3)
        #expect(hits.spending?.settled.picoUsd == 0)
        #expect((hits.spending?.savedPicoUsd ?? 0) > 0)
      }
    }

    @Test func `whatever a provider does wrong once, the job gets its answers`() async throws {
      try await ModelScene.with { scene in
        let faults = [
          #"{"type":"status","status":429}"#, #"{"type":"status","status":429,"retry_after":"1"}"#,
          #"{"type":"status","status":500}"#, #"{"type":"status","status":503,"retry_after_ms":"200"}"#,
          #"{"type":"disconnect"}"#, #"{"type":"disconnect","after_pieces":2}"#,
          #"{"type":"truncate","after_pieces":2}"#, #"{"type":"malformed","after_pieces":1}"#,
          #"{"type":"comments","count":3,"every_ms":20}"#, #"{"type":"error_in_stream","after_pieces":1}"#,
          #"{"type":"plain"}"#, #"{"type":"drip","bytes":7}"#,
        ]
        try scene.server.script(faults)
        _ = try await scene.installation.broker()
        _ = try await scene.worker(concurrency: 2)
        let job = try await scene.submit(questions(20, "fault"))
        let shown = try await scene.wait(for: job, .succeeded)
        let spending = try #require(shown.spending)
        let answered = try scene.requests().count { $0.isAnswered }
        #expect(spending.settled.calls <= answered)
        #expect(answered <= spending.settled.calls + spending.unknown.calls)
        #expect(spending.unknown.calls > 0)
        #expect(spending.reserved.calls == 0)
        let errors = try await scene.installation.call(JobsAPI.Errors(job: job)).errors
        let (settled, unknown) = (spending.settled.calls, spending.unknown.calls)
        print("12 faults: \(settled) settled, \(unknown) unknown, \(errors.count) attempts charged")
      }
    }

    @Test func `without money at the provider it is left alone, and the next model answers`() async throws {
      try await ModelScene.with { scene in
        try scene.server.script([#"{"type":"quota","times":0,"match":"alpha"}"#])
        _ = try await scene.installation.broker()
        _ = try await scene.worker(concurrency: 1)
        let job = try await scene.submit(questions(5, "poor"), models: ["local/alpha", "other/beta"])
        _ = try await scene.wait(for: job, .succeeded)
        let alpha = try scene.requests().filter { $0.body.contains("alpha") }
        #expect(alpha.count == 1, "\(alpha)")
        let parked = try await scene.installation.call(AdminAPI.Limits()).parked
        #expect(parked.map(\.provider) == ["local"])
        _ = try await scene.installation.call(AdminAPI.Unpark(account: parked[0].account))
        #expect(try await scene.installation.call(AdminAPI.Limits()).parked.isEmpty)
      }
    }

    @Test func `an answer that breaks the schema is asked for once more, and both can be looked at`() async throws {
      try await ModelScene.with { scene in
        try scene.server.script([#"{"type":"unfit","times":1}"#])
        _ = try await scene.installation.broker()
        _ = try await scene.worker()
        let job = try await scene.submit(["shape"], payload: #""schema":true"#)
        _ = try await scene.wait(for: job, .succeeded)
        let calls = try await scene.calls(of: job)
        #expect(calls.map(\.state) == ["rejected", "settled"])
        for call in calls {
          let shown = try await scene.installation.call(JobsAPI.ShowCall(call: call.call))
          #expect(shown.prompt != nil)
          #expect(shown.answer?.value["text"]?.string?.isEmpty == false)
        }
        let printed = try await scene.installation.genbroker("calls", "--show", "\(calls[0].call)")
        #expect(printed.output.contains("rejected"), "\(printed)")
      }
    }

    @Test func `images of every sort are stored and exported whole`() async throws {
      try await ModelScene.with { scene in
        try scene.server.script([
          #"{"type":"image","bytes":4100000,"match":"large"}"#, #"{"type":"image_url","match":"elsewhere"}"#,
          #"{"type":"blocked","times":0,"match":"blocked"}"#, #"{"type":"refusal","times":0,"match":"refused"}"#,
          #"{"type":"safety","times":0,"match":"cut off"}"#,
        ])
        _ = try await scene.installation.broker()
        _ = try await scene.worker(concurrency: 2)
        let job = try await scene.submit(["large", "elsewhere", "blocked"], payload: #""images":1"#)
        let ended = try await scene.installation.end(of: job)
        #expect(ended.state == .failed)
        #expect(ended.counts.succeeded == 2)
        // By chat, where a model can say why it does not.
        let chat = try await scene.submit(
          ["drawn", "refused", "cut off"], models: ["other/beta"], payload: #""images":1"#)
        #expect(try await scene.installation.end(of: chat).counts.succeeded == 1)
        let export = try await scene.installation.genbroker(
          "export", "\(job)", "--partial", "-o", scene.installation.directory + "/out")
        let tree = try FileContents.below(scene.installation.directory + "/out")
        let large = try #require(tree["answer/0000-image-0-0"], "\(export) \(tree.keys)")
        #expect(large.count >= 4_000_000)
        #expect(large.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let other = try #require(tree["answer/0001-image-0-0"])
        #expect(other.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let errors = try await scene.installation.call(JobsAPI.Errors()).errors
        let failed = Set(errors.map { "\($0.job)/\($0.task)" })
        #expect(failed == ["\(job)/ask/0002", "\(chat)/ask/0001", "\(chat)/ask/0002"])
        print("refusal, filter and block: \(errors.map { "\($0.class): \($0.message)" })")
        #expect(try await scene.installation.findings().isEmpty)
      }
    }
  }
}
