import BrokerSupport
import EventLoop
import Glibc
import JSON
import TestSupport
import Wire
import WorkerHost

/// A worker, the broker that a test plays, and a plugin that a test writes.
struct Scene: Sendable {
  let loop: EventLoop
  let directory: String
  let broker: FakeBroker
  let worker: Worker
  /// The worker's own life; awaited by `finish`.
  let life: Task<WorkerEnd, any Error>
  let said: Locked<[WorkerMessage]>

  /// Tells the worker to stop, and waits until it has.
  @discardableResult
  func finish() async throws -> WorkerEnd {
    await worker.stop()
    return try await life.value
  }
}

/// Times that keep tests short.
let quickTimes: WorkerTimes = {
  var times = WorkerTimes()
  times.initializeMs = 30_000
  times.cancelGraceMs = 200
  times.killGraceMs = 200
  times.lingerMs = 200
  times.reportMs = 20
  times.restartFirstMs = 1
  times.restartLongestMs = 20
  times.reconnectFirstMs = 1
  times.reconnectLongestMs = 20
  times.busyFirstMs = 1
  times.busyLongestMs = 5
  return times
}()

/// Runs a worker with a plugin of this text (with its `#!` line).
func withWorker(
  _ plugin: String, concurrency: Int = 1, environment: [String] = ["PATH=/usr/local/bin:/usr/bin:/bin"],
  times: WorkerTimes = quickTimes, hasBroker: Bool = true,
  change: (inout WorkerOptions) -> Void = { _ in }, _ body: (Scene) async throws -> Void
) async throws {
  try await withLoop { loop, directory in
    let broker = FakeBroker(path: directory + "/socket", on: loop)
    if hasBroker { try await broker.start() }
    var options = WorkerOptions(
      kind: "words", name: "test", concurrency: concurrency, plugin: directory + "/plugin",
      socket: directory + "/socket", pluginEnvironment: environment, directory: directory)
    options.times = times
    change(&options)
    if options.plugin == directory + "/plugin" { try writeExecutable(plugin, to: options.plugin) }
    let said = Locked<[WorkerMessage]>([])
    let worker = Worker(options, on: loop) { message in said.withLock { $0.append(message) } }
    let life = Task { try await worker.run() }
    let scene = Scene(
      loop: loop, directory: directory, broker: broker, worker: worker, life: life, said: said)
    do {
      try await body(scene)
    } catch {
      await worker.stop()
      await worker.stop()
      throw error
    }
    await worker.stop()
    await worker.stop()
    _ = try await life.value
  }
}

func writeExecutable(_ text: String, to path: String) throws {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o755)
  guard file >= 0 else { throw NeverHappened(what: "writing \(path)") }
  defer { close(file) }
  let bytes = Array(text.utf8)
  _ = write(file, bytes, bytes.count)
}

/// A lease for a task `t1`, `t2` … as tests need it.
func lease(
  _ number: Int, payload: RawJSON = .emptyObject, timeoutMs: Int? = nil, done: [WorkerAPI.DoneItem] = [],
  doneMore: Bool = false, models: [String] = [], sample: Int = 0
) -> WorkerAPI.Lease {
  WorkerAPI.Lease(
    lease: number, job: 1, key: "t\(number)", kind: "words", op: "generate", title: "T", payload: payload,
    options: .emptyObject, attempt: 1, timeoutMs: timeoutMs, outputs: [], done: done, doneMore: doneMore,
    missingNeeds: [], models: models, sample: sample)
}

/// A plugin in Python; `body` is that of `generate(id, params)`, and whatever it defines beside it.
///
/// At hand are `send`, `ask` (waits for the answer), `result(path, text)`, `finish(id)`, `read_line`.
func python(_ body: String) -> String {
  """
  #!/usr/bin/env python3
  import base64, json, os, signal, subprocess, sys, time
  count = 0
  def send(**message):
      sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\\n"); sys.stdout.flush()
  def raw(text):
      sys.stdout.write(text); sys.stdout.flush()
  def read_line():
      return json.loads(sys.stdin.readline())
  def ask(method, **params):
      global count
      count += 1
      send(id="q%d" % count, method=method, params=params)
      while True:
          answer = read_line()
          if answer.get("id") == "q%d" % count: return answer
  def result(path, text): return ask("result", path=path, media_type="text/plain", text=text)
  def finish(id, **reply): send(id=id, result=reply)
  def hang():
      while True: signal.pause()
  def initialize(id): finish(id, kind="words", ops=["generate"], version="1")
  \(body)
  while True:
      line = sys.stdin.readline()
      if not line: break
      call = json.loads(line)
      if call["method"] == "initialize": initialize(call["id"])
      elif call["method"] == "generate": generate(call["id"], call["params"])
      elif call["method"] == "shutdown": break

  """
}

extension Scene {
  /// Polls a condition that nothing announces, until it is true or half a minute is over.
  func eventually(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    let end = MonotonicClock.nowMs() + 30_000
    while try await !isTrue() {
      guard MonotonicClock.nowMs() < end else { throw NeverHappened(what: what) }
      await withCheckedContinuation { continuation in
        loop.post { [loop] in loop.after(ms: 5) { continuation.resume() } }
      }
    }
  }

  /// Waits until the worker has said something.
  func hears(_ text: String) async throws {
    try await eventually("the worker says \(text)") {
      said.withLock { messages in
        messages.contains { if case .notice(let said) = $0 { said.contains(text) } else { false } }
      }
    }
  }
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The folder of the whole package.
let packageRoot = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }

func makeUnexecutable(_ path: String) { chmod(path, 0o600) }
