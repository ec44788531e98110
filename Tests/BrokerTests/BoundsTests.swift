import Broker
import JSON
import TestSupport
import Testing
import Varlink
import Wire

/// The longest of everything still fits one message, and names are what their bytes are.
@Suite(.serialized) struct BoundsTests {
  /// Takes six bytes as JSON.
  private let control = #"\u0001"#

  /// All that a job may carry in labels, each character as long as JSON makes one that is allowed there.
  private var labels: String {
    func quotes(_ count: Int) -> String { String(repeating: #"\""#, count: count) }
    let members = (10..<42).map { #""\#($0)\#(quotes(254))":"\#(quotes(256))""# }
    return #""labels":{\#(members.joined(separator: ","))}"#
  }

  private func many(_ count: Int) -> String { String(repeating: control, count: count) }

  /// A reply that has to fit.
  private func fitting(_ reply: Reply) throws -> Reply {
    #expect(reply.error == nil, "\(reply.text)")
    #expect(reply.parameters.raw.count + 64 <= WireLimits.messageBytesMax)
    return reply
  }

  @Test func `a list of the largest jobs comes in pages that fit, and shows each job once`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      for _ in 0..<40 {
        let job = try client.submit(#"{"kind":"w","title":"\#(many(1024))",\#(labels)}"#)
        try client.get("Jobs.Pause", #"{"job":\#(job),"reason":"\#(many(1024))"}"#)
      }
      var (seen, pages): ([Int64], Int) = ([], 0)
      var more = true
      while more, pages < 100 {
        let before = seen.last.map { #","before":\#($0)"# } ?? ""
        let reply = try fitting(client.call("Jobs.List", #"{"limit":500\#(before)}"#)).parameters
        seen += (reply.at("jobs").elements ?? []).compactMap { $0.at("job").int }
        more = reply.at("more").bool == true
        pages += 1
      }
      #expect(seen == (1...40).reversed() && pages > 1)
    }
  }

  @Test func `the largest job with the longest phases is shown`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let tasks = list(100) { #"{"key":"t\#($0)","phase":"\#($0)\#(many(1020))"}"# }
      let job = try client.submit(#"{"kind":"w","title":"\#(many(1024))",\#(labels),"tasks":\#(tasks)}"#)
      let reply = try fitting(client.call("Jobs.Show", #"{"job":\#(job)}"#)).parameters
      #expect(reply.at("phases").elements?.count == 100)
      #expect(reply.at("job", "labels").members?.count == 32)
    }
  }

  @Test func `a watcher gets failures with the longest messages in replies that fit, and misses none`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let count = 100
      let job = try client.submit(
        #"{"kind":"w","max_attempts":1,"tasks":\#(list(count) { #"{"key":"t\#($0)"}"# })}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "w", slots: count)
      let failure = #""class":"plugin","message":"\#(many(4096))","retryable":false"#
      for _ in 0..<count { try worker.expectOK(worker.call("Fail", worker.lease().id, failure)) }
      let watcher = try broker.client()
      try watcher.send("Jobs.Watch", #"{"job":\#(job),"since":"0","until_end":true}"#, "more")
      var (numbers, failed, replies): ([Int64], Int, Int) = ([], 0, 0)
      var more = true
      while more {
        let reply = try fitting(watcher.reply())
        let events = reply.parameters.at("events").elements ?? []
        numbers += events.compactMap { $0.at("number").int }
        failed += events.filter { $0.at("type").string == "task.failed" }.count
        if let last = numbers.last, reply.continues {
          #expect(reply.parameters.at("cursor").string?.hasSuffix(":\(last)") == true)
        }
        replies += 1
        more = reply.continues
      }
      #expect(failed == count && replies > 2)
      #expect(try numbers == Array(1...(client.get("Admin.Status").at("events").int ?? 0)))
    }
  }

  @Test func `keys and outputs that only look the same are two`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let (one, two) = ("\u{FC}", "u\u{308}")
      let job = try client.submit(
        #"{"kind":"w","tasks":[{"key":"\#(one)","outputs":["\#(one).txt"]},{"key":"\#(two)","needs":["\#(one)"]}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "w")
      var lease = try worker.lease()
      #expect(lease.key.utf8.elementsEqual(one.utf8))
      try worker.expectOK(worker.put(lease.id, two + ".txt", "other"))
      #expect(try worker.complete(lease.id, [(two + ".txt", "other")]).name == "Worker.Conflict")
      try worker.expectOK(worker.call("Release", lease.id))
      lease = try worker.lease()
      try worker.expectOK(worker.put(lease.id, one + ".txt", "declared"))
      try worker.expectOK(worker.complete(lease.id, [(one + ".txt", "declared"), (two + ".txt", "other")]))
      let next = try worker.lease()
      #expect(next.key.utf8.elementsEqual(two.utf8))
      try worker.finish(next)
      #expect(try client.get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "state").string == "succeeded")
      #expect(try client.get("Admin.Check").at("findings").elements?.count == 0)
    }
  }
}
