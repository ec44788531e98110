import Digest
import JSON
import PluginKit

@testable import genplugin_docs

/// A host and broker in memory: keeps inputs, results and tasks, and gives each task what a broker would.
final class FakeHost: Host {
  struct Stored: Equatable {
    var task: String
    var bytes: [UInt8]
    var mediaType: String
    var meta: JSONText?
  }

  let inputFiles: [(name: String, bytes: [UInt8])]
  private(set) var results: [String: Stored] = [:]
  private(set) var spawned: [NewTask] = []
  private(set) var logged: [String] = []
  /// What a model answers; nil when there is none.
  var model: ((ModelQuestion) throws -> ModelAnswer)?
  /// What was asked, with the task that asked.
  private(set) var asked: [(task: String, question: ModelQuestion)] = []
  private var current = GenerationTask(job: 1, key: "plan", op: "plan")
  private var needs: [String] = []

  init(_ files: [(name: String, bytes: [UInt8])]) {
    inputFiles = files
  }

  func put(_ file: ResultFile) throws {
    let bytes: [UInt8]
    switch file.content {
    case .text(let text): bytes = Array(text.utf8)
    case .bytes(let content): bytes = content
    case .file: throw PluginFailure("test", "no files here")
    }
    results[file.path] = Stored(task: current.key, bytes: bytes, mediaType: file.mediaType, meta: file.meta)
  }

  func putLater(_ file: ResultFile) throws { try put(file) }
  func flush() throws {}

  func read(_ name: String) throws -> [UInt8] {
    guard let file = inputFiles.first(where: { $0.name == name }) else { throw PluginFailure("no_such_input", name) }
    return file.bytes
  }

  func inputs() throws -> [Readable] {
    let files = inputFiles.map {
      Readable(
        name: $0.name, sha256: SHA256Digest(of: $0.bytes).hex, size: $0.bytes.count, mediaType: "application/xml")
    }
    return files
      + results.sorted { $0.key < $1.key }.filter { needs.contains($0.value.task) }.map { path, stored in
        Readable(
          name: path, task: stored.task, sha256: SHA256Digest(of: stored.bytes).hex, size: stored.bytes.count,
          mediaType: stored.mediaType, meta: stored.meta)
      }
  }

  func ask(_ question: ModelQuestion) throws -> ModelAnswer {
    asked.append((current.key, question))
    guard let model else { throw PluginFailure("no_model", "no model is at hand") }
    return try model(question)
  }

  func spawn(_ tasks: [NewTask]) throws { spawned += tasks }
  func progress(done: Int?, total: Int?, note: String?) throws {}
  func log(_ text: String) throws { logged.append(text) }
  func checkCancelled() throws {}

  /// Plans the job.
  func plan(_ generator: inout DocsGenerator) throws {
    (current, needs) = (GenerationTask(job: 1, key: "plan", op: "plan", hasModel: model != nil), [])
    try generator.generate(current, host: self)
  }

  /// Does a spawned task; what it needs has to be done.
  func run(_ task: NewTask, _ generator: inout DocsGenerator, done: [String] = []) throws {
    needs = task.needs
    current = GenerationTask(
      job: 1, key: task.key, op: task.op, payload: task.payload, outputs: task.outputs, hasModel: model != nil,
      done: done)
    try generator.generate(current, host: self)
  }

  /// Takes the files of a spawned task from elsewhere, as a broker does for one that need not be done.
  func take(_ task: NewTask, _ files: [String: Stored]) {
    for (path, file) in files {
      results[path] = Stored(task: task.key, bytes: file.bytes, mediaType: file.mediaType, meta: file.meta)
    }
  }

  /// The whole site, written by one process, or by a new one for every task.
  static func site(
    of files: [(name: String, bytes: [UInt8])], inFreshProcesses: Bool = false,
    model: ((ModelQuestion) throws -> ModelAnswer)? = nil
  ) throws -> FakeHost {
    let host = FakeHost(files)
    host.model = model
    var generator = DocsGenerator()
    try host.plan(&generator)
    for task in host.spawned {
      if inFreshProcesses { generator = DocsGenerator() }
      try host.run(task, &generator)
    }
    return host
  }

  func text(_ path: String) -> String { String(decoding: results[path]?.bytes ?? [], as: UTF8.self) }

  var pages: [String] { results.keys.filter { $0.hasSuffix(".html") }.sorted() }
}
