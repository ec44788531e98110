import Broker
import Glibc
import JSON
import TestSupport
import Testing

/// A second real user on the same machine. Needs root, to become that user, and `python3` and `setpriv`.
@Suite(.serialized) struct OtherUserTests {
  @Test(.enabled(if: OtherUser.isPossible))
  func `without the group another user cannot connect`() async throws {
    try await withSharedPlace(group: nil) { place, _ in
      let broker = try await RunningBroker(place)
      let answers = try OtherUser.calls(place.socket, ["Jobs.List"])
      #expect(answers == ["no connection"])
      await broker.stop()
    }
  }

  @Test(.enabled(if: OtherUser.isPossible))
  func `with the group another user works, and sees and changes nothing of the first one's`() async throws {
    try await withSharedPlace(group: OtherUser.group) { place, _ in
      let broker = try await RunningBroker(place)
      let job = try makeFile(broker, bytes: 1000)
      let live = try broker.client().submit(
        #"{"kind":"secret","open":true,"idempotency_key":"mine","tasks":[{"key":"t"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "worked")
      let leased = try broker.client().submit(#"{"kind":"worked"}"#)
      let lease = try worker.lease()
      let calls = Self.intrusions(job: job, live: live, worker: worker, lease: lease)
      let answers = try OtherUser.calls(place.socket, calls.map(\.call))
      for (intrusion, answer) in zip(calls, answers) {
        print("  \(intrusion.call.prefix(90)): \(answer.prefix(110))")
        #expect(answer.hasPrefix(intrusion.answer), "\(intrusion.call)")
      }
      #expect(answers.count == calls.count)
      // The first one's things are as they were.
      try worker.finish(lease)
      #expect(try broker.client().get("Jobs.Show", #"{"job":\#(leased)}"#).at("job", "state").string == "succeeded")
      #expect(try broker.client().get("Jobs.Show", #"{"job":\#(live)}"#).at("job", "state").string == "pending")
      // The first one, whose broker it is, sees the other's job.
      let owners = try broker.client().get("Jobs.List").at("jobs").elements?.compactMap { $0.at("owner").int } ?? []
      #expect(Set(owners) == [Int64(geteuid()), Int64(OtherUser.user)])
      await broker.stop()
    }
  }

  @Test(.enabled(if: OtherUser.isPossible))
  func `another user finds what is theirs behind much that is not`() async throws {
    try await withSharedPlace(group: OtherUser.group) { place, _ in
      let broker = try await RunningBroker(place)
      let client = try broker.client()
      for _ in 0..<1_500 { try client.send("Jobs.Submit", #"{"kind":"k","tasks":[]}"#) }
      for _ in 0..<1_500 { _ = try client.reply() }
      let answers = try OtherUser.calls(
        place.socket, [#"Jobs.Submit {"kind":"k"}"#, #"more:Jobs.Watch {"since":"0","no_follow":true}"#])
      #expect(answers.last?.hasPrefix(#"ok {"events": [{"#) == true && answers.last?.contains("1501") == true)
      await broker.stop()
    }
  }

  @Test(.enabled(if: OtherUser.isPossible))
  func `another user's worker gets that user's tasks only, and resumes nobody else's`() async throws {
    try await withSharedPlace(group: OtherUser.group) { place, _ in
      var broker = try await RunningBroker(place)
      _ = try broker.client().submit(#"{"kind":"k","tasks":[{"key":"roots"}]}"#)
      let worker = try ScriptedWorker(place.socket, kind: "k")
      let lease = try worker.lease()
      _ = try broker.client().submit(#"{"kind":"k","priority":100,"tasks":[{"key":"roots2"}]}"#)
      try await broker.crash()
      broker = try await RunningBroker(place)
      let answers = try OtherUser.calls(
        place.socket,
        [
          "Worker.Hello "
            + #"{"kind":"k","name":"n","pid":1,"slots":9,"resume":"\#(worker.session)","leases":[\#(lease.id)]}"#,
          "attend", #"other:Jobs.Submit {"kind":"k","tasks":[{"key":"own"}]}"#, "order", "quiet",
        ])
      #expect(answers.first?.contains(#""resumed": [], "lost": [\#(lease.id)]"#) == true)
      #expect(answers.dropFirst(3).first?.contains(#""key": "own""#) == true)
      #expect(answers.last == "quiet")
      await broker.stop()
    }
  }

  private struct Intrusion {
    let call: String
    let answer: String
  }

  private static func intrusions(
    job: Int64, live: Int64, worker: ScriptedWorker, lease: ScriptedWorker.Lease
  ) -> [Intrusion] {
    let hidden = "org.genbroker.Jobs.NoSuchJob"
    let onJob = ["Show", "Tasks", "Cancel", "Pause", "Resume", "Retry", "Explain", "Logs", "Seal"].map {
      Intrusion(call: #"Jobs.\#($0) {"job":\#(live)}"#, answer: hidden)
    }
    let stale = #"{"session":"\#(worker.session)","lease":\#(lease.id)"#
    return onJob + [
      Intrusion(call: "Jobs.List", answer: #"ok {"jobs": [], "#),
      Intrusion(call: "Jobs.Show", answer: hidden),
      Intrusion(call: #"Jobs.AddTasks {"job":\#(live),"tasks":[{"key":"x"}]}"#, answer: hidden),
      Intrusion(call: #"Jobs.Errors {"job":\#(live)}"#, answer: hidden),
      Intrusion(call: "Jobs.Errors", answer: #"ok {"errors": []}"#),
      Intrusion(call: #"more:Jobs.Watch {"job":\#(live),"since":"0"}"#, answer: hidden),
      Intrusion(call: #"more:Jobs.Watch {"since":"0","no_follow":true}"#, answer: #"ok {"events": [], "#),
      Intrusion(call: #"Files.List {"job":\#(job)}"#, answer: "org.genbroker.Files.NoSuchJob"),
      Intrusion(call: #"more:Files.Read {"job":\#(job),"path":"big"}"#, answer: "org.genbroker.Files.NoSuchJob"),
      Intrusion(call: #"Jobs.Outdated {"job":\#(job)}"#, answer: hidden),
      Intrusion(call: #"Jobs.Groups {"job":\#(job)}"#, answer: hidden),
      Intrusion(call: #"Files.Rollback {"job":\#(job),"path":"big"}"#, answer: "org.genbroker.Files.NoSuchJob"),
      Intrusion(
        call: #"Files.Put {"job":\#(job),"path":"big","sha256":"\#(filler(64, "0"))"}"#,
        answer: "org.genbroker.Files.NoSuchJob"),
      Intrusion(call: #"Files.History {"job":\#(job),"path":"big"}"#, answer: "org.genbroker.Files.NoSuchJob"),
      Intrusion(call: #"Files.Archive {"job":\#(job),"paths":["big"]}"#, answer: "org.genbroker.Files.NoSuchJob"),
      Intrusion(call: #"Files.Records {"job":\#(job)}"#, answer: "org.genbroker.Files.NoSuchJob"),
      Intrusion(call: #"Files.Find {"job":\#(job)}"#, answer: "org.genbroker.Files.NoSuchJob"),
      Intrusion(call: #"Files.Find {"columns":{"product":"Secret"}}"#, answer: #"ok {"files": [], "#),
      Intrusion(call: "Files.Stats", answer: #"ok {"files": [], "credits": []}"#),
      Intrusion(call: "Files.Collections", answer: #"ok {"collections": [], "#),
      Intrusion(call: #"Files.ShowCollection {"name":"secret"}"#, answer: "org.genbroker.Files.NoSuchCollection"),
      Intrusion(call: #"Files.DeleteCollection {"name":"secret"}"#, answer: "org.genbroker.Files.NoSuchCollection"),
      Intrusion(
        call: #"Files.AddToCollection {"name":"own","files":[{"job":\#(job),"path":"big"}]}"#,
        answer: "org.genbroker.Files.NoSuchJob"),
      Intrusion(
        call: #"Files.RemoveFromCollection {"name":"secret","files":[{"job":\#(job),"path":"big"}]}"#,
        answer: "org.genbroker.Files.NoSuchCollection"),
      Intrusion(
        call: #"Files.MoveInCollection {"name":"secret","file":{"job":\#(job),"path":"big"}}"#,
        answer: "org.genbroker.Files.NoSuchCollection"),
      Intrusion(call: #"Files.SetCollection {"name":"secret"}"#, answer: #"ok {"created": true}"#),
      Intrusion(call: "Admin.Workers", answer: #"ok {"workers": []}"#),
      Intrusion(call: "Admin.Check", answer: "org.genbroker.Admin.NotAllowed"),
      Intrusion(call: #"Admin.Backup {"directory":"/tmp/copy"}"#, answer: "org.genbroker.Admin.NotAllowed"),
      Intrusion(call: #"more:Admin.Prune {"jobs":[\#(job)]}"#, answer: "org.genbroker.Admin.NoSuchJob"),
      Intrusion(call: #"more:Admin.Prune {"archived_older_than_ms":0}"#, answer: #"ok {"freed_bytes": 0}"#),
      Intrusion(call: #"more:Admin.Prune {"keep":0}"#, answer: #"ok {"freed_bytes": 0}"#),
      Intrusion(call: "Admin.Drain", answer: "org.genbroker.Admin.NotAllowed"),
      Intrusion(
        call: #"Admin.DrainWorker {"worker":"scripted"}"#, answer: "org.genbroker.Admin.NoSuchWorker"),
      Intrusion(
        call: #"more:Worker.Attend {"session":"\#(worker.session)"}"#, answer: "org.genbroker.Worker.NoSuchSession"),
      Intrusion(
        call: "Worker.Complete \(stale),\(ScriptedWorker.completion([]))}",
        answer: "org.genbroker.Worker.NoSuchSession"),
      Intrusion(
        call: #"Worker.Hello {"kind":"worked","name":"n","pid":1,"slots":1}"#, answer: #"ok {"session": "#),
      Intrusion(
        call: #"own:Worker.PutResult {"lease":\#(lease.id),\#(ScriptedWorker.result("a", "b"))}"#,
        answer: "org.genbroker.Worker.StaleLease"),
      Intrusion(call: #"own:Worker.Release {"lease":\#(lease.id)}"#, answer: "org.genbroker.Worker.StaleLease"),
      Intrusion(call: #"own:Worker.Inputs {"lease":\#(lease.id)}"#, answer: "org.genbroker.Worker.StaleLease"),
      Intrusion(
        call: #"own:Worker.ReadInput {"lease":\#(lease.id),"name":"a","offset":0,"length":9}"#,
        answer: "org.genbroker.Worker.StaleLease"),
      // The first one's idempotency key means nothing here.
      Intrusion(call: #"Jobs.Submit {"kind":"secret","idempotency_key":"mine"}"#, answer: #"ok {"job": "#),
      Intrusion(call: "Jobs.Show", answer: #"ok {"job": {"#),
    ]
  }

  /// A directory that the other user may enter.
  private func withSharedPlace(group: UInt32?, _ body: (BrokerPlace, String) async throws -> Void) async throws {
    let directory = try makeDirectory()
    defer { removeTree(directory) }
    chmod(directory, 0o755)
    var place = BrokerPlace(in: directory)
    place.group = group
    if group != nil { place.mode = 0o660 }
    try await body(place, directory)
  }
}
