package import BPMN
package import PluginKit

/// Reads and parses the files of a job, and keeps what was made of them for the next task of the same job.
package struct InputFiles<Value> {
  private let make: ([SourceFile], [Document]) -> Value
  /// That of the last job only: a process serves many jobs in its life.
  private var kept: (files: [SourceFile], value: Value)?
  /// By hash and name (errors and pages name the file).
  private var parsed: [SourceFile: Document] = [:]

  /// - Parameter make: makes of all files of a job what its tasks need, from the files alone.
  package init(_ make: @escaping ([SourceFile], [Document]) -> Value) {
    self.make = make
  }

  /// What was made of the job's files.
  ///
  /// - Throws: `PluginFailure` of class `bad_input` that names every file that cannot be read and why.
  package mutating func value(_ readables: [Readable], _ host: any Host) throws -> Value {
    let inputs = readables.filter { $0.task == nil }
    let files = inputs.filter { Self.isModel($0.name) }.map { SourceFile(name: $0.name, sha256: $0.sha256) }
    if let kept, kept.files == files { return kept.value }
    guard !files.isEmpty else { throw Self.noFiles(inputs) }
    parsed = parsed.filter { files.contains($0.key) }
    let value = make(files, try documents(files, host))
    kept = (files, value)
    return value
  }

  /// Writes to the log of the task that plans which inputs are no models, and what was wrong with the files and tolerated.
  package static func log(_ readables: [Readable], _ documents: [Document], _ host: any Host) throws {
    for name in ignored(readables) { try host.log("\(name) is no BPMN file by its name and is not read") }
    for document in documents {
      for warning in document.warnings { try host.log("\(document.fileName): \(warning)") }
    }
  }

  /// The inputs that are no models, by their ending.
  private static func ignored(_ readables: [Readable]) -> [String] {
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
    var lines = errors.prefix(badFilesShownMax).map(\.description)
    lines[0] += total
    let left = errors.count - lines.count
    if left > 0 { lines.append("… and \(left) more.") }
    return PluginFailure("bad_input", shortened(lines.joined(separator: "\n"), toBytes: badInputMessageBytesMax))
  }
}

/// Files named in the message about unreadable input; the rest is counted.
private let badFilesShownMax = 50
/// The length of that message: the broker stores 4 KiB.
private let badInputMessageBytesMax = 3_800
