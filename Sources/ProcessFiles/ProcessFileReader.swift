package import BPMN
package import PluginKit

/// Reads and parses the process files of a job, and keeps what it parsed for the next task of the same job: a process of
/// a plugin serves many.
package struct ProcessFileReader {
  /// By hash and name (errors and pages name the file).
  private var parsed: [SourceFile: Document] = [:]

  /// A reader that has read nothing.
  package init() {}

  /// The inputs of the job that are process files, by their ending.
  ///
  /// - Throws: `PluginFailure` of class `bad_input` when there is none.
  package static func files(_ readables: [Readable]) throws -> [SourceFile] {
    let inputs = readables.filter { $0.task == nil }
    let files = inputs.filter { isModel($0.name) }.map { SourceFile(name: $0.name, sha256: $0.sha256) }
    guard !files.isEmpty else { throw noFiles(inputs) }
    return files
  }

  /// The inputs that are no process files.
  package static func ignored(_ readables: [Readable]) -> [String] {
    readables.filter { $0.task == nil && !isModel($0.name) }.map(\.name)
  }

  private static func isModel(_ name: String) -> Bool {
    let lower = name.lowercased()
    return [".bpmn", ".bpmn2", ".xml"].contains { lower.hasSuffix($0) }
  }

  /// The files, parsed, in the same order; what was parsed of other files is forgotten.
  ///
  /// - Throws: `PluginFailure` of class `bad_input` that names every file that cannot be read and why.
  package mutating func documents(_ files: [SourceFile], _ host: any Host) throws -> [Document] {
    parsed = parsed.filter { files.contains($0.key) }
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
    var lines = errors.prefix(ProcessFileLimits.badFilesShownMax).map(\.description)
    lines[0] += total
    let left = errors.count - lines.count
    if left > 0 { lines.append("… and \(left) more.") }
    return PluginFailure(
      "bad_input", shortened(lines.joined(separator: "\n"), toBytes: ProcessFileLimits.badInputMessageBytesMax))
  }
}
