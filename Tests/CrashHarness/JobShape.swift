import Digest
import JSON
import ProcessSupport
import TestSupport
import Wire

/// What a job of the harness makes, down to the last byte: told by its idempotency key alone.
package struct JobShape: Sendable, Equatable {
  /// Who makes it.
  package enum Kind: String, Sendable, CaseIterable {
    /// The sample processes, documented by the real plugin.
    case docs
    /// A plugin that is slow, and fails as it is told (`crash_files.py`).
    case files
    /// A client that is a worker itself (`BareWorker`).
    case bare
  }

  /// The idempotency key of its submission; also in every line of its files.
  let key: String
  let kind: Kind
  let tasks: Int
  /// Files of each task.
  let files: Int
  /// The number of the task that fails for good, and of the one that kills its plugin; `nil` when there is none.
  private(set) var failing: Int?
  private(set) var poison: Int?

  /// Crashes after which a job is given up that has a task that kills its plugin. All others survive any number.
  static let poisonCrashesMax = 3
  private static let crashesMax = 1_000

  /// - Parameter key: ends in the number of the submission.
  package init(key: String) {
    self.key = key
    var random = SeededRandom(seed: key.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    kind = random.element(of: [.docs, .files, .files, .files, .bare, .bare])
    tasks = 2 + Int(random.next() % 3)
    files = 4 + Int(random.next() % 10)
    guard kind == .files else { return }
    let number = Int(random.next() % UInt64(tasks))
    switch random.next() % 12 {
    case 0, 1: failing = number
    case 2: poison = number
    default: break
    }
  }

  /// Whether every task succeeds if nobody cancels it.
  var succeeds: Bool { failing == nil && poison == nil }

  var title: String { "job \(key)" }

  /// The keys of tasks that make files.
  var taskKeys: [String] { (0..<tasks).map { "t\($0)" } }

  /// The keys of tasks that cannot succeed: the one that fails, and the one that needs it.
  var hopeless: [String] {
    guard let number = failing ?? poison else { return [] }
    return number % 2 == 0 && number + 1 < tasks ? ["t\(number)", "t\(number + 1)"] : ["t\(number)"]
  }

  /// The files of a job that succeeded; `nil` for kinds whose names are not ours.
  var paths: [String]? {
    guard kind != .docs else { return nil }
    let own = taskKeys.flatMap { Self.paths(of: $0, files: files) }
    return kind == .bare ? own + Self.paths(of: Self.spawnedKey, files: Self.spawnedFiles) : own
  }

  /// The task that the bare worker adds to each of its jobs.
  static let spawnedKey = "more"
  static let spawnedFiles = 2

  static func paths(of task: String, files: Int) -> [String] { (0..<files).map { "\(task)/\($0).txt" } }

  /// The bytes of one of these files; the same as in `crash_files.py`.
  package static func content(stamp: String, path: String) -> [UInt8] {
    let number = path.split(separator: "/").last.flatMap { Int($0.prefix { $0 != "." }) } ?? 0
    let lines = number % 12 == 5 ? 12_000 : 1 + number * 37 % 50
    return Array(String(repeating: "\(stamp) \(path)\n", count: lines).utf8)
  }

  /// The call that submits it.
  func submission(inputs: [JobsAPI.InputRef]) -> JobsAPI.Submit {
    JobsAPI.Submit(
      kind: kind.rawValue, inputs: kind == .docs ? inputs : nil, options: kind == .docs ? nil : options,
      tasks: kind == .bare ? specs : nil, open: kind == .bare, title: title, idempotencyKey: key,
      maxAttempts: 20, maxCrashes: poison == nil ? Self.crashesMax : Self.poisonCrashesMax,
      // The same processes are documented again and again, and shall be made each time.
      reuse: JobsAPI.Reuse.none)
  }

  /// Tasks of the submission itself; the last one is added before the job is sealed.
  private var specs: [JobsAPI.TaskSpec] {
    taskKeys.dropLast().map { JobsAPI.TaskSpec(key: $0, payload: Self.payload(files: files, stamp: key)) }
  }

  /// The processes that jobs of kind `docs` document.
  static let sampleNames = ["order.bpmn", "payment.bpmn"]

  static func sample(_ name: String) -> String { Built.package + "/contrib/samples/order-fulfilment/" + name }

  /// What is added to a job that was submitted open.
  var addition: JobsAPI.TaskSpec {
    JobsAPI.TaskSpec(key: "t\(tasks - 1)", payload: Self.payload(files: files, stamp: key))
  }

  static func payload(files: Int, stamp: String) -> RawJSON {
    var writer = JSONWriter()
    writer.object {
      $0.key("files")
      $0.int(files)
      $0.key("stamp")
      $0.string(stamp)
    }
    return RawJSON(written: writer)
  }

  private var options: RawJSON {
    var writer = JSONWriter()
    writer.object {
      $0.key("stamp")
      $0.string(key)
      for (name, value) in [
        ("tasks", tasks), ("files", files), ("failing", failing ?? -1), ("poison", poison ?? -1),
      ] {
        $0.key(name)
        $0.int(value)
      }
    }
    return RawJSON(written: writer)
  }
}
