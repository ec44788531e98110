import BPMN
import PluginKit

/// Reads and parses the files of a job, and keeps what it parsed for the next task of the same job.
struct InputFiles {
  /// The sites of the last job only: a process serves many jobs in its life.
  private var kept: (files: [SourceFile], site: Site)?
  /// By hash and name (errors and pages name the file).
  private var parsed: [SourceFile: Document] = [:]

  /// The site of the job's files.
  ///
  /// - Throws: `PluginFailure` of class `bad_input` that names every file that cannot be read and why.
  mutating func site(_ readables: [Readable], _ host: any Host) throws -> Site {
    let inputs = readables.filter { $0.task == nil }
    let files = inputs.filter { Self.isModel($0.name) }.map { SourceFile(name: $0.name, sha256: $0.sha256) }
    if let kept, kept.files == files { return kept.site }
    guard !files.isEmpty else { throw Self.noFiles(inputs) }
    parsed = parsed.filter { files.contains($0.key) }
    let documents = try documents(files, host)
    let site = Site(files: files, documents: documents)
    kept = (files, site)
    return site
  }

  /// The inputs that are no models, by their ending.
  static func ignored(_ readables: [Readable]) -> [String] {
    readables.filter { $0.task == nil && !isModel($0.name) }.map(\.name)
  }

  private static func isModel(_ name: String) -> Bool {
    let lower = name.lowercased()
    return [".bpmn", ".bpmn2", ".xml"].contains { lower.hasSuffix($0) }
  }

  private mutating func documents(_ files: [SourceFile], _ host: any Host) throws -> [Document] {
    var errors: [ParseError] = []
    var documents: [Document] = []
    for file in files {
      if parsed[file] == nil {
        do {
          parsed[file] = try Document(parsing: try host.read(file.name), fileName: file.name)
        } catch let error as ParseError {
          errors.append(error)
        }
      }
      if let document = parsed[file] { documents.append(document) }
    }
    guard errors.isEmpty else { throw Self.failure(errors, of: files.count) }
    return documents
  }

  private static func noFiles(_ inputs: [Readable]) -> PluginFailure {
    let given = inputs.isEmpty ? "no files" : inputs.prefix(5).map(\.name).joined(separator: ", ")
    return PluginFailure(
      "bad_input", "no BPMN file among the inputs (\(given)). Submit files that end in .bpmn, .bpmn2 or .xml.")
  }

  private static func failure(_ errors: [ParseError], of count: Int) -> PluginFailure {
    // The first line has to be enough: lists of tasks show no more.
    let total = errors.count == 1 ? "" : " (\(errors.count) of \(counted(count, "file")) cannot be read)"
    var lines = errors.prefix(Limits.badFilesShownMax).map(\.description)
    lines[0] += total
    let left = errors.count - lines.count
    if left > 0 { lines.append("… and \(left) more.") }
    return PluginFailure(
      "bad_input", shortened(lines.joined(separator: "\n"), toBytes: Limits.badInputMessageBytesMax))
  }
}
