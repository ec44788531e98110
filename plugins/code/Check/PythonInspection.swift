#if canImport(Glibc)
  import Glibc
#endif
import JSON
import PluginKit

/// Has Python itself parse files, if there is one. Nothing of them is run.
enum PythonInspection {
  /// What Python says of each file by its path; nil when there is none.
  ///
  /// - Parameter python: its program, by name; a word without anything that means something to a shell.
  /// - Throws: `PluginFailure` of class `python_failed` when there is one that does not answer.
  static func look(at texts: [String: String], python: String = "python3") throws -> [String: PythonFile]? {
    let script = try SpoolFile(PackageResources.inspect_python_py)
    let data = try SpoolFile(
      JSONTree.object(texts.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }).bytes)
    // `-I`: neither variables nor files of the environment change what Python does.
    let command =
      "command -v \(python) >/dev/null || exit 127; "
      + "exec \(python) -I \(quoted(script.path)) \(quoted(data.path)) \(Limits.pythonSecondsMax)"
    let (output, status) = try run(command)
    // As a shell says of a program that is not there.
    if status == 127 { return nil }
    guard status == 0, let answer = try? JSONDocument(output).root else {
      throw PluginFailure(
        "python_failed",
        "python3 ended with \(status) when it was to parse the project's files\nrun the check once more",
        retryable: true)
    }
    var files: [String: PythonFile] = [:]
    for (path, value) in answer.members ?? [] { files[path] = PythonFile(value) }
    return files
  }

  private static func quoted(_ path: String) -> String { "'" + path.replacing("'", with: "'\\''") + "'" }

  /// The standard output of a command, and its exit status; 128 and more for a signal.
  private static func run(_ command: String) throws -> (output: [UInt8], status: Int32) {
    guard let stream = popen(command, "re") else {
      throw PluginFailure("python_failed", "no process can be started (errno \(errno))\ntry again", retryable: true)
    }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = fread(&buffer, 1, buffer.count, stream)
      output += buffer[..<count]
      if count == 0 { break }
    }
    let ended = pclose(stream)
    return (output, ended & 0x7F == 0 ? ended >> 8 & 0xFF : 128 + (ended & 0x7F))
  }
}

extension PythonFile {
  /// What the script says of one file.
  fileprivate init(_ value: JSONValue) {
    if let problem = value["problem"]?.string {
      fault = Fault(line: Int(value["line"]?.int ?? 1), text: problem)
    }
    imports = (value["imports"]?.elements ?? []).map { element in
      Import(
        module: element["module"]?.string ?? "", names: element["names"]?.elements?.compactMap(\.string) ?? [],
        line: Int(element["line"]?.int ?? 1))
    }
    defines = value["defines"]?.elements.map { Set($0.compactMap(\.string)) }
  }
}
