/// What a plugin is: something that does tasks of one kind.
///
/// One plugin process serves many tasks, one at a time, so a generator may keep what is costly to build (a parsed
/// file) from one task to the next. It must not keep anything that a task's results depend on: after a crash the next
/// task runs in a new process, and its results have to be the same.
///
///     struct Words: Generator {
///       let kind = "words", version = "1.0", ops = ["count"]
///
///       mutating func generate(_ task: GenerationTask, host: any Host) throws {
///         let text = String(decoding: try host.read("text.txt"), as: UTF8.self)
///         let count = text.split(whereSeparator: \.isWhitespace).count
///         try host.put(path: "count.txt", mediaType: "text/plain", text: "\(count)\n")
///       }
///     }
public protocol Generator {
  /// The generator type, such as `docs`; also the end of the executable's name: `genplugin-docs`.
  var kind: String { get }

  /// The version of the plugin. Another version counts as another maker: its results may differ.
  var version: String { get }

  /// What it can do, such as `plan` and `page`.
  var ops: [String] { get }

  /// Does one task; returning means that all of its outputs were put.
  ///
  /// - Parameters:
  ///   - task: what to do, and what is there already.
  ///   - host: who stores, reads and passes on. Every call of it blocks until it is answered.
  /// - Throws: `PluginFailure` to say how the task failed. Any other error counts as a failure that another attempt
  ///   may not have. Errors of `host` are to be passed on.
  mutating func generate(_ task: GenerationTask, host: any Host) throws
}

/// Why an attempt failed.
public struct PluginFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// A short word in lower case for statistics and policies, such as `bad_input` or `rate_limited`.
  public var errorClass: String

  /// What is wrong and what to do about it, for people.
  public var message: String

  /// Whether another attempt may succeed.
  public var retryable: Bool

  /// Not before this many milliseconds have passed.
  public var retryAfterMs: Int?

  /// A failure; not retryable unless said.
  public init(_ errorClass: String, _ message: String, retryable: Bool = false, retryAfterMs: Int? = nil) {
    self.errorClass = errorClass
    self.message = message
    self.retryable = retryable
    self.retryAfterMs = retryAfterMs
  }

  /// `bad_input: what is wrong`
  public var description: String { "\(errorClass): \(message)" }
}

/// The task is not wanted any more: nothing that it still puts will count. Let it pass through `generate`.
public struct TaskCancelled: Error, Hashable, Sendable {
  /// The one value there is.
  public init() {}
}
