import BrokerClient
import CommandLine
import JobModel
import Wire

/// An export with what it says to the user.
struct JobExport {
  private(set) var exporter: Exporter
  let context: CommandContext
  /// Whether every file is named when it is written, and the broker's going away told.
  let announces: Bool
  private var leftovers = Exporter.Leftovers()

  /// - parameter own: Only what the job has committed itself, as it has committed it.
  init(job: Int, own: Bool = false, directory: String, context: CommandContext, announces: Bool) throws {
    exporter = try Exporter(job: job, own: own, root: directory)
    self.context = context
    self.announces = announces
  }

  /// Writes all current files.
  mutating func exportAll(_ broker: BrokerConnection) async throws {
    for file in try await broker.files(of: exporter.job, own: exporter.own) { try await export(file, broker) }
    try exporter.save()
  }

  /// Writes the files that these events tell of.
  mutating func export(committedBy events: [JobsAPI.Event], _ broker: BrokerConnection) async throws {
    for path in committedPaths(events) {
      let file = try await broker.files(of: exporter.job, prefix: path, own: exporter.own).first {
        ExactText($0.path) == ExactText(path)
      }
      if let file { try await export(file, broker) }
    }
    try exporter.save()
  }

  private mutating func export(_ file: FilesAPI.File, _ broker: BrokerConnection) async throws {
    switch try await exporter.export(file, from: broker) {
    case .kept: break
    case .written: if announces { context.output.print(StyledText(file.path)) }
    case .beside(let path): if announces { context.output.print(StyledText(path)) }
    }
  }

  /// Deals with what earlier exports have left in the directory and what is no file of the job: says so, or removes it
  /// when that is wanted and the job has made everything that it is to make.
  mutating func tidy(_ job: JobsAPI.Job, removing: Bool, _ broker: BrokerConnection) async throws {
    let current = try await broker.files(of: job.job, own: exporter.own)
    leftovers = try exporter.leftovers(current: Set(current.map { ExactText($0.path) }))
    if removing, job.state == .succeeded {
      try exporter.remove(leftovers)
      leftovers.untouched = []
    }
    try exporter.save()
  }

  /// Says which files are not what somebody who looks into the directory takes them for.
  func warn() {
    context.warn(
      (exporter.edited.isEmpty
        ? [] : ["edited since it was exported, and left as it is: \(someOf(exporter.edited))"])
        + exporter.beside.map { "'\($0.path)' was edited since it was exported; the new file is '\($0.newPath)'" }
        + leftoverWarnings(leftovers, of: exporter.job, in: exporter.directory.root))
  }

  /// What was done, in one line.
  var summary: StyledText {
    let root = exporter.directory.root
    let editedCount = exporter.beside.count + exporter.edited.count
    let parts = [
      exporter.written > 0 ? "wrote \(Human.count(exporter.written, "file"))" : nil,
      exporter.kept > 0
        ? "\(Human.count(exporter.kept, "file")) \(exporter.kept == 1 ? "was" : "were") there already" : nil,
      exporter.removed > 0 ? "removed \(Human.count(exporter.removed, "file"))" : nil,
      editedCount > 0 ? "\(Human.count(editedCount, "edited file")) left alone" : nil,
    ].compactMap { $0 }
    return StyledText(parts.isEmpty ? "no files to write" : parts.joined(separator: ", ") + " in \(root)")
  }
}

/// What to say about files of earlier exports that are none of the job.
func leftoverWarnings(_ leftovers: Exporter.Leftovers, of job: Int, in root: String) -> [String] {
  let kinds = [
    (leftovers.untouched, "'--delete' removes what is left so"), (leftovers.edited, "edited since, so it stays"),
  ]
  return kinds.filter { !$0.0.isEmpty }.map { paths, what in
    "left in \(root) by earlier exports, and no part of job \(job): \(someOf(paths)); \(what)"
  }
}

/// `2 files (a.html, b.html)`, without those that are too many for a line.
private func someOf(_ paths: [String]) -> String {
  let more = paths.count > pathsNamedMax ? ", …" : ""
  return "\(Human.count(paths.count, "file")) (\(paths.prefix(pathsNamedMax).joined(separator: ", "))\(more))"
}

private let pathsNamedMax = 3

/// The paths that results were committed to, each once, in the order of their last commits; without those that were removed since.
func committedPaths(_ events: [JobsAPI.Event]) -> [String] {
  var seen: Set<ExactText> = []
  let types = ["result.committed", "result.restored", "result.put", "result.removed"]
  let paths = events.reversed().filter { types.contains($0.type) }
    .compactMap { event in EventDetail(event).text("path").map { (path: $0, isGone: event.type == "result.removed") } }
    // Also records can be brought back, and are no files.
    .filter { !RecordName.isPath($0.path) }
  return paths.filter { seen.insert(ExactText($0.path)).inserted && !$0.isGone }.map(\.path).reversed()
}
