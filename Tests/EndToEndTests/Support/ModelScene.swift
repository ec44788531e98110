import Foundation
import JSON
import ProcessSupport
import TestSupport
import Wire

/// A broker's place with a server of models beside it, which everything here that calls a model calls.
struct ModelScene: Sendable {
  let installation: Installation
  let server: ModelServer

  /// Runs `body` in a new place.
  ///
  /// Two providers are configured, `local` and `other`: the same server below two paths.
  ///
  /// - Parameter arguments: options of the server.
  static func with(_ arguments: [String] = [], _ body: (ModelScene) async throws -> Void) async throws {
    try await Installation.with { installation in
      let server = try await ModelServer.start(arguments, on: installation.loop)
      let scene = ModelScene(installation: installation, server: server)
      try scene.configure()
      try await body(scene)
    }
  }

  private func configure() throws {
    let folder = installation.directory + "/home/.config/genbroker"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(Self.configuration(port: server.port).utf8).write(to: URL(fileURLWithPath: folder + "/models.json"))
  }

  /// A dollar for a million tokens of input, two for the output: a token is 10⁶ or 2 · 10⁶ of 10⁻¹² dollars.
  static func configuration(port: Int) -> String {
    """
    {"providers": {
      "local": {"api": "chat", "base_url": "http://127.0.0.1:\(port)/v1", "image_api": "images"},
      "other": {"api": "chat", "base_url": "http://127.0.0.1:\(port)/other/v1", "image_api": "chat"}},
     "prices": {
      "local/alpha": {"input": "1", "output": "2", "per_image": "0.02"}, "other/beta": {"input": "1", "output": "2"}}}
    """
  }

  /// Starts a worker whose plugin asks models (`asking.py`).
  func worker(kind: String = "asking", concurrency: Int = 1, name: String? = nil) async throws -> Program {
    let plugin = try installation.plugin("asking.py", ["--kind", kind, "--log", log])
    return try await installation.worker(kind: kind, concurrency: concurrency, plugin: plugin, name: name)
  }

  /// What the plugins write down.
  var log: String { installation.directory + "/asking.log" }

  /// A job whose tasks ask a question each.
  func submit(
    _ questions: [String], kind: String = "asking", models: [String] = ["local/alpha"], budget: JobsAPI.Budget? = nil,
    reuse: JobsAPI.Reuse? = nil, payload: String = #""tokens":100"#, maxCrashes: Int? = nil
  ) async throws -> Int {
    let tasks = try questions.enumerated().map { number, question in
      JobsAPI.TaskSpec(
        key: String(format: "ask/%04d", number), op: "ask",
        payload: try .init(parsing: Array(#"{"question":"\#(question)",\#(payload)}"#.utf8)),
        outputs: [String(format: "answer/%04d.txt", number)], maxCrashes: maxCrashes, reuseBy: .payload)
    }
    return try await installation.call(
      JobsAPI.Submit(kind: kind, tasks: tasks, models: models, budget: budget, reuse: reuse)
    ).job
  }

  /// Waits until a job has this state.
  func wait(for job: Int, _ state: JobsAPI.JobState, seconds: Int64 = 120) async throws -> JobsAPI.Show.Reply {
    try await eventually("job \(job) is \(state)", seconds: seconds) {
      let shown = try await installation.call(JobsAPI.Show(job: job))
      return shown.job.state == state ? shown : nil
    }
  }

  /// All model calls of a job, the oldest first.
  func calls(of job: Int) async throws -> [JobsAPI.ModelCall] {
    var calls: [JobsAPI.ModelCall] = []
    var more = true
    while more {
      let page = try await installation.call(JobsAPI.Calls(job: job, before: calls.last?.call, limit: 500))
      calls += page.calls
      more = page.more
    }
    return calls.reversed()
  }

  /// Waits until a job has a call in this state.
  func sees(_ state: String, of job: Int) async throws {
    _ = try await eventually("job \(job) has a call that is \(state)") {
      try await calls(of: job).contains { $0.state == state } ? true : nil
    }
  }

  /// A request as the server has seen it.
  struct Request: Decodable, Sendable {
    let number: Int
    let atMs: Double
    let tookMs: Double
    let path: String
    let model: String
    let sha256: String
    let status: Int?
    let outcome: String
    let body: String

    enum CodingKeys: String, CodingKey {
      case number, path, model, sha256, status, outcome, body
      case atMs = "at_ms"
      case tookMs = "took_ms"
    }

    var isAnswered: Bool { outcome == "answered" }
  }

  /// Everything that the server was asked and has answered, in its order.
  func requests() throws -> [Request] {
    struct Answer: Decodable { let requests: [Request] }
    let bytes = try server.send("GET", "/_control/requests")
    return try JSONDecoder().decode(Answer.self, from: Data(bytes)).requests.filter { !$0.path.contains("_control") }
  }
}
