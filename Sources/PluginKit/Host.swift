/// Who stores, reads and passes on for a plugin.
///
/// Every call blocks until it is answered. Every call throws `TaskCancelled` once the task is not wanted any more.
public protocol Host: AnyObject {
  /// Commits one file; when the call returns the file is on disk. The same bytes again change nothing.
  func put(_ file: ResultFile) throws

  /// Sends one file without waiting: up to `resultsInFlightMax` are on their way at a time. It is on disk when `flush`
  /// has returned; a failure is thrown by a later call.
  func putLater(_ file: ResultFile) throws

  /// Waits until all files that were sent are on disk.
  func flush() throws

  /// Commits one record; when the call returns it is on disk. The same value again changes nothing.
  func record(_ record: Record) throws

  /// The bytes of an input of the job, of a result of a needed task, or of a file that this task has put, also in an attempt before.
  func read(_ name: String) throws -> [UInt8]

  /// Everything that can be read: the inputs of the job and the results of the needed tasks.
  func inputs() throws -> [Readable]

  /// Adds tasks to the job, in as many messages as it takes; each message is committed as a whole.
  func spawn(_ tasks: [NewTask]) throws

  /// Asks a model, or takes the answer from the store when the same was asked before. Only when the task `hasModel`.
  ///
  /// - Throws: `PluginFailure` of class `rate_limited`, `budget`, `no_model`, `model_refused`, `bad_answer` or another one;
  ///   it says whether it may be tried again. Let it pass through `generate`.
  func ask(_ question: ModelQuestion) throws -> ModelAnswer

  /// Says how far the task is. Not stored.
  func progress(done: Int?, total: Int?, note: String?) throws

  /// Appends to the log of the task.
  func log(_ text: String) throws

  /// Throws `TaskCancelled` when the task is not wanted any more. Call it in long loops without other calls.
  func checkCancelled() throws
}

/// A file that a task made.
public struct ResultFile: Hashable, Sendable {
  /// Relative, `/` between components, without `.` and `..`.
  public var path: String

  /// Such as `text/html`.
  public var mediaType: String

  /// Where its bytes are.
  public var content: Content

  /// An object for those who read the file later, at most 256 KiB.
  public var meta: JSONText?

  /// The bytes of a file.
  public enum Content: Hashable, Sendable {
    /// Text, as UTF-8.
    case text(String)
    /// Any bytes.
    case bytes([UInt8])
    /// A file that the host reads; a relative path counts from the plugin's working folder.
    case file(String)
  }

  /// A file to be put.
  public init(path: String, mediaType: String, content: Content, meta: JSONText? = nil) {
    self.path = path
    self.mediaType = mediaType
    self.content = content
    self.meta = meta
  }
}

/// A row of JSON that a task commits beside its files, such as one pair of a deck: `genbroker records` lists it.
public struct Record: Hashable, Sendable {
  /// What kind of row it is, such as `pairs`: 1 to 64 bytes without a slash and control characters.
  public var set: String

  /// Tells it from the others of its set in the project: 1 to 512 bytes without control characters. Another value under the same
  /// key is its next version.
  public var key: String

  /// An object of at most 64 KiB.
  public var value: JSONText

  /// A record to be committed.
  public init(set: String, key: String, value: JSONText) {
    self.set = set
    self.key = key
    self.value = value
  }
}

extension Host {
  /// Commits a text; see `put(_:)`.
  public func put(path: String, mediaType: String, text: String, meta: JSONText? = nil) throws {
    try put(ResultFile(path: path, mediaType: mediaType, content: .text(text), meta: meta))
  }

  /// Commits bytes; see `put(_:)`.
  public func put(path: String, mediaType: String, bytes: [UInt8], meta: JSONText? = nil) throws {
    try put(ResultFile(path: path, mediaType: mediaType, content: .bytes(bytes), meta: meta))
  }

  /// Commits a file that lies on disk; see `put(_:)`.
  public func put(path: String, mediaType: String, file: String, meta: JSONText? = nil) throws {
    try put(ResultFile(path: path, mediaType: mediaType, content: .file(file), meta: meta))
  }
}
