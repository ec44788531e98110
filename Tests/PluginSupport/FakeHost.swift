import Digest
package import PluginKit

/// A host and broker in memory: keeps inputs, results and tasks, and gives each task what a broker would.
package final class FakeHost: Host {
  /// A file that a task has put.
  package struct Stored: Equatable {
    package var task: String
    package var bytes: [UInt8]
    package var mediaType: String
    package var meta: JSONText?

    /// A file of the task of a key.
    package init(task: String, bytes: [UInt8], mediaType: String, meta: JSONText? = nil) {
      self.task = task
      self.bytes = bytes
      self.mediaType = mediaType
      self.meta = meta
    }
  }

  /// The inputs of the job.
  package let inputFiles: [(name: String, bytes: [UInt8])]
  /// By path.
  package var results: [String: Stored] = [:]
  /// In the order in which they came; one that comes again is there twice.
  package private(set) var records: [Record] = []
  /// In the order in which they came.
  package private(set) var spawned: [NewTask] = []
  /// Line by line.
  package private(set) var logged: [String] = []
  /// What was said of how far the task is.
  package private(set) var notes: [String] = []
  /// What a model answers; nil when there is none.
  package var model: ((ModelQuestion) throws -> ModelAnswer)?
  /// What was asked, with the task that asked.
  package private(set) var asked: [(task: String, question: ModelQuestion)] = []
  private var current = GenerationTask(job: 1, key: "plan", op: "plan")
  private var needs: [String] = []

  package init(_ files: [(name: String, bytes: [UInt8])]) {
    inputFiles = files
  }

  package func put(_ file: ResultFile) throws {
    let bytes: [UInt8]
    switch file.content {
    case .text(let text): bytes = Array(text.utf8)
    case .bytes(let content): bytes = content
    case .file: throw PluginFailure("test", "no files here")
    }
    results[file.path] = Stored(task: current.key, bytes: bytes, mediaType: file.mediaType, meta: file.meta)
  }

  package func putLater(_ file: ResultFile) throws { try put(file) }
  package func flush() throws {}
  package func record(_ record: Record) throws { records.append(record) }

  package func read(_ name: String) throws -> [UInt8] {
    if let file = inputFiles.first(where: { $0.name == name }) { return file.bytes }
    guard let file = results[name], file.task == current.key || needs.contains(file.task) else {
      throw PluginFailure("no_such_input", name)
    }
    return file.bytes
  }

  package func inputs() throws -> [Readable] {
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

  package func ask(_ question: ModelQuestion) throws -> ModelAnswer {
    asked.append((current.key, question))
    guard let model else { throw PluginFailure("no_model", "no model is at hand") }
    return try model(question)
  }

  package func spawn(_ tasks: [NewTask]) throws { spawned += tasks }
  package func progress(done: Int?, total: Int?, note: String?) throws { notes.append(note ?? "") }
  package func log(_ text: String) throws { logged.append(text) }
  package func checkCancelled() throws {}

  /// Does the task `plan` of a job.
  ///
  /// - Parameters:
  ///   - options: those of the job.
  ///   - payload: that of the task that plans.
  package func plan(
    _ generator: inout some Generator, options: JSONText = .emptyObject, payload: JSONText = .emptyObject
  ) throws {
    try run(GenerationTask(job: 1, key: "plan", op: "plan", payload: payload, options: options), &generator)
  }

  /// Does a spawned task; what it needs has to be done.
  package func run(_ task: NewTask, _ generator: inout some Generator, done: [String] = []) throws {
    try run(
      GenerationTask(job: 1, key: task.key, op: task.op, payload: task.payload, outputs: task.outputs, done: done),
      needs: task.needs, &generator)
  }

  /// Does a task.
  ///
  /// - Parameter needs: the keys of the tasks whose files it can read.
  package func run(_ task: GenerationTask, needs: [String] = [], _ generator: inout some Generator) throws {
    self.needs = needs
    current = task
    current.hasModel = model != nil
    try generator.generate(current, host: self)
  }

  /// Takes the files of a spawned task from elsewhere, as a broker does for one that need not be done.
  package func take(_ task: NewTask, _ files: [String: Stored]) {
    for (path, file) in files {
      results[path] = Stored(task: task.key, bytes: file.bytes, mediaType: file.mediaType, meta: file.meta)
    }
  }

  /// The text of a file; empty when there is none.
  package func text(_ path: String) -> String { String(decoding: results[path]?.bytes ?? [], as: UTF8.self) }
}
