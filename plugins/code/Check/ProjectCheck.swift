import JSON
import PluginKit

/// Whether a project is whole and can run: every file is there and is Python, imports lead somewhere, versions are pinned, and no
/// secret stands in a file.
struct ProjectCheck {
  private let expected: [String]
  private let python: String

  /// - Parameters:
  ///   - expected: the paths that the project has to have.
  ///   - python: the name of Python's program.
  init(_ expected: [String], python: String) {
    self.expected = expected
    self.python = python
  }

  /// Reads what the needed tasks have made, and looks at it.
  ///
  /// - Throws: `PluginFailure` when it cannot be looked at; problems of the project are in the report.
  func report(_ task: GenerationTask, _ host: any Host) throws -> Report {
    let present = Set(try host.inputs().filter { $0.task != nil }.map(\.name)).intersection(expected)
    var problems = missing(present, task)
    var texts: [String: String] = [:]
    for path in expected where present.contains(path) {
      let bytes = try host.read(path)
      do throws(Unreadable) {
        texts[path] = try Self.text(bytes)
      } catch {
        problems.append(.init(path: path, text: error.reason))
      }
      try host.progress(done: texts.count, total: expected.count, note: path)
    }
    let modules = texts.filter { $0.key.hasSuffix(".py") }
    let inspected = try PythonInspection.look(at: modules, python: python)
    let files = inspected ?? modules.mapValues(PythonScanner.look)
    problems += self.problems(texts, files)
    return Report(
      expected: expected.count, present: present.count, checkedBy: inspected == nil ? "scanner" : "python3",
      problems: problems)
  }

  private func missing(_ present: Set<String>, _ task: GenerationTask) -> [Report.Problem] {
    let failed = task.missingNeeds.sorted().map { "'\(shown($0))'" }.joined(separator: ", ")
    let reason = failed.isEmpty ? "" : "; not done: \(failed)"
    return expected.filter { !present.contains($0) }.map { .init(path: $0, text: "is missing\(reason)") }
  }

  private func problems(_ texts: [String: String], _ files: [String: PythonFile]) -> [Report.Problem] {
    let faults = files.sorted { $0.key < $1.key }.compactMap { path, file in
      file.fault.map { Report.Problem(path: path, line: $0.line, text: $0.text) }
    }
    let requirements = texts["requirements.txt"].map(Requirements.init)
    let secrets = texts.sorted { $0.key < $1.key }.flatMap { SecretCheck.problems(in: $0.value, path: $0.key) }
    let imports = ImportCheck(files, libraries: requirements?.libraries).problems
    return faults + imports + (requirements?.problems ?? []) + secrets
  }

  // MARK: Reading

  private struct Unreadable: Error { var reason: String }

  private static func text(_ bytes: [UInt8]) throws(Unreadable) -> String {
    guard bytes.count <= Limits.checkedBytesMax else {
      throw Unreadable(reason: "is larger than \(Limits.checkedBytesMax >> 10) KiB")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Unreadable(reason: "is no UTF-8") }
    return text
  }
}
