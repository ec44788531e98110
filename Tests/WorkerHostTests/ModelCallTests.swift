import Digest
import EventLoop
import Foundation
import JobModel
import JSON
import ModelAPI
import TestSupport
import Testing
import Wire

@testable import WorkerHost

/// A model that a test plays.
private final class ScriptedCaller: ModelCaller, Sendable {
  typealias Script = @Sendable (ModelName, ModelRequest, Int) -> CallEnd?

  /// What was asked, in order.
  let asked = Locked<[(model: ModelName, request: ModelRequest)]>([])
  private let script: Script
  private let loop: EventLoop

  init(on loop: EventLoop, _ script: @escaping Script) {
    self.loop = loop
    self.script = script
  }

  func call(_ model: ModelName, _ request: ModelRequest, then: @escaping (CallEnd) -> Void) {
    let earlier = asked.withLock { asked in
      asked.append((model, request))
      return asked.count - 1
    }
    answer(model, request, earlier, then)
  }

  /// As long as the script has no answer it is asked again.
  private func answer(_ model: ModelName, _ request: ModelRequest, _ earlier: Int, _ then: @escaping (CallEnd) -> Void)
  {
    if let end = script(model, request, earlier) { return loop.atTurnEnd { then(end) } }
    loop.after(ms: 2) { [self] in answer(model, request, earlier, then) }
  }

  func close() {}
}

private func answer(_ text: String, finish: ModelAnswer.Finish = .stop, images: [ModelImage] = []) -> CallEnd {
  var answer = ModelAnswer()
  answer.text = text
  answer.finish = finish
  answer.images = images
  answer.usage.input = 10
  answer.usage.output = 5
  answer.reportedPicoUSD = 1_000_000
  return .answered(answer)
}

private func failure(_ kind: CallFailure.Kind, _ word: CallFailure.Class, billing: CallFailure.Billing = .no) -> CallEnd
{
  .failed(CallFailure(kind, word, "\(word.rawValue) happened", billing: billing))
}

private let models = """
  {"providers": {
    "one": {"api": "chat", "base_url": "http://127.0.0.1:9/v1"},
    "two": {"api": "chat", "base_url": "http://127.0.0.1:9/v1"}},
   "prices": {"one/small": {"input": "1", "output": "2"}, "two/large": {"input": "3", "output": "6"}}}
  """

private func withModel(
  _ plugin: String, concurrency: Int = 1, script: @escaping ScriptedCaller.Script,
  _ body: (Scene, @Sendable () -> [(model: ModelName, request: ModelRequest)]) async throws -> Void
) async throws {
  let asked = Locked<ScriptedCaller?>(nil)
  let providers = try ProviderTable(parsing: Array(models.utf8), environment: [:])
  try await withWorker(plugin, concurrency: concurrency) { options in
    options.providers = providers
    options.makeCaller = { _, loop in
      let caller = ScriptedCaller(on: loop, script)
      asked.withLock { $0 = caller }
      return caller
    }
  } _: { scene in
    try await body(scene) { asked.withLock { $0 }?.asked.withLock { $0 } ?? [] }
  }
}

extension Scene {
  /// The lease ends well.
  fileprivate func completes(_ lease: Int) async throws {
    let end = try await broker.end(of: lease)
    #expect(end.asComplete != nil, "\(end)")
  }
}

/// Asks one question, and puts what it hears.
private let asking = python(
  """
  def generate(id, params):
      payload = params["task"]["payload"]
      question = {"messages": [{"role": "user", "text": payload.get("text", "why?")}], "purpose": "test"}
      question.update(payload.get("more", {}))
      reply = ask("model", **question)
      if "error" in reply: return send(id=id, error=reply["error"])
      got = reply["result"]
      result("answer", json.dumps(got, sort_keys=True))
      for file in got["files"]: ask("result", path="image", media_type=file["media_type"], file=file["file"])
      result("hasmodel", str(params["model"]))
      finish(id)
  """)

@Suite(.serialized, .timeLimit(.minutes(10)))
struct ModelCallTests {
  private func json(_ broker: FakeBroker, _ path: String) async throws -> JSONValue {
    try JSONDocument(await broker.files[path] ?? []).root
  }

  @Test func `a question is reserved, asked, settled, and only then answered`() async throws {
    try await withModel(asking, script: { _, _, _ in answer("because") }) { scene, asked in
      await scene.broker.give(lease(1, models: ["one/small"], sample: 2))
      try await scene.completes(1)
      let reserved = await scene.broker.reservations
      #expect(reserved.count == 1)
      #expect(reserved[0].provider == "one")
      #expect(reserved[0].model == "small")
      #expect(reserved[0].sample == 2_000)
      #expect(reserved[0].request.count == 64)
      #expect((reserved[0].estimate.picoUsd ?? 0) > 0)
      #expect(reserved[0].estimate.tokens > 4_096)
      let settled = await scene.broker.settlements
      #expect(settled.count == 1)
      #expect(settled[0].call == 1)
      #expect(settled[0].outcome == .answered)
      #expect(settled[0].answer?.value["text"]?.string == "because")
      #expect(settled[0].usage?.picoUsd == 1_000_000)
      #expect(settled[0].usage?.costSource == .provider)
      let got = try await json(scene.broker, "answer")
      #expect(got["text"]?.string == "because")
      #expect(got["model"]?.string == "one/small")
      #expect(got["reused"]?.bool == false)
      #expect(asked().count == 1)
      let calls = await scene.broker.calls
      let place = (
        settle: calls.firstIndex { $0.asSettle != nil }, put: calls.firstIndex { $0.asPut?.path == "answer" }
      )
      #expect((place.settle ?? .max) < (place.put ?? -1))
      #expect(await scene.broker.files["hasmodel"] == Array("True".utf8))
    }
  }

  @Test func `an answer that is kept costs nothing and is the same`() async throws {
    try await withModel(asking, script: { _, _, _ in answer("never") }) { scene, asked in
      await scene.broker.set {
        $0.verdict = { _, _ in
          WorkerAPI.ReserveCall.Reply(
            verdict: .hit, call: 7, answer: ["model": "one/small", "text": "kept", "finish": "stop"])
        }
      }
      await scene.broker.give(lease(1, models: ["one/small"]))
      try await scene.completes(1)
      let got = try await json(scene.broker, "answer")
      #expect(got["text"]?.string == "kept")
      #expect(got["reused"]?.bool == true)
      #expect(asked().isEmpty)
      #expect(await scene.broker.settlements.isEmpty)
    }
  }

  @Test func `a model that is in no configuration is told of with the file that was read, and no full stop at the end`()
    async throws
  {
    try await withModel(asking, script: { _, _, _ in answer("never") }) { scene, asked in
      await scene.broker.give(lease(1, models: ["openroute/x"]))
      let fail = try await scene.broker.end(of: 1).asFail
      #expect(fail?.class == "no_model")
      let message = try #require(fail?.message)
      #expect(message.hasPrefix("There is no provider 'openroute'. "), "\(message)")
      #expect(message.hasSuffix("start it again"), "\(message)")
    }
    try withDirectory { directory in
      let path = directory + "/models.json"
      let missing = try ProviderTable.load(environment: ["XDG_CONFIG_HOME": directory])
      #expect(missing.source == .missing(directory + "/genbroker/models.json"))
      #expect(missing.source.reading.contains("found no configuration at '\(directory)/genbroker/models.json'"))
      try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
      let read = try ProviderTable.load(environment: ["GENBROKER_MODELS": path])
      #expect(read.source == .file(path) && read.source.reading.contains("from '\(path)' when it started"))
    }
  }

  @Test func `a job without models is told so, and nobody is asked`() async throws {
    try await withModel(asking, script: { _, _, _ in answer("never") }) { scene, asked in
      await scene.broker.give(lease(1))
      let fail = try await scene.broker.end(of: 1).asFail
      #expect(fail?.class == "no_model")
      #expect(fail?.retryable == false)
      #expect(asked().isEmpty)
      #expect(await scene.broker.reservations.isEmpty)
    }
  }

  @Test func `a wait goes on when the broker says so`() async throws {
    try await withModel(asking, script: { _, _, _ in answer("at last") }) { scene, _ in
      await scene.broker.set {
        $0.verdict = { _, earlier in
          earlier == 0
            ? WorkerAPI.ReserveCall.Reply(verdict: .wait, reason: "slots", message: "all slots are taken")
            : WorkerAPI.ReserveCall.Reply(verdict: .go, call: 1)
        }
      }
      await scene.broker.give(lease(1, models: ["one/small"]))
      try await scene.broker.wait("the question") { !$0.reservations.isEmpty }
      await scene.broker.order(WorkerAPI.Attend.Reply(ask: 1))
      try await scene.completes(1)
      #expect(await scene.broker.reservations.count == 2)
    }
  }

  @Test func `a wait of a known time goes on by itself`() async throws {
    try await withModel(asking, script: { _, _, _ in answer("at last") }) { scene, _ in
      await scene.broker.set {
        $0.verdict = { _, earlier in
          earlier < 3
            ? WorkerAPI.ReserveCall.Reply(verdict: .wait, waitMs: 5, reason: "parked", message: "one is parked")
            : WorkerAPI.ReserveCall.Reply(verdict: .go, call: 1)
        }
      }
      await scene.broker.give(lease(1, models: ["one/small"]))
      try await scene.completes(1)
    }
  }

  @Test func `a go that was lost with the connection is taken up again`() async throws {
    try await withModel(asking, script: { _, _, _ in answer("once") }) { scene, asked in
      await scene.broker.set {
        $0.verdict = { _, _ in
          WorkerAPI.ReserveCall.Reply(
            verdict: .wait, call: 5, reason: "in_flight", message: "the same question is being asked already")
        }
      }
      await scene.broker.give(lease(1, models: ["one/small"]))
      try await scene.completes(1)
      #expect(await scene.broker.settlements.map(\.call) == [5])
      #expect(asked().count == 1)
    }
  }

  @Test func `a long wait gives the task back, and charges nothing`() async throws {
    try await withModel(asking, script: { _, _, _ in answer("never") }) { scene, _ in
      await scene.broker.set {
        $0.verdict = { _, _ in
          WorkerAPI.ReserveCall.Reply(verdict: .wait, waitMs: 60_000, reason: "parked", message: "one is parked")
        }
      }
      await scene.broker.give(lease(1, models: ["one/small"]))
      let fail = try await scene.broker.end(of: 1).asFail
      #expect(fail?.class == "rate_limited")
      #expect(fail?.retryAfterMs == 60_000)
      #expect(fail?.message.contains("one is parked") == true)
    }
  }

  @Test func `without money the lease is given back and not failed`() async throws {
    try await withModel(asking, script: { _, _, _ in answer("never") }) { scene, asked in
      await scene.broker.set {
        $0.verdict = { _, _ in
          WorkerAPI.ReserveCall.Reply(verdict: .refused, reason: "budget", message: "the budget of job 1 is used up")
        }
      }
      await scene.broker.give(lease(1, models: ["one/small", "two/large"]))
      let end = try await scene.broker.end(of: 1)
      #expect(end.asFail == nil)
      #expect(end.asComplete == nil)
      #expect(await scene.broker.reservations.count == 1)
      #expect(asked().isEmpty)
    }
  }

  @Test func `a 429 is told with its time, and the next model is asked`() async throws {
    try await withModel(
      asking,
      script: { model, _, _ in
        model.provider == "one" ? failure(.retryAfter(ms: 30_000), .rateLimited) : answer("from two")
      }
    ) { scene, asked in
      await scene.broker.give(lease(1, models: ["one/small", "two/large"]))
      try await scene.completes(1)
      let settled = await scene.broker.settlements
      #expect(settled.map(\.outcome) == [.failed, .answered])
      #expect(settled[0].parkMs == 30_000)
      #expect(settled[0].class == "rate_limited")
      let got = try await json(scene.broker, "answer")
      #expect(got["model"]?.string == "two/large")
      #expect(asked().map(\.model.provider) == ["one", "two"])
    }
  }

  @Test func `a stream that was cut off may have cost something, and is asked for again`() async throws {
    try await withModel(
      asking,
      script: { _, _, earlier in
        earlier == 0 ? failure(.ambiguous, .truncatedStream, billing: .perhaps) : answer("whole")
      }
    ) { scene, asked in
      await scene.broker.give(lease(1, models: ["one/small"]))
      try await scene.completes(1)
      #expect(await scene.broker.settlements.map(\.outcome) == [.unknown, .answered])
      #expect(asked().count == 2)
    }
  }

  @Test func `an answer that breaks the schema is asked for once more, with what is wrong`() async throws {
    let schema: JSONTree = [
      "type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"], "additionalProperties": false,
    ]
    try await withModel(
      asking, script: { _, _, earlier in answer(earlier == 0 ? #"{"n": "four"}"# : "```json\n{\"n\": 4}\n```") }
    ) { scene, asked in
      await scene.broker.give(lease(1, payload: RawJSON(["more": ["schema": schema]]), models: ["one/small"]))
      try await scene.completes(1)
      let settled = await scene.broker.settlements
      #expect(settled.map(\.outcome) == [.rejected, .answered])
      #expect(settled[0].answer?.value["text"]?.string == #"{"n": "four"}"#)
      #expect(settled[0].message?.contains("/n") == true)
      let got = try await json(scene.broker, "answer")
      #expect(got["value"]?["n"]?.int == 4)
      let asked = asked()
      #expect(asked[1].request.messages.count == 3)
      let reserved = await scene.broker.reservations
      #expect(reserved[0].request != reserved[1].request)
    }
  }

  @Test func `an answer that stays wrong fails the attempt, and every answer is kept`() async throws {
    let schema: JSONTree = ["type": "object", "required": ["n"]]
    try await withModel(asking, script: { _, _, _ in answer("no JSON at all") }) { scene, asked in
      await scene.broker.give(lease(1, payload: RawJSON(["more": ["schema": schema]]), models: ["one/small"]))
      let fail = try await scene.broker.end(of: 1).asFail
      #expect(fail?.class == "bad_answer")
      #expect(fail?.retryable == true)
      #expect(await scene.broker.settlements.map(\.outcome) == [.rejected, .rejected])
      #expect(asked().count == 2)
    }
  }

  @Test(arguments: [ModelAnswer.Finish.refusal, .safety])
  func `a refusal is paid for, kept, and no answer`(_ finish: ModelAnswer.Finish) async throws {
    try await withModel(asking, script: { _, _, _ in answer("I will not", finish: finish) }) { scene, _ in
      await scene.broker.give(lease(1, models: ["one/small"]))
      let fail = try await scene.broker.end(of: 1).asFail
      #expect(fail?.class == "model_refused")
      #expect(fail?.retryable == false)
      #expect(fail?.message.contains("I will not") == true)
      #expect(await scene.broker.settlements.map(\.outcome) == [.rejected])
    }
  }

  @Test func `a plugin that passes on nothing but the words has the class of the model's failure`() async throws {
    let plain = python(
      """
      def generate(id, params):
          reply = ask("model", messages=[{"role": "user", "text": "why?"}])
          send(id=id, error={"code": 1, "message": "it said: " + reply["error"]["message"]})
      """)
    try await withModel(plain, script: { _, _, _ in answer("I will not", finish: .refusal) }) { scene, _ in
      await scene.broker.give(lease(1, models: ["one/small"]))
      let fail = try await scene.broker.end(of: 1).asFail
      #expect(fail?.class == "model_refused")
      #expect(fail?.retryable == false)
      #expect(fail?.message.hasPrefix("it said: ") == true)
    }
  }

  @Test func `a call that the broker cannot take as it is told is not left open`() async throws {
    try await withModel(asking, script: { _, _, _ in answer("odd") }) { scene, _ in
      await scene.broker.set {
        $0.react = { call in
          guard case .settleCall(let settle) = call, settle.outcome == .answered else { return .accept }
          return .refuse(WorkerAPI.Refused(message: "it is odd", remedy: "none"))
        }
      }
      await scene.broker.give(lease(1, models: ["one/small"]))
      let fail = try await scene.broker.end(of: 1).asFail
      #expect(fail?.class == "refused")
      #expect(await scene.broker.settlements.map(\.outcome) == [.answered, .unknown])
    }
  }

  @Test func `what a provider tells beyond all reason does not keep its answer from being kept`() async throws {
    let odd: @Sendable (ModelName, ModelRequest, Int) -> CallEnd? = { _, _, _ in
      guard case .answered(var odd) = answer("fine") else { return nil }
      odd.usage.input = .max
      odd.reportedPicoUSD = .max
      return .answered(odd)
    }
    try await withModel(asking, script: odd) { scene, _ in
      await scene.broker.give(lease(1, models: ["one/small"]))
      try await scene.completes(1)
      let usage = await scene.broker.settlements.first?.usage
      #expect(usage?.inputTokens == 1_000_000_000)
      #expect(usage?.picoUsd == 10_000_000_000_000_000)
    }
  }

  @Test func `an image comes as a file, and is kept with the answer`() async throws {
    let bytes = [UInt8](repeating: 7, count: 700_000)
    try await withModel(
      asking, script: { _, _, _ in answer("", images: [ModelImage(bytes: bytes, mediaType: "image/png")]) }
    ) { scene, _ in
      await scene.broker.give(lease(1, payload: RawJSON(["more": ["image": ["count": 1]]]), models: ["one/small"]))
      try await scene.completes(1)
      let settled = await scene.broker.settlements
      #expect(settled[0].files?.map(\.mediaType) == ["image/png"])
      #expect(await scene.broker.uploaded(settled[0].files?.first?.sha256 ?? "") == bytes)
      #expect(await scene.broker.files["image"] == bytes)
    }
  }

  @Test func `an image that is kept is given again`() async throws {
    let bytes = [UInt8](repeating: 9, count: 600_000)
    try await withModel(asking, script: { _, _, _ in answer("never") }) { scene, asked in
      await scene.broker.set {
        $0.answers = [bytes]
        $0.verdict = { _, _ in
          WorkerAPI.ReserveCall.Reply(
            verdict: .hit, call: 7, answer: ["model": "one/small", "text": "", "finish": "stop"],
            files: [.init(mediaType: "image/png", sha256: SHA256Digest(of: bytes).hex, size: bytes.count)])
        }
      }
      await scene.broker.give(lease(1, payload: RawJSON(["more": ["image": ["count": 1]]]), models: ["one/small"]))
      try await scene.completes(1)
      #expect(await scene.broker.files["image"] == bytes)
      #expect(asked().isEmpty)
    }
  }

  @Test func `a text that is too long for a line comes as a file`() async throws {
    let long = String(repeating: "ä\n", count: 100_000)
    let reading = python(
      """
      def generate(id, params):
          got = ask("model", messages=[{"role": "user", "text": "long"}])["result"]
          result("answer", open(got["text_file"]).read())
          finish(id)
      """)
    try await withModel(reading, script: { _, _, _ in answer(long) }) { scene, _ in
      await scene.broker.give(lease(1, models: ["one/small"]))
      try await scene.completes(1)
      #expect(await scene.broker.files["answer"] == Array(long.utf8))
      #expect(await scene.broker.settlements[0].answer?.value["text"]?.string == long)
    }
  }

  @Test func `what was sent for a lease that is lost is settled all the same`() async throws {
    let hold = Locked<Bool>(true)
    try await withModel(asking, script: { _, _, _ in hold.withLock { $0 } ? nil : answer("late") }) { scene, asked in
      await scene.broker.give(lease(1, models: ["one/small"]))
      try await scene.eventually("the model is asked") { !asked().isEmpty }
      await scene.broker.order(WorkerAPI.Attend.Reply(cancel: 1))
      #expect(await scene.broker.settlements.isEmpty)
      hold.withLock { $0 = false }
      try await scene.broker.wait("the settlement") { !$0.settlements.isEmpty }
      #expect(await scene.broker.settlements.map(\.outcome) == [.answered])
      #expect(await scene.broker.files.isEmpty)
    }
  }

  @Test(arguments: [
    (#"{"messages": []}"#, "no messages"),
    (#"{"messages": [{"role": "user"}]}"#, "either text or parts"),
    (#"{"messages": [{"role": "user", "parts": [{}]}]}"#, "exactly one of text"),
    (#"{"messages": [{"role": "system", "parts": [{"input": "a.png"}]}]}"#, "only messages of the user"),
    (#"{"messages": [{"role": "user", "text": "x"}], "temperature": 3}"#, "temperature"),
    (#"{"messages": [{"role": "user", "text": "x"}], "max_output_tokens": 0}"#, "max_output_tokens"),
    (#"{"messages": [{"role": "user", "text": "x"}], "sample": 1000}"#, "sample"),
    (#"{"messages": [{"role": "user", "text": "x"}], "credits": -1}"#, "credits"),
    (#"{"messages": [{"role": "user", "text": "x"}], "schema": {"type": "nonsense"}}"#, "schema"),
    (#"{"messages": [{"role": "user", "text": "x"}], "image": {"count": 0}}"#, "images"),
  ])
  func `a question that cannot be asked is refused in words`(_ question: String, _ words: String) async throws {
    try await withModel(asking, script: { _, _, _ in answer("never") }) { scene, asked in
      let more = try RawJSON(parsing: Array(#"{"more": \#(question)}"#.utf8))
      await scene.broker.give(lease(1, payload: more, models: ["one/small"]))
      let fail = try await scene.broker.end(of: 1).asFail
      #expect(fail?.class == "bad_question")
      #expect(fail?.message.contains(words) == true, "\(fail?.message ?? "")")
      #expect(asked().isEmpty)
    }
  }
}
