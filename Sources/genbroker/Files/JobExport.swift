import BrokerClient
import CommandLine
import Wire

/// An export with what it says to the user.
struct JobExport {
  private(set) var exporter: Exporter
  let context: CommandContext
  /// Whether every file is named when it is written, and the broker's going away told.
  let announces: Bool

  init(job: Int, directory: String, context: CommandContext, announces: Bool) throws {
    exporter = try Exporter(job: job, root: directory)
    self.context = context
    self.announces = announces
  }

  /// Writes all current files.
  mutating func exportAll(_ broker: BrokerConnection) async throws {
    for file in try await broker.files(of: exporter.job) { try await export(file, broker) }
    try exporter.save()
  }

  /// Writes the files that these events tell of.
  mutating func export(committedBy events: [JobsAPI.Event], _ broker: BrokerConnection) async throws {
    for path in committedPaths(events) {
      let file = try await broker.files(of: exporter.job, prefix: path).first { $0.path == path }
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

  /// Says which files were edited and are not up to date.
  func warnAboutEditedFiles() {
    context.warn(
      exporter.beside.map { "'\($0.path)' was edited since it was exported; the new file is '\($0.newPath)'" })
  }

  /// What was done, in one line.
  var summary: StyledText {
    let root = exporter.directory.root
    let parts = [
      exporter.written > 0 ? "wrote \(Human.count(exporter.written, "file"))" : nil,
      exporter.kept > 0 ? "\(Human.count(exporter.kept, "file")) were there already" : nil,
      exporter.beside.isEmpty ? nil : "\(Human.count(exporter.beside.count, "edited file")) left alone",
    ].compactMap { $0 }
    return StyledText(parts.isEmpty ? "no files to write" : parts.joined(separator: ", ") + " in \(root)")
  }
}

/// The paths that results were committed to, each once, in the order of their last commits.
func committedPaths(_ events: [JobsAPI.Event]) -> [String] {
  var seen: Set<String> = []
  let paths = events.reversed().filter { $0.type == "result.committed" }.compactMap { EventDetail($0).text("path") }
  return paths.filter { seen.insert($0).inserted }.reversed()
}
