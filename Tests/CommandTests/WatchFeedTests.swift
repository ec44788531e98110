import BrokerSupport
import EventLoop
import TestSupport
import Testing
import Varlink
import Wire

@testable import genbroker

struct WatchFeedTests {
  /// A broker that stops ends its streams; the job may have ended just before, and not all of it have been sent.
  @Test func `an ended job whose stream was cut off is told to its end`() async throws {
    try await withLoop { loop, directory in
      let broker = CutOff(on: loop)
      try await broker.start(directory + "/s")
      var connection = ConnectionOptions()
      connection.socket = directory + "/s"
      var feed = WatchFeed(
        connection: connection, context: CommandContext(loop: loop),
        watch: JobsAPI.Watch(job: 17, since: "0", untilEnd: true))
      var numbers: [Int] = []
      try await feed.follow { item in
        if case .reply(let reply) = item { numbers += reply.events.map(\.number) }
      }
      #expect(numbers == [1, 2])
      await broker.stop()
    }
  }
}

/// Ends the first stream after one event, and knows of two; the job has ended.
private actor CutOff {
  private let loop: EventLoop
  private var server: LoopServer?

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(on loop: EventLoop) { self.loop = loop }

  func start(_ path: String) throws {
    server = try LoopServer(path: path, on: loop, onCall: { [self] in answer($0) })
  }

  func stop() { server?.close() }

  private func answer(_ request: LoopServer.Request) {
    if request.call.method == JobsAPI.Show.method {
      server?.reply(request, sampleShown(sampleJob(17, .succeeded)))
    } else if (try? JobsAPI.Watch(wire: request.call.parameters, .ignored))?.noFollow == true {
      server?.reply(
        request,
        JobsAPI.Watch.Reply(
          events: [sampleEvent("job.state", number: 2)], progress: [], cursor: "h:2", caughtUp: true))
    } else {
      server?.reply(
        request,
        JobsAPI.Watch.Reply(
          events: [sampleEvent("task.succeeded", number: 1)], progress: [], cursor: "h:1", caughtUp: false))
    }
  }
}
