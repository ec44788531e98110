import BrokerClient
import CommandLine
import Digest
import EventLoop
import JobModel
import Wire

/// Writes the files of one job into a directory, one by one, so that it can be interrupted anywhere and begun again.
struct Exporter {
  /// What became of a file.
  enum Outcome: Equatable {
    case written
    case kept
    /// What is there was edited; the new file lies beside it, under this path.
    case beside(String)
  }

  let job: Int
  /// Whether only what the job has committed itself is wanted, as it has committed it.
  let own: Bool
  private(set) var directory: ExportDirectory
  private(set) var written = 0
  private(set) var kept = 0
  private(set) var beside: [(path: String, newPath: String)] = []
  /// Files that were edited since they were exported, and have nothing newer in the job.
  private(set) var edited: [String] = []
  private(set) var removed = 0
  /// The page to begin with, if the job has written one: the `index.html` that is the least deep.
  private(set) var indexPage: String?
  private var manifest: ExportManifest
  private var savedAtMs: Int64 = 0
  private var isSaved = true

  init(job: Int, own: Bool = false, root: String) throws {
    self.job = job
    self.own = own
    directory = try ExportDirectory(root)
    manifest = try directory.readManifest()
  }

  /// Brings one file up to date.
  mutating func export(_ file: FilesAPI.File, from broker: BrokerConnection) async throws -> Outcome {
    noteIndex(file.path)
    let job = job
    let decision = try await exportDecision(
      wanted: file.sha256, written: manifest.hashes[ExactText(file.path)], place: try directory.place(of: file.path)
    ) { found in
      try await broker.files(of: job, prefix: file.path, allVersions: true)
        .contains { ExactText($0.path) == ExactText(file.path) && $0.sha256 == found }
    }
    switch decision {
    case .keep:
      kept += 1
      note(file.path, file.sha256)
      return .kept
    case .write:
      try await write(file, to: file.path, from: broker)
      written += 1
      return .written
    case .edited:
      edited.append(file.path)
      return .kept
    case .conflict:
      return try await writeBeside(file, from: broker)
    }
  }

  private mutating func write(_ file: FilesAPI.File, to path: String, from broker: BrokerConnection) async throws {
    var bytes: [UInt8] = []
    let version = own ? file.version : nil
    let current = try await broker.download(job: job, path: file.path, version: version) { bytes += $0 }
    try directory.write(bytes, to: path)
    // The head may have moved on since the file was listed.
    note(path, current.sha256)
    try saveNowAndThen()
  }

  private mutating func writeBeside(_ file: FilesAPI.File, from broker: BrokerConnection) async throws -> Outcome {
    for attempt in 1...besideAttemptsMax {
      let path = besideName(file.path, attempt: attempt)
      if try await isFileOfJob(path, broker) { continue }
      switch try directory.place(of: path) {
      case .file(file.sha256): break
      case .file(let found) where found != manifest.hashes[ExactText(path)]: continue
      case .other: continue
      case .absent, .file: try await write(file, to: path, from: broker)
      }
      note(path, file.sha256)
      beside.append((file.path, path))
      return .beside(path)
    }
    throw UserError(
      "beside '\(file.path)' there are \(besideAttemptsMax) edited files already",
      remedy: "remove those that are not needed", exitCode: .refused)
  }

  /// Whether the name belongs to another file of the job, exported or not yet.
  private func isFileOfJob(_ path: String, _ broker: BrokerConnection) async throws -> Bool {
    try await broker.files(of: job, prefix: path, allVersions: false).contains { ExactText($0.path) == ExactText(path) }
  }

  private mutating func noteIndex(_ path: String) {
    guard path == "index.html" || path.hasSuffix("/index.html") else { return }
    let location = directory.root + "/" + path
    if location.utf8.count < indexPage?.utf8.count ?? .max { indexPage = location }
  }

  // MARK: What earlier exports have left

  /// Files that exports have written into the directory and that this one would not.
  struct Leftovers: Equatable {
    /// As they were written.
    var untouched: [String] = []
    /// Edited since: they belong to whoever did that.
    var edited: [String] = []
  }

  /// Looks for what is left of earlier exports, of this job or another, and forgets what is not there any more.
  ///
  /// - parameter current: the paths of all current files of the job.
  mutating func leftovers(current: Set<ExactText>) throws -> Leftovers {
    let kept = current.union(beside.map { ExactText($0.newPath) })
    var found = Leftovers()
    for (name, hash) in manifest.hashes where !kept.contains(name) {
      let path = name.text
      // The manifest lies where anybody may write: what it names outside of the directory is nothing of ours.
      switch try? directory.place(of: path) {
      case .file(hash): found.untouched.append(path)
      case .file: found.edited.append(path)
      case .absent, .other, nil: forget(path)
      }
    }
    found.untouched.sort()
    found.edited.sort()
    return found
  }

  /// Removes files that are as an export has written them.
  mutating func remove(_ leftovers: Leftovers) throws {
    for path in leftovers.untouched {
      try directory.remove(path)
      forget(path)
      removed += 1
    }
    try save()
  }

  private mutating func forget(_ path: String) {
    manifest.hashes[ExactText(path)] = nil
    isSaved = false
  }

  // MARK: The manifest

  private mutating func note(_ path: String, _ hash: String) {
    isSaved = isSaved && manifest.hashes[ExactText(path)] == hash
    manifest.hashes[ExactText(path)] = hash
  }

  /// The manifest only saves questions to the broker, so it need not be written with every file.
  private mutating func saveNowAndThen() throws {
    guard MonotonicClock.nowMs() - savedAtMs >= saveIntervalMs else { return }
    try save()
  }

  /// Writes down what was exported.
  mutating func save() throws {
    guard !isSaved else { return }
    try directory.write(manifest)
    isSaved = true
    savedAtMs = MonotonicClock.nowMs()
  }
}

private let saveIntervalMs: Int64 = 1000
private let besideAttemptsMax = 99
