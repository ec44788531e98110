import Broker
import JSON
import TestSupport
import Testing
import Varlink
import Wire

/// Clients that send too much, too slowly, or do not read.
@Suite(.serialized) struct FloodTests {
  @Test func `10,000 calls without reading one reply cost the broker little memory, and others are served`()
    async throws
  {
    try await withBroker { broker in
      let bystander = try Bystander(broker.place.socket)
      let before = residentKiB()
      let flood = try broker.client()
      // Each answer is twenty times as long as its call.
      let call = VarlinkClient.encoded(
        "org.varlink.service.GetInterfaceDescription", #"{"interface":"org.genbroker.Admin"}"#)
      let bytes = Array(String(repeating: call, count: 10_000).utf8)
      let sent = try sendUntilRefused(flood, bytes)
      try bystander.waitForARound()
      let grown = residentKiB() - before
      print("the broker took \(sent) of \(bytes.count) bytes and grew by \(grown) KiB")
      #expect(sent < bytes.count)
      if keepsFreedMemory {
        print("memory is not judged: a sanitizer keeps what is freed")
      } else {
        #expect(grown < 32 << 10)
      }
      // Nothing was dropped: whoever reads gets every answer.
      let answers = try readAll(flood, sending: bytes[sent...], calls: 10_000)
      #expect(answers == 10_000)
      #expect(try bystander.end().failures == [])
    }
  }

  /// Sends what the broker takes while nothing is read.
  private func sendUntilRefused(_ client: VarlinkClient, _ bytes: [UInt8]) throws -> Int {
    var sent = 0
    // When the kernel's buffers are full and stay so, the broker has stopped reading.
    while sent < bytes.count, client.socket.waitForRoom(withinMs: 500) {
      sent += try client.socket.sendSome(bytes[sent...])
    }
    return sent
  }

  private func readAll(_ client: VarlinkClient, sending rest: ArraySlice<UInt8>, calls: Int) throws -> Int {
    var rest = rest
    var answers = 0
    while answers < calls {
      if !rest.isEmpty { rest = rest.dropFirst(try client.socket.sendSome(rest)) }
      _ = try client.socket.takeIn()
      while client.socket.waitingMessages > 0 {
        guard try client.reply().error == nil else { return answers }
        answers += 1
      }
    }
    return answers
  }

  @Test func `who floods and goes away without reading is forgotten`() async throws {
    try await withBroker { broker in
      for _ in 0..<2 {
        let flood = try broker.client()
        let call = VarlinkClient.encoded(
          "org.varlink.service.GetInterfaceDescription", #"{"interface":"org.genbroker.Admin"}"#)
        let bytes = Array(String(repeating: call, count: 10_000).utf8)
        _ = try sendUntilRefused(flood, bytes)
        flood.close()
      }
      try waitUntilAlone(broker)
    }
  }

  /// More than the broker takes of one connection while an earlier call is not answered.
  private func pile(on client: VarlinkClient) throws {
    let call = VarlinkClient.encoded(
      "Jobs.Submit", #"{"kind":"pile","tasks":[{"key":"a","payload":{"a":"\#(filler(250_000))"}}]}"#)
    _ = try sendUntilRefused(client, Array(String(repeating: call, count: 24).utf8))
  }

  @Test func `who piles calls behind a stream and goes away is forgotten`() async throws {
    try await withBroker { broker in
      for _ in 0..<2 {
        let client = try broker.client()
        try client.send("Jobs.Watch", "{}", "more")
        try pile(on: client)
        client.close()
      }
      try waitUntilAlone(broker)
    }
  }

  @Test func `who piles calls behind a stream and sends no more gets the stream's end and the answers`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      try client.send("Jobs.Watch", "{}", "more")
      let call = VarlinkClient.encoded(
        "Jobs.Submit", #"{"kind":"pile","tasks":[{"key":"a","payload":{"a":"\#(filler(250_000))"}}]}"#)
      let sent = try sendUntilRefused(client, Array(String(repeating: call, count: 24).utf8))
      client.socket.finishSending()
      var answered = 0
      while let reply = try client.replyOrEnd() {
        answered += reply.parameters["job"] == nil ? 0 : 1
      }
      #expect(answered == sent / call.utf8.count)
      try waitUntilAlone(broker)
    }
  }

  @Test func `a worker that piles calls on both of its connections and dies loses its lease at once`() async throws {
    try await withBroker { broker in
      _ = try broker.client().submit(#"{"kind":"o","tasks":[{"key":"t"}]}"#)
      let worker = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try worker.lease()
      try worker.data.send("Jobs.Watch", "{}", "more")
      for client in [worker.data, worker.control] { try pile(on: client) }
      worker.die()
      let next = try ScriptedWorker(broker.place.socket, kind: "o")
      #expect(try next.lease().id > lease.id)
    }
  }

  /// Of answers of 20 KiB each: the broker stops at 4 MiB of them, and what it has sent then may be less again.
  @Test(arguments: [0, 100])
  func `a worker that hangs with unread answers loses its lease by its silence`(answersRead: Int) async throws {
    try await withBroker(quick) { broker in
      _ = try broker.client().submit(#"{"kind":"o","tasks":[{"key":"t"}]}"#)
      let hung = try ScriptedWorker(broker.place.socket, kind: "o")
      let lease = try hung.lease()
      let call = VarlinkClient.encoded(
        "org.varlink.service.GetInterfaceDescription", #"{"interface":"org.genbroker.Jobs"}"#)
      _ = try sendUntilRefused(hung.data, Array(String(repeating: call, count: 10_000).utf8))
      for _ in 0..<answersRead { _ = try hung.data.reply() }
      let next = try ScriptedWorker(broker.place.socket, kind: "o")
      #expect(try next.lease().id > lease.id)
    }
  }

  @Test func `one user cannot have all descriptors for uploads that never end`() async throws {
    try await withBroker { broker in
      var clients: [VarlinkClient] = []
      var refused = 0
      for number in 0..<300 {
        if number.isMultiple(of: 50) { clients.append(try broker.client()) }
        let begin = #"{"sha256":"\#(hash("\(number)"))","size":300000,"offset":0,"data":""}"#
        refused += try clients.last?.call("Jobs.PutInput", begin).name == "Jobs.Refused" ? 1 : 0
      }
      #expect(refused == 44)
      clients.removeAll()
      let begin = #"{"sha256":"\#(hash("x"))","size":300000,"offset":0,"data":""}"#
      try waitUntilAlone(broker)
      #expect(try broker.client().call("Jobs.PutInput", begin).error == nil)
    }
  }

  @Test func `who goes away in the middle of a download is forgotten`() async throws {
    try await withBroker { broker in
      let job = try makeFile(broker, bytes: 8 << 20)
      for _ in 0..<2 {
        let client = try broker.client()
        try client.send("Files.Read", #"{"job":\#(job),"path":"big"}"#, "more")
        _ = try client.reply()
        client.close()
      }
      try waitUntilAlone(broker)
    }
  }

  @Test func `a client that never reads its Watch costs no memory, and others see everything`() async throws {
    try await withBroker { broker in
      let lazy = try broker.client()
      try lazy.send("Jobs.Watch", #"{"since":"0"}"#, "more")
      let client = try broker.client()
      let tasks = list(1000) { "{\"key\":\"\($0)-\(filler(200))\"}" }
      for _ in 0..<10 { _ = try client.submit(#"{"kind":"x","tasks":\#(tasks)}"#) }
      let worker = try ScriptedWorker(broker.place.socket, kind: "x")
      for _ in 0..<100 { try worker.finish(worker.lease()) }
      #expect(try client.get("Jobs.Watch", #"{"since":"0","no_follow":true}"#, "more")["events"] != nil)
      lazy.close()
      worker.die()
      client.close()
      try waitUntilAlone(broker)
    }
  }

  @Test func `a thousand idle connections leave room for one more; those above the limit of a user are closed`()
    async throws
  {
    try await withBroker { broker in
      let bystander = try Bystander(broker.place.socket)
      var idle: [VarlinkClient] = []
      for _ in 0..<1000 { idle.append(try broker.client()) }
      try bystander.waitForARound()
      for _ in 0..<40 { idle.append(try broker.client()) }
      #expect(try idle.last?.replyOrEnd() == nil)
      try idle[0].get("Jobs.List")
      #expect(try bystander.end().failures == [])
      idle.removeAll()
      try waitUntilAlone(broker)
    }
  }

  @Test func `a call that comes byte by byte is answered, and holds nobody up`() async throws {
    try await withBroker { broker in
      let bystander = try Bystander(broker.place.socket)
      let slow = try broker.client()
      for byte in VarlinkClient.encoded("Jobs.List").utf8 {
        try slow.socket.send([byte])
        if byte == UInt8(ascii: ".") { try bystander.waitForARound() }
      }
      #expect(try slow.reply().error == nil)
      #expect(try bystander.end().failures == [])
    }
  }

  @Test func `calls before the end of sending are all answered, also more than may be open at a time`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let call = VarlinkClient.encoded("Jobs.Submit", #"{"kind":"x"}"#)
      try client.socket.send(String(repeating: call, count: 300))
      client.socket.finishSending()
      for number in 1...300 {
        #expect(try client.reply().parameters.at("job").int == Int64(number))
      }
      #expect(try client.replyOrEnd() == nil)
    }
  }

  @Test func `a stream that has an end is sent to it, also when the caller sends nothing more`() async throws {
    try await withBroker { broker in
      let job = try makeFile(broker, bytes: 3 << 20)
      let client = try broker.client()
      try client.send("Files.Read", #"{"job":\#(job),"path":"big"}"#, "more")
      client.socket.finishSending()
      var last = try client.reply()
      while last.continues { last = try client.reply() }
      #expect(last.parameters.at("eof").bool == true)
      #expect(try client.replyOrEnd() == nil)
      let watch = try broker.client()
      try watch.send("Jobs.Watch", #"{"since":"0","no_follow":true}"#, "more")
      watch.socket.finishSending()
      #expect(try watch.reply().parameters.at("caught_up").bool == true)
      #expect(try watch.replyOrEnd() == nil)
    }
  }

  @Test func `a connection that is cut in the middle of a message leaves no trace`() async throws {
    try await withBroker { broker in
      let call = Array(VarlinkClient.encoded("Jobs.Submit", #"{"kind":"x"}"#).utf8)
      for length in [1, 10, call.count - 2, call.count - 1] {
        let client = try broker.client()
        try client.socket.send(Array(call.prefix(length)))
        client.close()
      }
      try waitUntilAlone(broker)
      #expect(try broker.client().get("Jobs.List").at("jobs").elements?.count == 0)
    }
  }

  @Test func `oneway calls are obeyed and not answered, also when they are wrong`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      for bad in BadInputTables.calls + BadInputTables.uploads {
        let text = String(decoding: bad.bytes.dropLast(2), as: UTF8.self)
        guard !text.contains(#""upgrade":"#), !text.contains(#""more":"#) else { continue }
        try client.socket.send(text + #","oneway":true}"# + "\0")
      }
      try client.send("Jobs.Submit", #"{"kind":"x"}"#, "oneway")
      // The first answer belongs to the first call that wants one, and comes after everything before it.
      let first = try client.get("Jobs.List")
      #expect(first.at("jobs").elements?.count == 1)
    }
  }

  @Test func `a refused upload leaves no file behind`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let large = Base64.string([UInt8](repeating: 0, count: 200 << 10))
      let sha256 = hash("something else")
      _ = try client.get(
        "Jobs.PutInput", #"{"sha256":"\#(sha256)","size":\#(300 << 10),"offset":0,"data":"\#(large)"}"#)
      let more = try client.call(
        "Jobs.PutInput", #"{"sha256":"\#(sha256)","size":\#(300 << 10),"offset":\#(200 << 10),"data":"\#(large)"}"#)
      #expect(more.name == "Jobs.Refused")
      try waitUntil("the file is gone") { filesBelow(broker.place.store + ".blobs").isEmpty }
    }
  }
}
