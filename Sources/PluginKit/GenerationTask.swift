import JobModel

/// One task, as its host describes it.
public struct GenerationTask: Sendable {
  /// The number of the job.
  public var job: Int

  /// The task's name in the job.
  public var key: String

  /// What to do: one of the generator's `ops`.
  public var op: String

  /// What people see.
  public var title: String

  /// What was submitted or spawned with the task: an object.
  public var payload: JSONText

  /// The options of the job: an object.
  public var options: JSONText

  /// Paths that must exist when the task is done.
  public var outputs: [String]

  /// From 1; earlier failures and crashes count.
  public var attempt: Int

  /// Milliseconds for this attempt; nil when there is no limit.
  public var timeoutMs: Int?

  /// Keys of needed tasks that did not succeed.
  public var missingNeeds: [String]

  /// Whether a model can be asked: the job names models, and the worker can reach one of them. Without one the plugin
  /// makes what follows from its input.
  public var hasModel: Bool

  /// Paths that are committed already, by an attempt that did not come to its end.
  public var done: [String] { didSet { doneExactly = Self.exactly(done) } }
  private var doneExactly: Set<ExactText>

  /// A task; what is not given is empty.
  public init(
    job: Int, key: String, op: String, title: String = "", payload: JSONText = .emptyObject,
    options: JSONText = .emptyObject, outputs: [String] = [], attempt: Int = 1, timeoutMs: Int? = nil,
    missingNeeds: [String] = [], hasModel: Bool = false, done: [String] = []
  ) {
    self.job = job
    self.key = key
    self.op = op
    self.title = title
    self.payload = payload
    self.options = options
    self.outputs = outputs
    self.attempt = attempt
    self.timeoutMs = timeoutMs
    self.missingNeeds = missingNeeds
    self.hasModel = hasModel
    self.done = done
    doneExactly = Self.exactly(done)
  }

  /// Whether an earlier attempt committed that file, so that it need not be made again.
  ///
  /// Paths are compared byte by byte: `ü` in one character is another path than `ü` in two.
  public func isDone(_ path: String) -> Bool { doneExactly.contains(ExactText(path)) }

  private static func exactly(_ paths: [String]) -> Set<ExactText> { Set(paths.map(ExactText.init)) }
}

/// A task to be added to the job.
public struct NewTask: Hashable, Sendable {
  /// Unique in the job, such as `page/orders/Task_17`; the same key with the same content again changes nothing.
  public var key: String

  /// What the plugin shall do.
  public var op: String

  /// What people see; the key when nil.
  public var title: String?

  /// The phase that it counts for.
  public var phase: String?

  /// Handed to the plugin as it is: an object of at most 256 KiB.
  public var payload: JSONText

  /// Keys of tasks of the same job that have to succeed before.
  public var needs: [String]

  /// Paths that must exist when the task is done.
  public var outputs: [String]

  /// What its files depend on.
  public var reuseBy: ReuseBasis

  /// What the job is charged each time that the task is really made.
  public var credits: Int

  /// What its files are found by: `type`, `view`, `category`, `product`, `revision`, `batch`. What a file's own metadata says
  /// comes first.
  public var columns: [String: String]

  /// The collections of the user that its declared outputs belong to.
  public var collections: [String]

  /// The section of them; without one, where the others stand that have none.
  public var section: String?

  /// A task of the plugin's own kind.
  public init(
    key: String, op: String, title: String? = nil, phase: String? = nil, payload: JSONText = .emptyObject,
    needs: [String] = [], outputs: [String] = [], reuseBy: ReuseBasis = .all, credits: Int = 0,
    columns: [String: String] = [:], collections: [String] = [], section: String? = nil
  ) {
    self.key = key
    self.op = op
    self.title = title
    self.phase = phase
    self.payload = payload
    self.needs = needs
    self.outputs = outputs
    self.reuseBy = reuseBy
    self.credits = credits
    self.columns = columns
    self.collections = collections
    self.section = section
  }
}

/// What the files of a task depend on, beside its kind, op, payload and declared outputs, the options of the job and the version
/// of the plugin. While all of that is what it was, the files are taken from the store and the plugin is not asked.
public enum ReuseBasis: String, Hashable, Sendable, CaseIterable {
  /// Everything that the task can read: the inputs of the job and the results of the tasks that it needs.
  case all

  /// The results of the tasks that it needs, not the inputs of the job.
  case needs

  /// Of the results of the tasks that it needs the paths and the metadata, not the bytes.
  case meta

  /// Nothing else: the payload says it all.
  case payload
}

/// A file that the task can read.
public struct Readable: Hashable, Sendable {
  /// The name of an input of the job, or the path of a result of a needed task.
  public var name: String

  /// The key of the task that made it; nil for an input of the job.
  public var task: String?

  /// 64 hexadecimal digits.
  public var sha256: String

  /// In bytes.
  public var size: Int

  /// Such as `text/html`.
  public var mediaType: String

  /// What was put with the file, an object.
  public var meta: JSONText?

  /// A file of that name and content.
  public init(
    name: String, task: String? = nil, sha256: String, size: Int, mediaType: String, meta: JSONText? = nil
  ) {
    self.name = name
    self.task = task
    self.sha256 = sha256
    self.size = size
    self.mediaType = mediaType
    self.meta = meta
  }
}
