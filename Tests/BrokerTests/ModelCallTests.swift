import Broker
import Digest
import JSON
import JobModel
import TestSupport
import Testing
import Varlink
import Wire

/// Model calls over the socket, as a worker and its users see them.
@Suite(.serialized) struct ModelCallTests {
  private static func ask(_ question: String, _ rest: String = "", tokens: String = "100", usd: String? = "10")
    -> String
  {
    let sha256 = SHA256Digest(of: Array(question.utf8)).hex
    let price = usd.map { #","pico_usd":\#($0)"# } ?? ""
    return #""request":"\#(sha256)","sample":0,"provider":"prov","account":"key","model":"large","#
      + #""estimate":{"tokens":\#(tokens)\#(price)},"prompt":{"q":"\#(question)"}"# + rest
  }

  private static func end(_ call: Int64, _ outcome: String, _ rest: String = "") -> String {
    #""call":\#(call),"outcome":"\#(outcome)"\#(rest.isEmpty ? "" : ",")\#(rest)"#
  }

  private static let answer =
    #""answer":{"text":"yes"},"usage":{"input_tokens":30,"output_tokens":10,"pico_usd":4,"cost_source":"provider"}"#

  private func settle(_ worker: ScriptedWorker, _ call: Int64, _ outcome: String, _ rest: String = "") throws -> Reply {
    try worker.data.call(
      "Worker.SettleCall", #"{"session":"\#(worker.session)",\#(Self.end(call, outcome, rest))}"#)
  }

  private func go(_ worker: ScriptedWorker, _ lease: Int64, _ question: String) throws -> Int64 {
    let reply = try worker.call("ReserveCall", lease, Self.ask(question)).parameters
    guard reply.at("verdict").string == "go" else { throw SupportError(message: reply.text) }
    return reply.at("call").int ?? 0
  }

  @Test func `a call is allowed, settled, listed, shown, summed up, and a hit for the next job`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let submit = #"{"kind":"m","tasks":[{"key":"t"}],"models":["prov/large","prov/small"],"budget":{"pico_usd":100}}"#
      let job = try client.submit(submit)
      let worker = try ScriptedWorker(broker.place.socket, kind: "m", slots: 2)
      let lease = try worker.lease()
      #expect(lease.content.at("models").elements?.compactMap(\.string) == ["prov/large", "prov/small"])
      let call = try go(worker, lease.id, "q")
      #expect(try settle(worker, call, "answered", Self.answer).parameters.at("standing").string == "settled")
      #expect(try settle(worker, call, "answered", Self.answer).parameters.at("standing").string == "settled")

      let calls = try client.get("Jobs.Calls", #"{"job":\#(job),"task":"t","state":"settled"}"#)
      #expect(calls.at("calls").elements?.map { $0.at("call").int } == [call] && calls.at("more").bool == false)
      let shown = try client.get("Jobs.ShowCall", #"{"call":\#(call)}"#)
      #expect(shown.at("prompt").at("q").string == "q" && shown.at("answer").at("text").string == "yes")
      let spending = try client.get("Jobs.Show", #"{"job":\#(job)}"#).at("spending")
      #expect(spending.at("settled").at("pico_usd").int == 4 && spending.at("budget").at("pico_usd").int == 100)

      _ = try client.submit(submit)
      let next = try worker.lease()
      let hit = try worker.call("ReserveCall", next.id, Self.ask("q")).parameters
      #expect(hit.at("verdict").string == "hit" && hit.at("call").int == call)
      #expect(hit.at("answer").at("text").string == "yes" && hit.at("usage").at("pico_usd").int == 4)
      for (by, name) in [("job", "\(job)"), ("model", "prov/large")] {
        let rows = try client.get("Admin.Usage", #"{"by":"\#(by)"}"#).at("rows").elements ?? []
        let row = try #require(rows.first { $0.at("name").string == name })
        #expect(row.at("pico_usd").int == 4 && row.at("calls").int == 1 && row.at("input_tokens").int == 30)
      }
    }
  }

  @Test func `who waits for a call is told over the control connection, and Explain says what for`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"m","tasks":[{"key":"a"},{"key":"b"}]}"#)
      try client.get("Admin.SetLimit", #"{"scope":"model:prov/large","unit":"concurrent","value":1}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "m", slots: 2)
      let (first, second) = (try worker.lease(), try worker.lease())
      let call = try go(worker, first.id, "a")
      let wait = try worker.call("ReserveCall", second.id, Self.ask("b")).parameters
      #expect(wait.at("verdict").string == "wait" && wait.at("reason").string == "slots" && wait["wait_ms"] == nil)
      let reasons = try client.get("Jobs.Explain", #"{"job":\#(job),"task":"b"}"#).at("reasons").text
      #expect(reasons.contains("A model call waits: 1 call under way"), "\(reasons)")
      let limits = try client.get("Admin.Limits").at("limits").elements ?? []
      #expect(limits.map { $0.at("used").int } == [1])
      #expect(try settle(worker, call, "failed", #""class":"bad","message":"no answer""#).name == "ok")
      #expect(try worker.order().at("ask").int == second.id)
      _ = try go(worker, second.id, "b")
      let after = try client.get("Jobs.Explain", #"{"job":\#(job),"task":"b"}"#).at("reasons").text
      #expect(!after.contains("waits"), "\(after)")
    }
  }

  @Test func `a worker that dies leaves its calls unknown, and another one's late word settles them`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"m","tasks":[{"key":"t"}]}"#)
      let dying = try ScriptedWorker(broker.place.socket, kind: "m")
      let call = try go(dying, dying.lease().id, "q")
      dying.die()
      let next = try ScriptedWorker(broker.place.socket, kind: "m")
      let lease = try next.lease()
      #expect(try client.get("Jobs.ShowCall", #"{"call":\#(call)}"#).at("call").at("state").string == "unknown")
      #expect(try settle(next, call, "answered", Self.answer).parameters.at("standing").string == "settled")
      let hit = try next.call("ReserveCall", lease.id, Self.ask("q")).parameters
      #expect(hit.at("verdict").string == "hit")
      #expect(try client.get("Jobs.Show", #"{"job":\#(job)}"#).at("spending").at("unknown").at("calls").int == 0)
    }
  }

  @Test func `a used-up budget pauses the job in words, and goes on with a higher one`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"m","tasks":[{"key":"t"}],"budget":{"calls":0}}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "m")
      let lease = try worker.lease()
      let refused = try worker.call("ReserveCall", lease.id, Self.ask("q")).parameters
      #expect(refused.at("verdict").string == "refused" && refused.at("reason").string == "budget")
      let reasons = try client.get("Jobs.Explain", #"{"job":\#(job)}"#).at("reasons").text
      #expect(reasons.contains("the budget of 0 calls for job \(job) has no room for the next call"), "\(reasons)")
      try client.get("Jobs.SetBudget", #"{"job":\#(job),"budget":{"calls":1}}"#)
      try client.get("Jobs.Resume", #"{"job":\#(job)}"#)
      _ = try go(worker, lease.id, "q")
    }
  }

  @Test func `a large file of an answer comes with ReadAnswer`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      _ = try client.submit(#"{"kind":"m","tasks":[{"key":"t"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "m")
      let lease = try worker.lease()
      let content = [UInt8](repeating: 7, count: 200_000)
      let sha256 = SHA256Digest(of: content).hex
      let chunk = #""sha256":"\#(sha256)","size":200000,"offset":0,"data":"\#(Base64.string(content))""#
      try worker.expectOK(worker.call("PutChunk", lease.id, chunk))
      let call = try go(worker, lease.id, "picture")
      let files = #""files":[{"media_type":"image/png","sha256":"\#(sha256)","size":200000}]"#
      try worker.expectOK(settle(worker, call, "answered", files))
      let hit = try worker.call("ReserveCall", lease.id, Self.ask("picture")).parameters
      #expect(hit.at("files").elements?.map { $0.at("sha256").string } == [sha256])
      let part = try worker.call("ReadAnswer", lease.id, #""call":\#(call),"file":0,"offset":100000,"length":200000"#)
        .parameters
      #expect(part.at("eof").bool == true && Base64.decode(part.at("data").string ?? "")?.count == 100_000)
      #expect(
        try worker.call("ReadAnswer", lease.id, #""call":\#(call),"file":1,"offset":0,"length":1"#).name
          == "Worker.NoSuchCall")
      #expect(try client.get("Admin.Check").at("findings").elements?.map(\.text) == [])
    }
  }

  /// Reservations that are refused, `%` being a bad number.
  private static let bad: [(what: String, call: String)] = [
    ("tokens below nothing", ask("q", tokens: "-1")), ("more tokens than any call has", ask("q", tokens: "1000000001")),
    ("money below nothing", ask("q", usd: "-1")),
    ("more money than any call takes", ask("q", usd: "10000000000000001")),
    ("a number that is none", ask("q", tokens: "9223372036854775808")), ("a fraction", ask("q", tokens: "1.5")),
    ("no hash", #""request":"x","sample":0,"provider":"p","account":"a","model":"m","estimate":{"tokens":1}"#),
    ("no provider", ask("q").replacing(#""provider":"prov""#, with: #""provider":"""#)),
    ("no account", ask("q").replacing(#""account":"key""#, with: #""account":"""#)),
    ("a control in the model", ask("q").replacing(#""model":"large""#, with: #""model":"a\u0007b""#)),
    ("a sample below nothing", ask("q").replacing(#""sample":0"#, with: #""sample":-1"#)),
    (
      "a prompt that is too long",
      ask("q", #","purpose":"p""#).replacing(#"{"q":"q"}"#, with: #"{"q":"\#(filler(600_000, "x"))"}"#)
    ),
  ]

  /// Settlements that are refused.
  private static let badEnds: [(what: String, rest: String)] = [
    ("answered without an answer", end(1, "answered")), ("failed with an answer", end(1, "failed", #""answer":{}"#)),
    ("a wait below nothing", end(1, "failed", #""park_ms":-1"#)),
    ("tokens below nothing", end(1, "answered", #""answer":{},"usage":{"input_tokens":-1,"cost_source":"none"}"#)),
    (
      "more money than any call takes",
      end(1, "answered", #""answer":{},"usage":{"pico_usd":9223372036854775807,"cost_source":"none"}"#)
    ),
    (
      "a file that nobody sent",
      end(1, "answered", #""files":[{"media_type":"a/b","sha256":"\#(filler(64, "0"))","size":1}]"#)
    ),
    (
      "a file below nothing",
      end(1, "answered", #""files":[{"media_type":"a/b","sha256":"\#(filler(64, "0"))","size":-1}]"#)
    ),
    ("an outcome that is none", end(1, "lost")), ("a call that is not there", end(99, "failed")),
  ]

  @Test func `every bad number and name gets one clear error, and the lease goes on`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let job = try client.submit(#"{"kind":"m","tasks":[{"key":"t"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "m")
      let lease = try worker.lease()
      for (what, call) in Self.bad {
        let reply = try worker.call("ReserveCall", lease.id, call)
        #expect(reply.name == "Worker.Refused" || reply.name == "service.InvalidParameter", "\(what): \(reply.text)")
      }
      let call = try go(worker, lease.id, "q")
      #expect(call == 1)
      for (what, rest) in Self.badEnds {
        let reply = try worker.data.call("Worker.SettleCall", #"{"session":"\#(worker.session)",\#(rest)}"#)
        #expect(
          ["Worker.Refused", "service.InvalidParameter", "Worker.NoSuchCall"].contains(reply.name),
          "\(what): \(reply.text)")
      }
      let ofUsers = [
        ("Jobs.SetBudget", #"{"job":\#(job),"budget":{"pico_usd":-1}}"#), ("Jobs.Calls", #"{"state":"lost"}"#),
        ("Jobs.Calls", #"{"limit":0}"#), ("Jobs.Calls", #"{"job":99}"#), ("Jobs.ShowCall", #"{"call":-1}"#),
        ("Admin.SetLimit", #"{"scope":"users","unit":"concurrent","value":1}"#),
        ("Admin.SetLimit", #"{"scope":"everybody","unit":"concurrent","value":1}"#),
        ("Admin.SetLimit", #"{"scope":"all","unit":"concurrent","value":-1}"#),
        ("Admin.Usage", #"{"by":"day","since_ms":-1}"#), ("Admin.Usage", #"{"by":"job","job":99}"#),
        ("Admin.Unpark", #"{"account":"nobody"}"#), ("Jobs.Submit", #"{"kind":"m","models":["gpt"]}"#),
        ("Jobs.Submit", #"{"kind":"m","budget":{"tokens":-1}}"#),
        ("Jobs.Submit", #"{"kind":"m","models":["a/b","a/b"]}"#),
      ]
      for (method, parameters) in ofUsers {
        #expect(try client.call(method, parameters).error != nil, "\(method) \(parameters)")
      }
      #expect(try settle(worker, call, "answered", Self.answer).parameters.at("standing").string == "settled")
      try worker.finish(lease)
      #expect(try client.get("Admin.Check").at("findings").elements?.map(\.text) == [])
    }
  }
}
