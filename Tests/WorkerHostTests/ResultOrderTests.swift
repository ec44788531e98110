import EventLoop
import JSON
import Testing
import Wire
import WorkerHost

/// Says two results without waiting for an answer: each a path and a number of bytes, all the same letter.
private let twoNotes = python(
  """
  def generate(id, params):
      for path, letter, count in params["task"]["payload"]["files"]:
          send(method="result", params={"path": path, "media_type": "text/plain", "text": letter * count})
      ask("log", text="said")
      finish(id)
  """)

/// The same with files, written before anything is said.
private let twoFiles = python(
  """
  def generate(id, params):
      files = params["task"]["payload"]["files"]
      for number, (path, letter, count) in enumerate(files):
          with open("f%d" % number, "w") as file: file.write(letter * count)
      for number, (path, letter, count) in enumerate(files):
          send(method="result", params={"path": path, "media_type": "text/plain", "file": "f%d" % number})
      finish(id)
  """)

private func files(_ files: (path: String, letter: String, count: Int)...) -> RawJSON {
  ["files": .array(files.map { [.string($0.path), .string($0.letter), .int(Int64($0.count))] })]
}

/// Results that have to do with each other, on their way at the same time.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ResultOrderTests {
  @Test(arguments: [twoNotes, twoFiles])
  func `of two results at one path the later one is the file, also when it is much smaller`(
    _ plugin: String
  ) async throws {
    try await withWorker(plugin) { scene in
      await scene.broker.give(lease(1, payload: files(("report.md", "o", 300_000), ("report.md", "F", 5))))
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.results == 1)
      #expect(await scene.broker.files["report.md"] == Array("FFFFF".utf8))
    }
  }

  @Test func `results at other paths do not wait`() async throws {
    try await withWorker(twoNotes) { scene in
      await scene.broker.set { $0.react = { $0.isChunk ? .hold : .accept } }
      await scene.broker.give(lease(1, payload: files(("a", "o", 300_000), ("b", "F", 5))))
      try await scene.broker.wait("the small one") { $0.files["b"] != nil }
      #expect(await scene.broker.files["a"] == nil)
    }
  }

  @Test func `the same large bytes at two paths of a task are two files`() async throws {
    try await withWorker(twoNotes) { scene in
      await scene.broker.set { $0.react = { $0.isChunk ? .hold : .accept } }
      await scene.broker.give(lease(1, payload: files(("a", "x", 600_000), ("b", "x", 600_000))))
      try await scene.broker.wait("a chunk and the log") { $0.heldCount > 0 && $0.calls.contains { $0.asLog != nil } }
      await scene.broker.set { $0.react = { _ in .accept } }
      await scene.broker.release()
      let end = try await scene.broker.end(of: 1)
      #expect(end.asComplete?.results == 2)
      #expect(await scene.broker.files.mapValues(\.count) == ["a": 600_000, "b": 600_000])
    }
  }

  @Test func `two tasks of a worker can have the same large bytes at a time`() async throws {
    try await withWorker(twoNotes, concurrency: 2) { scene in
      await scene.broker.set { $0.react = { $0.isChunk ? .hold : .accept } }
      for number in 1...2 { await scene.broker.give(lease(number, payload: files(("f\(number)", "x", 600_000)))) }
      try await scene.broker.wait("a chunk and both logs") {
        $0.heldCount > 0 && $0.calls.count { $0.asLog != nil } == 2
      }
      await scene.broker.set { $0.react = { _ in .accept } }
      await scene.broker.release()
      for number in 1...2 { #expect(try await scene.broker.end(of: number).asComplete?.results == 1) }
    }
  }

  @Test func `large bytes that wait for the same bytes are delivered after a broken connection`() async throws {
    try await withWorker(twoNotes) { scene in
      await scene.broker.set { $0.react = { $0.isChunk ? .hold : .accept } }
      await scene.broker.give(lease(1, payload: files(("a", "x", 600_000), ("b", "x", 600_000))))
      try await scene.broker.wait("a chunk") { $0.heldCount > 0 }
      await scene.broker.set { $0.react = { _ in .accept } }
      await scene.broker.disconnectAll()
      #expect(try await scene.broker.end(of: 1).asComplete?.results == 2)
    }
  }

  @Test func `after a lease was lost over more results than are held, and the connection too, the next task runs`()
    async throws
  {
    let plugin = python(
      """
      def generate(id, params):
          for number in range(params["task"]["payload"]["count"]):
              send(method="result", params={
                  "path": "r%d" % number, "media_type": "text/plain", "text": "%03d" % number * 300000})
          finish(id)
      """)
    try await withWorker(plugin) { scene in
      await scene.broker.set { $0.react = { $0.isChunk ? .hold : .accept } }
      await scene.broker.give(lease(1, payload: ["count": 22]))
      try await scene.broker.wait("16 MiB") { $0.heldCount >= 19 }
      await scene.broker.order(WorkerAPI.Attend.Reply(cancel: 1))
      try await scene.eventually("the worker has heard of it") {
        scene.said.withLock { $0.contains(.detail("lease 1 of 1:t1 is over")) }
      }
      await scene.broker.stop()
      await scene.broker.set { $0.react = { _ in .accept } }
      try await scene.broker.start()
      await scene.broker.give(lease(2, payload: ["count": 1]))
      let end = try await scene.broker.end(of: 2)
      #expect(end.asFail == nil)
      #expect(end.asComplete?.results == 1)
    }
  }
}
