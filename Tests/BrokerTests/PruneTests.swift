import Broker
import Digest
import Glibc
import JSON
import TestSupport
import Testing
import Varlink
import Wire

/// Jobs that are removed while others work, watch and read.
@Suite(.serialized) struct PruneTests {
  /// What the stream says, until its last reply.
  private func prune(_ client: VarlinkClient, _ parameters: String) throws -> (jobs: [JSONValue], last: Reply) {
    try client.send("Admin.Prune", parameters, "more")
    var jobs: [JSONValue] = []
    while true {
      let reply = try client.reply()
      guard reply.continues else { return (jobs, reply) }
      jobs.append(reply.parameters.at("job"))
    }
  }

  /// The numbers of the jobs that are gone.
  @discardableResult
  private func pruned(_ broker: RunningBroker, _ parameters: String) throws -> [Int64] {
    let (jobs, last) = try prune(broker.client(), parameters)
    #expect(last.name == "ok", "\(last.text)")
    return jobs.filter { $0["kept"] == nil }.compactMap { $0.at("job").int }
  }

  /// A finished job with so many tasks, each with a file.
  private func finishedJob(_ broker: RunningBroker, tasks: Int = 1) throws -> Int64 {
    let specs = (0..<tasks).map { #"{"key":"t\#($0)"}"# }.joined(separator: ",")
    let job = try broker.client().submit(#"{"kind":"p","tasks":[\#(specs)]}"#)
    let worker = try ScriptedWorker(broker.place.socket, kind: "p")
    for _ in 0..<tasks {
      let lease = try worker.lease()
      try worker.put(lease.id, lease.key, "text of \(lease.key)")
      #expect(try worker.complete(lease.id, [(lease.key, "text of \(lease.key)")]).name == "ok")
    }
    worker.die()
    return job
  }

  private func findings(_ broker: RunningBroker) throws -> [String] {
    try broker.client().get("Admin.Check").at("findings").elements?.map(\.text) ?? []
  }

  @Test func `many jobs of one project are told of one by one, in little memory`() async throws {
    try await withBroker { broker in
      let client = try broker.client()
      let call = VarlinkClient.encoded("Jobs.Submit", #"{"kind":"p","tasks":[],"project":"many"}"#)
      for _ in 0..<30 {
        try client.socket.send(String(repeating: call, count: 100))
        for _ in 0..<100 { #expect(try client.reply().error == nil) }
      }
      let before = residentKiB()
      let (told, last) = try prune(broker.client(), #"{"keep":0,"dry_run":true}"#)
      #expect(last.error == nil && told.count == 3_000)
      // Each list of those that were left took a megabyte, and all were held.
      if !keepsFreedMemory { #expect(residentKiB() - before < 128 << 10) }
      #expect(try pruned(broker, #"{"keep":0}"#).count == 3_000)
    }
  }

  @Test func `others are served while a large job goes, and everything of it is gone after`() async throws {
    try await withBroker { broker in
      let job = try finishedJob(broker, tasks: 400)
      let bystander = try Bystander(broker.place.socket)
      try bystander.waitForARound()
      let (jobs, last) = try prune(broker.client(), #"{"jobs":[\#(job)]}"#)
      try bystander.waitForARound()
      #expect(jobs.map { $0.at("job").int } == [job] && jobs.first?.at("files").int == 400)
      #expect(last.parameters.at("freed_bytes").int ?? 0 > 400 * 10)
      let report = try bystander.end()
      print("the bystander: \(report.rounds) rounds, slowest \(report.slowestMicroseconds) µs")
      #expect(report.failures == [])
      #expect(try broker.client().call("Jobs.Show", #"{"job":\#(job)}"#).name == "Jobs.NoSuchJob")
      #expect(try findings(broker) == [])
    }
  }

  @Test func `a dry run tells the same and changes nothing`() async throws {
    try await withBroker { broker in
      let jobs = try (0..<3).map { _ in try finishedJob(broker) }
      let dry = try pruned(broker, #"{"keep":1,"dry_run":true}"#)
      #expect(try broker.client().get("Jobs.List").at("jobs").elements?.count == 3)
      #expect(try pruned(broker, #"{"keep":1}"#) == dry && dry == Array(jobs.prefix(2)))
      #expect(try broker.client().get("Jobs.List").at("jobs").elements?.count == 1)
    }
  }

  @Test func `archived files go with an age, each is told of, and a dry run only tells`() async throws {
    try await withBroker { broker in
      let job = try finishedJob(broker, tasks: 3)
      let client = try broker.client()
      _ = try client.get("Files.Archive", #"{"job":\#(job),"paths":["t0","t1"]}"#)
      func paths(_ parameters: String) throws -> [String] {
        try client.send("Admin.Prune", parameters, "more")
        var paths: [String] = []
        while true {
          let reply = try client.reply()
          guard reply.continues else {
            #expect(reply.name == "ok", "\(reply.text)")
            return paths
          }
          paths.append(reply.parameters.at("file", "path").string ?? reply.text)
        }
      }
      #expect(try paths(#"{"archived_older_than_ms":3600000}"#) == [])
      // A moment has to pass: what was archived in this millisecond is not older than nothing.
      try waitUntil("the files are older") {
        try paths(#"{"archived_older_than_ms":0,"dry_run":true}"#) == ["t0", "t1"]
      }
      #expect(try paths(#"{"archived_older_than_ms":0}"#) == ["t0", "t1"])
      #expect(try paths(#"{"archived_older_than_ms":0}"#) == [])
      let left = try client.get("Files.List", #"{"job":\#(job),"archived":true,"all_versions":true}"#)
      #expect(left.at("files").elements?.map { $0.at("path").string } == ["t2"])
      #expect(try client.get("Jobs.Show", #"{"job":\#(job)}"#).at("job", "files").int == 1)
      #expect(try findings(broker) == [])
    }
  }

  @Test func `two removals at once tell of each job once, and leave nothing`() async throws {
    try await withBroker { broker in
      let jobs = try [100, 1, 100].map { try finishedJob(broker, tasks: $0) }
      let (first, second) = (try broker.client(), try broker.client())
      for client in [first, second] { try client.send("Admin.Prune", #"{"keep":0}"#, "more") }
      var told: [Int64] = []
      for client in [first, second] {
        var reply = try client.reply()
        while reply.continues {
          told += reply.parameters.at("job", "job").int.map { [$0] } ?? []
          reply = try client.reply()
        }
        #expect(reply.name == "ok", "\(reply.text)")
      }
      #expect(told.sorted() == jobs)
      #expect(try findings(broker) == [])
    }
  }

  // MARK: Who watches

  @Test func `who watches a job that goes is told; who watches another or everything is not disturbed`() async throws {
    try await withBroker { broker in
      let (goes, stays) = (try finishedJob(broker), try finishedJob(broker))
      func watch(_ parameters: String) throws -> VarlinkClient {
        let client = try broker.client()
        try client.send("Jobs.Watch", parameters, "more")
        while try client.reply().parameters.at("caught_up").bool != true {}
        return client
      }
      let ofJob = try watch(#"{"job":\#(goes),"since":"0"}"#)
      let ofOther = try watch(#"{"job":\#(stays),"since":"0"}"#)
      let ofAll = try watch(#"{"since":"0"}"#)
      try pruned(broker, #"{"jobs":[\#(goes)]}"#)
      #expect(try ofJob.reply().name == "Jobs.NoSuchJob")
      // Its connection is free for other calls.
      try ofJob.get("Jobs.List")
      let new = try broker.client().submit(#"{"kind":"later"}"#)
      let next = try ofAll.reply()
      #expect(next.continues && next.parameters.at("events").elements?.first?.at("job").int == new)
      try broker.client().get("Admin.Drain")
      #expect(try ofOther.reply().name == "ok")
    }
  }

  @Test func `a cursor of before is too old for everything, and good for a job that stayed`() async throws {
    try await withBroker { broker in
      let stays = try finishedJob(broker)
      let client = try broker.client()
      func read(_ parameters: String) throws -> Reply { try client.call("Jobs.Watch", parameters, "more") }
      let before = try #require(try read(#"{"since":"0","no_follow":true}"#).parameters.at("cursor").string)
      let goes = try finishedJob(broker)
      let after = try #require(
        try read(#"{"since":"\#(before)","no_follow":true}"#).parameters.at("cursor").string)
      try pruned(broker, #"{"jobs":[\#(goes)]}"#)
      let refused = try read(#"{"since":"\#(before)","no_follow":true}"#)
      #expect(refused.name == "Jobs.CursorTooOld")
      let oldest = try #require(refused.parameters.at("oldest").string)
      for since in [oldest, after] {
        let reply = try read(#"{"since":"\#(since)","no_follow":true}"#)
        #expect(reply.name == "ok" && reply.parameters.at("events").elements?.isEmpty == true)
      }
      #expect(try read(#"{"job":\#(stays),"since":"\#(before)","no_follow":true}"#).name == "ok")
      let all = try read(#"{"since":"0","no_follow":true}"#).parameters.at("events").elements ?? []
      #expect(!all.isEmpty && all.allSatisfy { $0.at("job").int == stays })
    }
  }

  // MARK: Who reads

  @Test func `who reads a file while its job goes hears that there is no such job`() async throws {
    try await withBroker { broker in
      let job = try makeFile(broker, bytes: 8 << 20)
      let reader = try broker.client()
      try reader.send("Files.Read", #"{"job":\#(job),"path":"big"}"#, "more")
      #expect(try reader.reply().continues)
      try pruned(broker, #"{"jobs":[\#(job)]}"#)
      try waitUntil("its file is gone") { filesBelow(broker.place.store + ".blobs").isEmpty }
      var last = try reader.reply()
      while last.continues { last = try reader.reply() }
      #expect(last.name == "Files.NoSuchJob", "\(last.text)")
    }
  }

  // MARK: Files beside the database

  @Test func `large files that no row names are removed, and none that somebody is sending`() async throws {
    try await withBroker { broker in
      _ = try makeFile(broker, bytes: 600 << 10)
      // What a crash has left: a file without a row. And one of the same kind that is being sent.
      let blobs = broker.place.store + ".blobs"
      let ofJob = Set(filesBelow(blobs))
      let sha256 = try sendInput(broker.client(), [UInt8](repeating: 7, count: 600 << 10))
      let orphan = "\(blobs)/ab/\(filler(62, "c"))"
      try writeFile(orphan)
      try pruned(broker, #"{"keep":0}"#)
      try waitUntil("the orphan is gone") { access(orphan, F_OK) != 0 }
      // What a job has named goes with it; what waits for a job that names it stays.
      try waitUntil("the job's file is gone") { ofJob.isDisjoint(with: filesBelow(blobs)) }
      #expect(filesBelow(blobs).map { String($0.suffix(62)) } == [String(sha256.dropFirst(2))])
      #expect(try findings(broker) == [])
    }
  }

  /// Sends an input that no job names yet; its hash.
  private func sendInput(_ client: VarlinkClient, _ content: [UInt8]) throws -> String {
    let sha256 = SHA256Digest(of: content).hex
    for offset in stride(from: 0, to: content.count, by: WireLimits.inlineDataBytesMax) {
      let chunk = Base64.string(Array(content[offset..<min(offset + WireLimits.inlineDataBytesMax, content.count)]))
      let place = #""size":\#(content.count),"offset":\#(offset)"#
      try client.get("Jobs.PutInput", #"{"sha256":"\#(sha256)",\#(place),"data":"\#(chunk)"}"#)
    }
    return sha256
  }

  private func writeFile(_ path: String) throws {
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    mkdir("/" + parent, 0o700)
    let file = open(path, O_WRONLY | O_CREAT, 0o600)
    guard file >= 0, write(file, [1], 1) == 1 else { throw SupportError(message: "no file at \(path)") }
    close(file)
  }

  // MARK: The end of the broker

  @Test func `a broker that dies in the middle goes on when it starts again`() async throws {
    try await withPlace { place in
      var broker = try await RunningBroker(place)
      let stays = try finishedJob(broker)
      let goes = try finishedJob(broker, tasks: 300)
      _ = try broker.client().submit(#"{"kind":"other"}"#)
      try broker.client().send("Admin.Prune", #"{"jobs":[\#(goes)]}"#, "more")
      // Marked, and not gone: whoever asks sees it no more.
      try waitUntil("the job is nobody's") {
        try broker.client().call("Jobs.Show", #"{"job":\#(goes)}"#).name == "Jobs.NoSuchJob"
      }
      try await broker.crash()
      broker = try await RunningBroker(place)
      #expect(try broker.client().call("Jobs.Show", #"{"job":\#(goes)}"#).name == "Jobs.NoSuchJob")
      #expect(try broker.client().get("Jobs.Show", #"{"job":\#(stays)}"#).at("job", "state").string == "succeeded")
      try waitUntil("the rest is gone") {
        try broker.client().get("Admin.Check").at("results").int == 1
      }
      #expect(try findings(broker) == [])
      await broker.stop()
    }
  }
}
